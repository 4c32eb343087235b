/** What a wrapped key is known by: the id of the key that wraps it, and its bytes. */
interface Wrapped {
  readonly kekId: string;
  readonly bytes: Uint8Array;
}

/** How much is kept for how long. */
export interface CacheBounds {
  /** How many data keys at most; 0 to keep none. */
  readonly size: number;
  readonly lifetimeMs: number;
}

interface Kept {
  readonly wrapped: Wrapped;
  /** This cache's own copy: nobody else holds it, so that it can be overwritten at any time. */
  readonly dataKey: Promise<Buffer>;
  opened?: Buffer;
  expiresAt: number;
}

/**
 * Data keys that a key service opened, kept in memory so that it is asked once for each owner and lifetime. An owner's key is found only by
 * the very bytes it was opened from: wrapped bytes that were altered since are opened, and refused, anew. Who asks gets a copy. What is dropped is
 * overwritten, as far as a garbage-collected process can.
 */
export class DataKeyCache {
  readonly #bounds: CacheBounds;
  readonly #now: () => number;
  /** By owner, the one that was used the longest ago first. */
  readonly #kept = new Map<string, Kept>();
  #sweep: NodeJS.Timeout | undefined;

  /** @param now monotonic, in milliseconds */
  constructor(bounds: CacheBounds, now: () => number = () => performance.now()) {
    this.#bounds = bounds;
    this.#now = now;
  }

  /** How many are kept or being opened. */
  get size(): number {
    return this.#kept.size;
  }

  /** The data key of the owner; whoever asks while it is being opened waits for the same answer. A failure is kept for nobody. */
  async get(owner: string, wrapped: Wrapped, open: () => Promise<Buffer>): Promise<Buffer> {
    const known = this.#kept.get(owner);
    if (known !== undefined && known.expiresAt > this.#now() && isSame(known.wrapped, wrapped)) {
      this.#keep(owner, known);
      return Buffer.from(await known.dataKey);
    }
    const kept: Kept = { wrapped, dataKey: open(), expiresAt: Number.POSITIVE_INFINITY };
    this.#drop(owner);
    this.#keep(owner, kept);
    try {
      const opened = await kept.dataKey;
      const copy = Buffer.from(opened);
      kept.expiresAt = this.#now() + this.#bounds.lifetimeMs;
      kept.opened = opened;
      // Dropped while it was being opened: those who wait for it take their copies first.
      if (this.#kept.get(owner) !== kept) setImmediate(() => opened.fill(0));
      this.#sweepLater();
      return copy;
    } catch (error) {
      if (this.#kept.get(owner) === kept) this.#kept.delete(owner);
      throw error;
    }
  }

  /** Keeps a data key that is known already. */
  put(owner: string, wrapped: Wrapped, dataKey: Uint8Array): void {
    const opened = Buffer.from(dataKey);
    this.#drop(owner);
    this.#keep(owner, {
      wrapped,
      dataKey: Promise.resolve(opened),
      opened,
      expiresAt: this.#now() + this.#bounds.lifetimeMs,
    });
    this.#sweepLater();
  }

  /** Drops what is kept of an owner. */
  forget(owner: string): void {
    this.#drop(owner);
  }

  #keep(owner: string, kept: Kept): void {
    this.#kept.delete(owner);
    this.#kept.set(owner, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#bounds.size) return;
      this.#drop(oldest);
    }
  }

  /** Those who were promised it in this turn still copy it. */
  #drop(owner: string): void {
    const opened = this.#kept.get(owner)?.opened;
    this.#kept.delete(owner);
    if (opened !== undefined) setImmediate(() => opened.fill(0));
  }

  /** What nobody asks for again must not outlive its time either. */
  #sweepLater(): void {
    if (this.#sweep !== undefined || this.#kept.size === 0) return;
    this.#sweep = setTimeout(() => {
      this.#sweep = undefined;
      for (const [owner, { expiresAt }] of this.#kept) if (expiresAt <= this.#now()) this.#drop(owner);
      this.#sweepLater();
    }, this.#bounds.lifetimeMs / 4).unref();
  }
}

function isSame(one: Wrapped, other: Wrapped): boolean {
  return one.kekId === other.kekId && Buffer.compare(one.bytes, other.bytes) === 0;
}
