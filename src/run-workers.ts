import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from './lib/log.ts';
import { passOnCounts } from './shared-counts.ts';

const firstPauseMs = 1000;
const longestPauseMs = 30_000;
/** A worker that has served for so long is not one that cannot start. */
const settledMs = 60_000;

/** What the workers share their process for. */
export interface WorkersAt {
  readonly count: number;
  readonly log: Logger;
}

/**
 * Runs so many processes of this same command side by side, on one port and one database, until they are told to stop. One that dies is started again, later
 * and later; one that cannot start the first time ends them all, as it would end alone.
 * @returns the exit code: that of the worker that could not start, or 0
 */
export async function runWorkers({ count, log }: WorkersAt): Promise<number> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGTERM', stop).once('SIGINT', stop);
  passOnCounts();
  // The first one makes or migrates the database, and says what is wrong, if anything is, once.
  const first = Promise.withResolvers<void>();
  const running = [keepRunning(log, stopping, first.resolve)];
  await Promise.race([first.promise, ...running]);
  while (running.length < count && !stopping.signal.aborted) running.push(keepRunning(log, stopping));
  const codes = await Promise.all(running);
  return codes.find((code) => code !== 0) ?? 0;
}

/** One worker and those that take its place. */
async function keepRunning(log: Logger, stopping: AbortController, served = (): void => {}): Promise<number> {
  const { signal } = stopping;
  for (let pauseMs = firstPauseMs, isFirst = true; !signal.aborted; isFirst = false) {
    const startedAt = performance.now();
    const { code, hasServed } = await runOne(cluster.fork(), signal, served);
    if (signal.aborted) return hasServed || !isFirst ? 0 : code;
    if (isFirst && !hasServed) {
      stopping.abort();
      return code;
    }
    if (performance.now() - startedAt > settledMs) pauseMs = firstPauseMs;
    log.error({ code, pauseMs }, 'a worker has died and is started again');
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
  return 0;
}

async function runOne(
  worker: Worker,
  signal: AbortSignal,
  served: () => void,
): Promise<{ code: number; hasServed: boolean }> {
  let hasServed = false;
  worker.once('listening', () => {
    hasServed = true;
    served();
  });
  const stop = (): void => void worker.process.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const [code, killedBy] = (await once(worker, 'exit')) as [number | null, string | null];
  signal.removeEventListener('abort', stop);
  return { code: code ?? (killedBy === null ? 0 : 1), hasServed };
}
