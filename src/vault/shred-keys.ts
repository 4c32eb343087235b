import { randomBytes } from 'node:crypto';
import { type KeyRing, keyBytes, SealBroken, type WrappedKey } from './key-ring.ts';

/**
 * Where the second half of every data key lies, outside of whatever is backed up with the database. Without it a data key cannot be
 * had, whoever has the key-encryption key and a copy of the database.
 */
export interface ShredKeys {
  /** The owner's shred key, made where there is none; it survives a crash once this resolves. */
  make(owner: string): Promise<Uint8Array>;
  find(owner: string): Promise<Uint8Array | undefined>;
  /**
   * Destroys shred keys for good and remembers whose, also of owners that have none; false when traces are left in older versions of pages that somebody
   * reads, so that it is to be repeated.
   */
  destroy(owners: readonly string[], at: Date): Promise<boolean>;
  /** Owners whose shred keys were destroyed, in the order of their ids, after `afterOwner`. */
  listDestroyed(limit: number, afterOwner?: string): Promise<readonly string[]>;
}

/** The wrapped data key is as it was written, and its other half is gone: nothing that is sealed under it opens again, unless that is found. */
export class DataKeyLost extends SealBroken {
  constructor() {
    super('a data key whose shred key is gone');
    this.name = 'DataKeyLost';
  }
}

/** What a shredded data key begins with before it is wrapped: those of earlier releases are wrapped as they are, one byte shorter. */
const shredded = 1;

/**
 * The ring that customers and uploads are sealed with: what the ring below wraps is the data key hidden by the owner's shred key (a one-time
 * pad: both are random, and used for each other alone). So rotating keys, a key service, and whoever keeps unwrapped keys see nothing that opens anything.
 */
export class ShreddedKeyRing implements KeyRing {
  readonly #ring: KeyRing;
  readonly #shreds: ShredKeys;

  constructor(ring: KeyRing, shreds: ShredKeys) {
    this.#ring = ring;
    this.#shreds = shreds;
  }

  get currentId(): string {
    return this.#ring.currentId;
  }

  get ids(): readonly string[] {
    return this.#ring.ids;
  }

  async wrap(dataKey: Uint8Array, owner: string, kekId?: string): Promise<WrappedKey> {
    const hidden = hide(dataKey, await this.#shreds.make(owner));
    return this.#ring.wrap(Buffer.concat([Buffer.of(shredded), hidden]), owner, kekId);
  }

  describe(): ReturnType<KeyRing['describe']> {
    return this.#ring.describe();
  }

  /** The ring below wraps again what it sees. */
  rewrap(wrapped: WrappedKey, owner: string): Promise<WrappedKey> {
    return this.#ring.rewrap(wrapped, owner);
  }

  forget(owner: string): void {
    this.#ring.forget(owner);
  }

  /** Who gets the key may overwrite it: nobody else has these bytes. */
  async unwrap(wrapped: WrappedKey, owner: string): Promise<Buffer> {
    const opened = await this.#ring.unwrap(wrapped, owner);
    if (opened.length === keyBytes) return Buffer.from(opened);
    const shredKey = await this.#shreds.find(owner);
    if (opened.length !== keyBytes + 1 || opened[0] !== shredded) throw new SealBroken('a data key');
    if (shredKey === undefined) throw new DataKeyLost();
    return hide(opened.subarray(1), shredKey);
  }

  /** The same data key hidden by a shred key, for one of an earlier release; undefined when it is already. */
  async upgrade(wrapped: WrappedKey, owner: string): Promise<WrappedKey | undefined> {
    const opened = await this.#ring.unwrap(wrapped, owner);
    return opened.length === keyBytes ? this.wrap(opened, owner) : undefined;
  }
}

/** A fresh shred key. */
export function newShredKey(): Buffer {
  return randomBytes(keyBytes);
}

/** Hides a key by another one, and finds it again. */
function hide(key: Uint8Array, shredKey: Uint8Array): Buffer {
  if (key.length !== keyBytes || shredKey.length !== keyBytes) throw new SealBroken('a data key');
  return Buffer.from(key.map((byte, index) => byte ^ (shredKey[index] ?? 0)));
}
