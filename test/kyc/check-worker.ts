import { setTimeout as delay } from 'node:timers/promises';
import { openDecidingWorld, type Shared } from '../support/deciding-world.ts';
import { judgeByName, speed, workedProgram } from './worked-program.ts';

// A worker in a process of its own: runs what is due over the database of another process until it is told to stop, slowly and
// unreliably, so that leases run out under it. Arguments: directory, database and key of the world, and when it is there, in milliseconds.

const [directory = '', databaseUrl = '', key = '', now = '0'] = process.argv.slice(2);
const shared: Shared = { directory, databaseUrl, key: Buffer.from(key, 'base64') };
const world = await openDecidingWorld(workedProgram, { shared, speed });
world.now = Number(now);
world.judge = async (check, input) => {
  if (Math.random() < 0.1) throw new Error('the service is away');
  // Up to twice the lease, as the clock of the workers goes.
  await delay(Math.random() ** 3 * 180);
  return judgeByName(check, input);
};

let isStopped = false;
process.once('message', () => {
  isStopped = true;
});
process.send?.('ready');
while (!isStopped) {
  const done = await world.builtIn.runner.runDue().catch(() => 0);
  if (done === 0) await delay(5);
}
await world[Symbol.asyncDispose]();
process.disconnect();
