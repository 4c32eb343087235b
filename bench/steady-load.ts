import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

// A process of its own that asks at a fixed rate, however long answers take, so that a server that stalls is seen to stall. Told
// { port, perSecond, asks } it begins; told 'stop' it says how long answers took, counted from when they should have been asked for.

/** A request to repeat. */
export interface Ask {
  readonly path: string;
  readonly token: string;
}

/** What to do. */
export interface Load {
  readonly port: number;
  readonly perSecond: number;
  readonly asks: readonly Ask[];
}

/** Answers before this are not counted: both sides have just begun. */
const warmUpMs = 2000;

/** How long answers took, in milliseconds, sorted. */
export interface Latencies {
  readonly latencies: readonly number[];
}

const agent = new Agent({ keepAlive: true, maxSockets: 32 });
const latencies: number[] = [];
let isStopped = false;
let countFrom = Number.POSITIVE_INFINITY;

process.on('message', (message: Load | 'stop') => {
  if (message === 'stop') isStopped = true;
  else void run(message);
});
process.send?.('ready');

async function run({ port, perSecond, asks }: Load): Promise<void> {
  const startedAt = performance.now();
  countFrom = startedAt + warmUpMs;
  const answers: Promise<void>[] = [];
  for (let n = 0; !isStopped; n++) {
    const dueAt = startedAt + (n * 1000) / perSecond;
    const waitMs = dueAt - performance.now();
    if (waitMs > 0) await delay(waitMs);
    const ask = asks[Math.floor(Math.random() * asks.length)];
    // Timers wake up late by a millisecond or so, which is not the server's doing.
    if (ask) answers.push(get(port, ask, Math.max(dueAt, performance.now() - 2)));
  }
  await Promise.all(answers);
  process.send?.({ latencies: latencies.sort((one, other) => one - other) } satisfies Latencies);
  agent.destroy();
  process.disconnect();
}

function get(port: number, { path, token }: Ask, dueAt: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const headers = { authorization: `Bearer ${token}` };
  const asked = request({ agent, host: '127.0.0.1', port, path, headers }, (response) => {
    response.resume().once('end', () => {
      if (dueAt > countFrom) latencies.push(performance.now() - dueAt);
      if (response.statusCode === 200) resolve();
      else reject(new Error(`answered ${response.statusCode}`));
    });
  });
  asked.once('error', reject).end();
  return promise;
}
