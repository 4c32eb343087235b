import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { DataKeyCache } from './data-key-cache.ts';

/** Bytes of every AES-256 key here: key-encryption, data and file keys. */
export const keyBytes = 32;

const nonceBytes = 12;
const tagBytes = 16;

/** A data key as the database holds it: useless without the key-encryption key it names. */
export interface WrappedKey {
  /** The id of the key-encryption key. */
  readonly kekId: string;
  readonly bytes: Uint8Array;
}

/** One key-encryption key, wherever it is kept: in this process, in AWS KMS, in Vault. */
export interface KeyEncryptionKey {
  /** What wrapped keys remember it by. */
  readonly id: string;
  /** Where it is, for people: `local`, `aws-kms`, `vault-transit`. */
  readonly kind: string;
  /** Whether using it is a call to a service. */
  readonly isRemote: boolean;
  /** Wraps a data key for its owner, to whom it is bound. @throws KycError `unavailable` */
  wrap(dataKey: Uint8Array, owner: string): Promise<Uint8Array>;
  /** Opens what it wrapped. @throws SealBroken unless it did, for this owner; KycError `unavailable` */
  unwrap(bytes: Uint8Array, owner: string): Promise<Buffer>;
  /**
   * Wraps again what `from` wrapped, without the data key leaving the service; undefined when this service cannot.
   * @throws SealBroken, KycError `unavailable`
   */
  rewrap?(bytes: Uint8Array, owner: string, from: KeyEncryptionKey): Promise<Uint8Array | undefined>;
}

/** Wraps and unwraps data keys, under keys of several versions and kinds. */
export interface KeyRing {
  /** The id of the key that wraps from now on. */
  readonly currentId: string;
  /** Every id whose wrapped keys can be opened. */
  readonly ids: readonly string[];
  /** Wraps a data key for its owner, under `kekId` or the current key. @throws KycError `unavailable` */
  wrap(dataKey: Uint8Array, owner: string, kekId?: string): Promise<WrappedKey>;
  /**
   * Opens a wrapped data key, as bytes that nobody else has: who gets them overwrites them.
   * @throws SealBroken unless it was wrapped for this owner by this ring; KycError `unavailable`
   */
  unwrap(wrapped: WrappedKey, owner: string): Promise<Buffer>;
  /** The same data key under the current key. @throws SealBroken, KycError `unavailable` */
  rewrap(wrapped: WrappedKey, owner: string): Promise<WrappedKey>;
  /** Each key by id and kind, the current one first. */
  describe(): readonly Pick<KeyEncryptionKey, 'id' | 'kind'>[];
  /** Keeps nothing of an owner who is gone. */
  forget(owner: string): void;
}

/** Sealed bytes did not open: tampered with, swapped, or under another key. Never guessed around. */
export class SealBroken extends Error {
  constructor(what: string) {
    super(`${what} does not open: altered, moved, or sealed under another key`);
    this.name = 'SealBroken';
  }
}

/** A key-encryption key in this process' memory. */
export class LocalKey implements KeyEncryptionKey {
  readonly id: string;
  readonly kind = 'local';
  readonly isRemote = false;
  readonly #key: Uint8Array;

  /** @param key {@link keyBytes} of it */
  constructor(id: string, key: Uint8Array) {
    this.id = id;
    this.#key = key;
  }

  async wrap(dataKey: Uint8Array, owner: string): Promise<Buffer> {
    return sealBytes(this.#key, dataKey, associated('dek', owner, this.id));
  }

  async unwrap(bytes: Uint8Array, owner: string): Promise<Buffer> {
    return openBytes(this.#key, bytes, associated('dek', owner, this.id), 'a data key');
  }
}

/** The ring over keys of any kind. The first key wraps, all unwrap. What remote keys open is kept for a while. */
export class VersionedKeyRing implements KeyRing {
  readonly currentId: string;
  readonly ids: readonly string[];
  readonly #keys: readonly KeyEncryptionKey[];
  readonly #current: KeyEncryptionKey;
  readonly #cache: DataKeyCache | undefined;

  /** @param cache what remote keys opened; undefined to ask for each */
  constructor(keys: readonly KeyEncryptionKey[], cache?: DataKeyCache) {
    const [current] = keys;
    if (current === undefined) throw new TypeError('encryptionKeys: expected at least one key');
    this.#current = current;
    this.currentId = current.id;
    this.ids = keys.map(({ id }) => id);
    this.#keys = keys;
    this.#cache = cache;
  }

  async wrap(dataKey: Uint8Array, owner: string, kekId: string = this.currentId): Promise<WrappedKey> {
    const key = this.#key(kekId);
    const wrapped = { kekId, bytes: await key.wrap(dataKey, owner) };
    if (key.isRemote) this.#cache?.put(owner, wrapped, dataKey);
    return wrapped;
  }

  async unwrap(wrapped: WrappedKey, owner: string): Promise<Buffer> {
    const key = this.#key(wrapped.kekId);
    const open = (): Promise<Buffer> => openWith(key, wrapped.bytes, owner);
    return key.isRemote && this.#cache !== undefined ? this.#cache.get(owner, wrapped, open) : open();
  }

  async rewrap(wrapped: WrappedKey, owner: string): Promise<WrappedKey> {
    const from = this.#key(wrapped.kekId);
    const within = await this.#current.rewrap?.(wrapped.bytes, owner, from);
    if (within !== undefined) return { kekId: this.currentId, bytes: within };
    const dataKey = await openWith(from, wrapped.bytes, owner);
    try {
      return { kekId: this.currentId, bytes: await this.#current.wrap(dataKey, owner) };
    } finally {
      dataKey.fill(0);
    }
  }

  describe(): readonly KeyEncryptionKey[] {
    return this.#keys;
  }

  forget(owner: string): void {
    this.#cache?.forget(owner);
  }

  #key(id: string): KeyEncryptionKey {
    const key = this.#keys.find((known) => known.id === id);
    if (key === undefined) throw new SealBroken(`a data key wrapped by the unknown key '${id}'`);
    return key;
  }
}

/** What a service answers is a data key by its length at least: with a byte before it where a shred key hides it. @see vault/shred-keys */
async function openWith(key: KeyEncryptionKey, bytes: Uint8Array, owner: string): Promise<Buffer> {
  const dataKey = await key.unwrap(bytes, owner);
  if (dataKey.length !== keyBytes && dataKey.length !== keyBytes + 1) throw new SealBroken('a data key');
  return dataKey;
}

/** A ring of local keys alone. */
export class LocalKeyRing extends VersionedKeyRing {
  constructor(keys: ReadonlyMap<string, Uint8Array>) {
    super(Array.from(keys, ([id, key]) => new LocalKey(id, key)));
  }
}

/** AES-256-GCM: nonce ‖ ciphertext ‖ tag, with a random 96-bit nonce. A key object is taken up six times faster than the bytes it is made of. */
export function sealBytes(key: Uint8Array | KeyObject, plain: Uint8Array, aad: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', keyObject(key), nonce);
  cipher.setAAD(aad);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what {@link sealBytes} sealed. @throws SealBroken when key, bytes or associated data differ */
export function openBytes(key: Uint8Array | KeyObject, sealed: Uint8Array, aad: Uint8Array, what: string): Buffer {
  if (sealed.length < nonceBytes + tagBytes) throw new SealBroken(what);
  const decipher = createDecipheriv('aes-256-gcm', keyObject(key), sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  try {
    const body = decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes));
    return Buffer.concat([body, decipher.final()]);
  } catch {
    throw new SealBroken(what);
  }
}

/** Associated data of several parts, each length-prefixed so that no two lists of parts spell the same bytes. */
export function associated(...parts: readonly (string | number)[]): Buffer {
  return Buffer.from(parts.map((part) => `${String(part).length}:${part}`).join(''), 'utf8');
}

function keyObject(key: Uint8Array | KeyObject): KeyObject {
  return key instanceof Uint8Array ? createSecretKey(key) : key;
}
