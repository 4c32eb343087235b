import type { Clock } from '../lib/clock.ts';

/** More than a process has busy visitors; the one that was counted first goes first. */
const maxKeys = 10_000;

interface Count {
  readonly endsAt: number;
  taken: number;
}

/** At most so many of something within a time, for each key. Counted in this process alone: it spares the machine, and protects nothing else. */
export class Throttle {
  readonly #max: number;
  readonly #withinMs: number;
  readonly #clock: Clock;
  readonly #counts = new Map<string, Count>();

  constructor(max: number, withinMs: number, clock: Clock) {
    this.#max = max;
    this.#withinMs = withinMs;
    this.#clock = clock;
  }

  /** Counts one; answers after how many seconds to come again, undefined when this one is fine. */
  refuse(key: string): number | undefined {
    const now = this.#clock.now().getTime();
    const known = this.#counts.get(key);
    const count = known !== undefined && known.endsAt > now ? known : { endsAt: now + this.#withinMs, taken: 0 };
    if (count !== known) {
      this.#counts.delete(key);
      this.#counts.set(key, count);
      const [oldest] = this.#counts.keys();
      if (this.#counts.size > maxKeys && oldest !== undefined) this.#counts.delete(oldest);
    }
    count.taken += 1;
    return count.taken > this.#max ? Math.ceil((count.endsAt - now) / 1000) : undefined;
  }
}
