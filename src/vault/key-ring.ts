import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';

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

/** Wraps and unwraps data keys. A remote key service is another adapter of this port. */
export interface KeyRing {
  /** The id of the key that wraps from now on. */
  readonly currentId: string;
  /** Every id whose wrapped keys can be opened. */
  readonly ids: readonly string[];
  /** Wraps a data key for its owner, under `kekId` or the current key. */
  wrap(dataKey: Uint8Array, owner: string, kekId?: string): Promise<WrappedKey>;
  /** Opens a wrapped data key, as bytes that nobody else has: who gets them overwrites them. @throws SealBroken unless it was wrapped for this owner by this ring */
  unwrap(wrapped: WrappedKey, owner: string): Promise<Buffer>;
}

/** Sealed bytes did not open: tampered with, swapped, or under another key. Never guessed around. */
export class SealBroken extends Error {
  constructor(what: string) {
    super(`${what} does not open: altered, moved, or sealed under another key`);
    this.name = 'SealBroken';
  }
}

/** A key ring whose key-encryption keys are in this process' memory. The first key wraps, all unwrap. */
export class LocalKeyRing implements KeyRing {
  readonly currentId: string;
  readonly ids: readonly string[];
  readonly #keys: ReadonlyMap<string, Uint8Array>;

  constructor(keys: ReadonlyMap<string, Uint8Array>) {
    const [currentId] = keys.keys();
    if (currentId === undefined) throw new TypeError('encryptionKeys: expected at least one key');
    this.currentId = currentId;
    this.ids = [...keys.keys()];
    this.#keys = keys;
  }

  async wrap(dataKey: Uint8Array, owner: string, kekId: string = this.currentId): Promise<WrappedKey> {
    return { kekId, bytes: sealBytes(this.#key(kekId), dataKey, associated('dek', owner, kekId)) };
  }

  async unwrap(wrapped: WrappedKey, owner: string): Promise<Buffer> {
    return openBytes(this.#key(wrapped.kekId), wrapped.bytes, associated('dek', owner, wrapped.kekId), 'a data key');
  }

  #key(id: string): Uint8Array {
    const key = this.#keys.get(id);
    if (key === undefined) throw new SealBroken(`a data key wrapped by the unknown key '${id}'`);
    return key;
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
