import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { StateCount, Waiting } from '../../store/census-store.ts';
import type { ReviewParts } from './parts.ts';

/** How many customers stand where, and how those wait who wait for a person. */
export interface Overview {
  /** Everybody, as of `countedAt`; undefined while they are counted for the first time. */
  readonly counts: readonly StateCount[] | undefined;
  readonly countedAt: Date | undefined;
  /** As of now. Nothing in it is counted beyond {@link maxCounted}. */
  readonly waiting: Waiting;
  /** How many wait for longer than the program allows. */
  readonly late: number;
  /** The bounds of {@link ages}, in milliseconds. */
  readonly ages: readonly { readonly overMs: number; readonly count: number }[];
}

/** Beyond so many, those who wait are not counted. */
export const maxCounted = 10_000;

const hourMs = 3_600_000;
const agesMs = [4 * hourMs, 24 * hourMs, 72 * hourMs, 168 * hourMs] as const;
const refreshMs = 60_000;
/** How long whoever asks first waits for the count to end; where there are few customers it does. */
const patienceMs = 60;
/** Of a million customers some 500 are counted in one go: whoever asks for a page meanwhile waits for a few of them. */
const slices = 2048;
/** Counting goes on for so long before others get their turn. */
const turnMs = 2;

/**
 * Counts customers by state. Choice: counting a million takes seconds, and counters kept up to date in every PUT would make all of them wait for
 * one row. So everybody is counted slice by slice of their ids, between other work, when somebody looks and the last count is a minute old; what
 * was counted last is shown with its time.
 */
export class Census {
  readonly #parts: Pick<ReviewParts, 'store' | 'clock' | 'program'>;
  #last: { readonly counts: readonly StateCount[]; readonly at: Date } | undefined;
  #counting: Promise<void> | undefined;

  constructor(parts: Pick<ReviewParts, 'store' | 'clock' | 'program'>) {
    this.#parts = parts;
  }

  async look(): Promise<Overview> {
    const { store, clock, program } = this.#parts;
    const now = clock.now();
    const isOld = this.#last === undefined || now.getTime() - this.#last.at.getTime() > refreshMs;
    const isFirst = this.#last === undefined && this.#counting === undefined;
    if (isOld) this.#counting ??= this.#count().finally(() => (this.#counting = undefined));
    if (isFirst) await Promise.race([this.#counting, delay(patienceMs)]);
    const before = (ms: number): Date => new Date(now.getTime() - ms);
    const waiting = await store.census.countWaiting([program.review.slaMs, ...agesMs].map(before), maxCounted, now);
    const [late = 0, ...older] = waiting.since;
    const ages = [0, ...agesMs].map((overMs, index) => {
      const atLeast = index === 0 ? waiting.count : (older[index - 1] ?? 0);
      return { overMs, count: atLeast - (older[index] ?? 0) };
    });
    return { counts: this.#last?.counts, countedAt: this.#last?.at, waiting, late, ages };
  }

  /** A store that is closed or away meanwhile ends the count; the next look begins another. */
  async #count(): Promise<void> {
    const { store, clock } = this.#parts;
    const at = clock.now();
    const totals = new Map<string, StateCount>();
    let turnedAt = performance.now();
    try {
      for (let index = 0; index < slices; index++) {
        for (const { type, state, count } of await store.census.countSlice(...sliceOf(index))) {
          const key = `${type} ${state}`;
          totals.set(key, { type, state, count: count + (totals.get(key)?.count ?? 0) });
        }
        if (performance.now() - turnedAt < turnMs) continue;
        await nextTurn();
        turnedAt = performance.now();
      }
      this.#last = { counts: [...totals.values()], at };
    } catch {
      // What was counted before is shown on.
    }
  }
}

/** Ids are random hexadecimal, so that slices by their first digits are alike; the first and the last are open, whatever an id is. */
function sliceOf(index: number): [from: string, to: string | undefined] {
  const digits = (at: number): string => (at * 2).toString(16).padStart(3, '0');
  return [index === 0 ? '' : digits(index), index === slices - 1 ? undefined : digits(index + 1)];
}
