import type { ReadyTarget, Wanted } from '../store/outbox-store.ts';

/** How much may be under way at once, in this process. */
export interface SlotLimits {
  /** To one host that answers well. One that is not known to gets one at a time. */
  readonly perTarget: number;
  /** To all hosts that answer well, and as many again to the others: those that hang use up their own share alone. */
  readonly inFlight: number;
}

interface Use {
  inFlight: number;
  isProven: boolean;
}

/** How many hosts are remembered as answering well. */
const maxRemembered = 20_000;

/** Shares out what may be under way, so that no host, dead or busy, takes what another could use. */
export class TargetSlots {
  readonly #limits: SlotLimits;
  readonly #uses = new Map<string, Use>();
  #proven = 0;
  #unproven = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** How much is under way. */
  get inFlight(): number {
    return this.#proven + this.#unproven;
  }

  /** What to take now, for the targets in this order. */
  share(ready: readonly ReadyTarget[]): Wanted[] {
    let [proven, unproven] = [this.#limits.inFlight - this.#proven, this.#limits.inFlight - this.#unproven];
    const wanted: Wanted[] = [];
    for (const { target, failures } of ready) {
      const use = this.#uses.get(target);
      const isProven = use?.isProven === true && failures === 0;
      const most = (isProven ? this.#limits.perTarget : 1) - (use?.inFlight ?? 0);
      const limit = Math.min(most, isProven ? proven : unproven);
      if (limit <= 0) continue;
      if (isProven) proven -= limit;
      else unproven -= limit;
      wanted.push({ target, limit });
    }
    return wanted;
  }

  /** Marks one as under way; the function that it answers marks its end, and whether the target answered well (undefined: it was not asked). */
  take(target: string): (isWell: boolean | undefined) => void {
    const use = this.#uses.get(target) ?? { inFlight: 0, isProven: false };
    this.#uses.set(target, use);
    const wasProven = use.isProven;
    this.#count(wasProven, 1);
    use.inFlight++;
    return (isWell) => {
      this.#count(wasProven, -1);
      use.inFlight--;
      if (isWell !== undefined) use.isProven = isWell;
      if (use.inFlight === 0 && (!use.isProven || this.#uses.size > maxRemembered)) this.#uses.delete(target);
    };
  }

  #count(isProven: boolean, change: number): void {
    if (isProven) this.#proven += change;
    else this.#unproven += change;
  }
}
