import cluster, { type Worker } from 'node:cluster';
import { setTimeout as delay } from 'node:timers/promises';
import type { RequestCounts } from './http/request-metrics.ts';
import type { DeliveryCounts } from './outbox/delivery-metrics.ts';

/** What one process has counted since its start. */
export interface ProcessCounts {
  readonly requests: RequestCounts;
  readonly deliveries: DeliveryCounts;
}

/** Between the process that runs workers and its workers: whoever is asked for metrics wants the counts of all. */
type Message =
  | { readonly kind: 'counts-wanted'; readonly question: number }
  | { readonly kind: 'counts-asked'; readonly question: number }
  | { readonly kind: 'counts'; readonly question: number; readonly counts: ProcessCounts }
  | { readonly kind: 'counts-of-all'; readonly question: number; readonly all: readonly ProcessCounts[] };

/** A worker that is busy or dying is left out then. */
const longestWaitMs = 1000;

/** In the process that runs workers: hands their counts on to whichever is asked. */
export function passOnCounts(): void {
  const waiting = new Map<number, (counts: ProcessCounts) => void>();
  let questions = 0;
  const ask = async (worker: Worker): Promise<readonly ProcessCounts[]> => {
    const question = ++questions;
    const answer = new Promise<readonly ProcessCounts[]>((resolve) =>
      waiting.set(question, (counts) => resolve([counts])),
    );
    worker.send({ kind: 'counts-asked', question } satisfies Message);
    const answered = await Promise.race([answer, delay(longestWaitMs, [])]);
    waiting.delete(question);
    return answered;
  };
  cluster.on('message', (worker, message: Message) => {
    if (message.kind === 'counts') waiting.get(message.question)?.(message.counts);
    if (message.kind !== 'counts-wanted') return;
    const workers = Object.values(cluster.workers ?? {}).filter((one) => one?.isConnected() === true);
    void Promise.all(workers.flatMap((one) => (one === undefined ? [] : [ask(one)]))).then((all) => {
      const { question } = message;
      if (worker.isConnected()) worker.send({ kind: 'counts-of-all', question, all: all.flat() } satisfies Message);
    });
  });
}

/** In a worker: answers with the counts of all workers, its own too. Elsewhere: with its own alone. */
export function shareCounts(own: () => ProcessCounts): () => Promise<readonly ProcessCounts[]> {
  if (!cluster.isWorker) return async () => [own()];
  const waiting = new Map<number, (all: readonly ProcessCounts[]) => void>();
  let questions = 0;
  process.on('message', (message: Message) => {
    const { kind, question } = message;
    if (kind === 'counts-asked') process.send?.({ kind: 'counts', question, counts: own() } satisfies Message);
    if (kind === 'counts-of-all') waiting.get(question)?.(message.all);
  });
  return async () => {
    const question = ++questions;
    const answer = new Promise<readonly ProcessCounts[]>((resolve) => waiting.set(question, resolve));
    process.send?.({ kind: 'counts-wanted', question } satisfies Message);
    const answered = await Promise.race([answer, delay(2 * longestWaitMs, [own()])]);
    waiting.delete(question);
    return answered;
  };
}
