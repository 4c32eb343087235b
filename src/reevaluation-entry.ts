import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { KycError } from './errors.ts';
import { type Pace, Reevaluation } from './kyc/catch-up.ts';
import { systemClock } from './lib/clock.ts';
import { describeError, type Logger } from './lib/log.ts';
import type { FromThread, KeyAnswer, ThreadData, ToThread } from './reevaluation-thread.ts';
import { openStore } from './store/sql/open-store.ts';
import { type KeyRing, SealBroken } from './vault/key-ring.ts';

// What runs in the thread of ReevaluationThread: customers are looked at over a connection of its own, one answer for each question.

const { database, program } = workerData as ThreadData;
const asked = new Map<number, (answer: KeyAnswer) => void>();
let questions = 0;

const tell = (message: FromThread): void => parentPort?.postMessage(message);
const nothing = (): void => {};
const log: Logger = {
  debug: nothing,
  info: nothing,
  warn: (fields, message) => tell({ kind: 'log', level: 'warn', fields, message }),
  error: (fields, message) => tell({ kind: 'log', level: 'error', fields, message }),
};

const nothingIsWrapped = (): Promise<never> => Promise.reject(new Error('nothing is wrapped here'));

/** Data keys are opened by whoever holds the keys that wrap them. */
const keyRing: KeyRing = {
  currentId: '',
  ids: [],
  wrap: nothingIsWrapped,
  rewrap: nothingIsWrapped,
  describe: () => [],
  forget: nothing,
  async unwrap(wrapped, owner) {
    const id = ++questions;
    const { promise, resolve } = Promise.withResolvers<KeyAnswer>();
    asked.set(id, resolve);
    tell({ kind: 'unwrap', id, wrapped, owner });
    const { key, isAway } = await promise;
    if (key !== undefined) return Buffer.from(key);
    throw isAway ? new KycError('unavailable', { key: 'error.keys_away' }) : new SealBroken('a data key');
  },
};

yieldTheProcessor();

/** The fewer at once, the shorter the requests' own writes wait for these; no rests, as whoever waits for a write holds nobody else up. */
const pace: Pace = { atOnce: 6, restRatio: 0 };
const store = await openStore(database, systemClock, { poolSize: 2 });
// Nothing that is looked at here is found by the blind index.
const indexKey = new Uint8Array();
const reevaluation = new Reevaluation({ store, keyRing, program, clock: systemClock, log, indexKey }, pace);
/** So few that requests' own writes hardly wait. */
const linesAtOnce = 32;

/** The trail keeps up with what is written here. */
async function runSome(): Promise<number> {
  const count = await reevaluation.runSome();
  while ((await store.audit.seal(linesAtOnce)) === linesAtOnce) await delay(1);
  return count;
}

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'some') {
    runSome().then(
      (count) => tell({ kind: 'looked', count }),
      (error: unknown) => {
        log.error(describeError(error), 'customers could not be looked at again');
        tell({ kind: 'failed' });
      },
    );
    return;
  }
  asked.get(message.id)?.(message);
  asked.delete(message.id);
});

/** Whoever answers requests goes first where processors are few. Linux alone knows a thread's own priority; elsewhere it is everybody's. */
function yieldTheProcessor(): void {
  if (process.platform !== 'linux') return;
  try {
    const [, thread = ''] = /\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self')) ?? [];
    if (thread !== '') setPriority(Number(thread), constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Without /proc, or where it may not be changed, it is as fast as the others.
  }
}
