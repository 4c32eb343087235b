import type { AddressInfo } from 'node:net';
import { contenders } from './contenders.ts';
import { variants } from './variants.ts';
import { openWork } from './work.ts';

/** What a server process tells of itself when asked. */
export interface Usage {
  rssBytes: number;
  peakRssBytes: number;
  cpuMicros: number;
}

const name = process.argv[2] ?? '';
const build = contenders[name] ?? variants[name];
if (!build) throw new TypeError(`unknown contender ${name}`);

const server = await build(openWork(name));
let peakRssBytes = 0;
setInterval(() => {
  peakRssBytes = Math.max(peakRssBytes, process.memoryUsage.rss());
}, 5).unref();

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));

process.on('message', () => {
  const rssBytes = process.memoryUsage.rss();
  const { user, system } = process.cpuUsage();
  const usage: Usage = { rssBytes, peakRssBytes: Math.max(peakRssBytes, rssBytes), cpuMicros: user + system };
  peakRssBytes = 0;
  process.send?.(usage);
});
process.on('disconnect', () => process.exit());
