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
  /** Counts up: who was served last has the highest. */
  servedAs: number;
}

/** How many hosts are remembered as answering well. */
const maxRemembered = 20_000;

/** Shares out what may be under way, so that no host, dead or busy, takes what another could use. */
export class TargetSlots {
  readonly #limits: SlotLimits;
  readonly #uses = new Map<string, Use>();
  #proven = 0;
  #unproven = 0;
  #served = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** How much is under way. */
  get inFlight(): number {
    return this.#proven + this.#unproven;
  }

  /** What to take now: who was served the longest ago comes first, and where many wait nobody takes much. */
  share(ready: readonly ReadyTarget[]): Wanted[] {
    const { inFlight, perTarget } = this.#limits;
    const fair = Math.min(perTarget, Math.max(1, Math.floor(inFlight / ready.length)));
    let [proven, unproven] = [inFlight - this.#proven, inFlight - this.#unproven];
    const wanted: Wanted[] = [];
    for (const { target, failures } of ready.toSorted((a, b) => this.#servedAs(a) - this.#servedAs(b))) {
      const use = this.#uses.get(target);
      const isProven = use?.isProven === true && failures === 0;
      const limit = Math.min((isProven ? fair : 1) - (use?.inFlight ?? 0), isProven ? proven : unproven);
      if (limit <= 0) continue;
      if (isProven) proven -= limit;
      else unproven -= limit;
      wanted.push({ target, limit });
    }
    return wanted;
  }

  /** Marks one as under way; the function that it answers marks its end, and whether the target answered well (undefined: it was not asked). */
  take(target: string): (isWell: boolean | undefined) => void {
    const use = this.#uses.get(target) ?? { inFlight: 0, isProven: false, servedAs: 0 };
    this.#uses.set(target, use);
    const wasProven = use.isProven;
    this.#count(wasProven, 1);
    use.inFlight++;
    use.servedAs = ++this.#served;
    return (isWell) => {
      this.#count(wasProven, -1);
      use.inFlight--;
      if (isWell !== undefined) use.isProven = isWell;
      if (use.inFlight === 0 && (!use.isProven || this.#uses.size > maxRemembered)) this.#uses.delete(target);
    };
  }

  #servedAs({ target }: ReadyTarget): number {
    return this.#uses.get(target)?.servedAs ?? 0;
  }

  #count(isProven: boolean, change: number): void {
    if (isProven) this.#proven += change;
    else this.#unproven += change;
  }
}
