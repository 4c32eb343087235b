import { setTimeout as delay } from 'node:timers/promises';
import { describeError, type Logger } from '../lib/log.ts';
import { changeFacts } from './change-facts.ts';
import type { Dossier } from './dossier.ts';
import { causeOf } from './look-at.ts';
import type { DecidingParts } from './open-customer.ts';

/** What jobs need. */
export interface JobParts extends DecidingParts {
  readonly log: Logger;
}

/** How many customers are found at a time. */
const batchSize = 64;

/** So long they are looked at without a pause, and so much longer than that is the pause: whoever asks meanwhile hardly waits. */
const workMs = 3;
const restRatio = 0.4;

/**
 * Looks at customers whom time may have changed since somebody looked at them last. Doing it twice, or after a month of not doing it, ends in
 * the same.
 */
export class CatchUp {
  readonly #parts: JobParts;
  /** Whom looking at did not help, say because a value does not open: they keep nobody else waiting. */
  readonly #stuck = new Set<string>();

  constructor(parts: JobParts) {
    this.#parts = parts;
  }

  /** Looks at some of them; answers how many, 0 when all were looked at once. */
  async runDue(): Promise<number> {
    const { store, clock } = this.#parts;
    const now = clock.now();
    const due = await store.standings.findDue(now, batchSize + this.#stuck.size);
    const ids = due.filter((id) => !this.#stuck.has(id));
    if (ids.length === 0) this.#stuck.clear();
    const looked = await lookAtAll(this.#parts, ids);
    for (const [index, id] of ids.entries()) if (!isDone(looked[index], now)) this.#stuck.add(id);
    return ids.length;
  }
}

/**
 * Looks at customers who were last looked at by another program, in the order of their ids. Stopped halfway, the next one goes on where it was:
 * who was looked at is not found again.
 */
export class Reevaluation {
  readonly #parts: JobParts;
  #after = '';

  constructor(parts: JobParts) {
    this.#parts = parts;
  }

  /**
   * Looks at some of them; answers how many, 0 when all were looked at once. Choice: once, not until none is left: two processes with
   * different programs at the same time, as while one takes the other's place, must not undo each other's work for ever.
   */
  async runSome(): Promise<number> {
    const { store, program } = this.#parts;
    const ids = await store.standings.findOutdated(program.revision, batchSize, this.#after);
    this.#after = ids.at(-1) ?? '';
    await lookAtAll(this.#parts, ids);
    return ids.length;
  }
}

/** What is known of the customer then; `gone` when there is no such customer any more, `failed` when they could not be looked at. */
type Looked = Dossier | 'gone' | 'failed';

/** One after the other, with rests between them: the server goes on serving. */
async function lookAtAll(parts: JobParts, ids: readonly string[]): Promise<Looked[]> {
  const looked: Looked[] = [];
  let startedAt = performance.now();
  for (const id of ids) {
    looked.push(await look(parts, id));
    const workedMs = performance.now() - startedAt;
    if (workedMs < workMs) continue;
    await delay(workedMs * restRatio);
    startedAt = performance.now();
  }
  return looked;
}

async function look(parts: JobParts, id: string): Promise<Looked> {
  try {
    const cause = (dossier: Dossier) => ({ kind: causeOf(dossier, parts.program) });
    return (await changeFacts(parts, id, { cause, isRepeatable: true })) ?? 'gone';
  } catch (error) {
    parts.log.error({ customer: id, ...describeError(error) }, 'a customer could not be looked at again');
    return 'failed';
  }
}

function isDone(looked: Looked | undefined, now: Date): boolean {
  if (looked === undefined || looked === 'failed') return false;
  if (looked === 'gone') return true;
  return Object.values(looked.standings).every(({ dueAt }) => dueAt === undefined || dueAt > now.getTime());
}
