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

/** How customers are looked at so that others get their turn. */
export interface Pace {
  /** How many are looked at together; their writes share a commit. */
  readonly atOnce: number;
  /** For each moment of work, so much rest. */
  readonly restRatio: number;
}

/** On the thread that answers requests: whoever asks meanwhile hardly waits. */
const gentle: Pace = { atOnce: 5, restRatio: 0.6 };

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
    const ids = await store.standings.findDue(now, batchSize, this.#stuck);
    if (ids.length === 0) this.#stuck.clear();
    const looked = await lookAtAll(this.#parts, ids, gentle);
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
  readonly #pace: Pace;
  #after = '';

  constructor(parts: JobParts, pace: Pace = gentle) {
    this.#parts = parts;
    this.#pace = pace;
  }

  /**
   * Looks at some of them; answers how many, 0 when all were looked at once. Choice: once, not until none is left: two processes with
   * different programs at the same time, as while one takes the other's place, must not undo each other's work for ever.
   */
  async runSome(): Promise<number> {
    const { store, program } = this.#parts;
    const ids = await store.standings.findOutdated(program.revision, batchSize, this.#after);
    this.#after = ids.at(-1) ?? '';
    await lookAtAll(this.#parts, ids, this.#pace);
    return ids.length;
  }
}

/** What is known of the customer then; `gone` when there is no such customer any more, `failed` when they could not be looked at. */
type Looked = Dossier | 'gone' | 'failed';

/** A few at a time, with rests between them. */
async function lookAtAll(parts: JobParts, ids: readonly string[], { atOnce, restRatio }: Pace): Promise<Looked[]> {
  const looked: Looked[] = [];
  for (let from = 0; from < ids.length; from += atOnce) {
    const startedAt = performance.now();
    looked.push(...(await Promise.all(ids.slice(from, from + atOnce).map((id) => look(parts, id)))));
    if (restRatio > 0) await delay((performance.now() - startedAt) * restRatio);
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
