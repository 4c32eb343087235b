import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { associated, type KeyRing, keyBytes, openBytes, sealBytes, type WrappedKey } from './key-ring.ts';

/** Seals and opens the values of one owner, a customer or an upload, under a data key of its own. */
export interface Vault {
  /** The data key as it is stored beside its owner. */
  readonly wrappedKey: WrappedKey;
  /** Seals a value for one field; it opens only for this owner and this field. */
  seal(field: string, value: string): Buffer;
  /** Opens a field's sealed value. @throws SealBroken when it was altered or belongs elsewhere */
  open(field: string, sealed: Uint8Array): string;
  /**
   * A keyed hash (HMAC-SHA-256) of a short secret, for one purpose. Its key is derived from the data key, so that whoever has the
   * database alone cannot try all secrets there are.
   */
  digest(purpose: string, secret: string): Buffer;
}

/** The version of the data key, part of the associated data of every value. Re-keying an owner raises it. */
const dataKeyVersion = 1;

/** A vault for a new owner, with a fresh data key. `ownerId` is of no other owner of any kind. */
export async function createVault(ring: KeyRing, ownerId: string): Promise<Vault> {
  const dataKey = randomBytes(keyBytes);
  const wrapped = await ring.wrap(dataKey, ownerId);
  return vaultOf(ownerId, takeUp(dataKey), wrapped);
}

/** The vault of a stored owner. @throws SealBroken when its data key does not open */
export async function openVault(ring: KeyRing, ownerId: string, wrapped: WrappedKey): Promise<Vault> {
  return vaultOf(ownerId, takeUp(await ring.unwrap(wrapped, ownerId)), wrapped);
}

/** The key where it is overwritten once nobody needs it, and no longer where it came in. */
function takeUp(dataKey: Buffer): KeyObject {
  const key = createSecretKey(dataKey);
  dataKey.fill(0);
  return key;
}

function vaultOf(ownerId: string, dataKey: KeyObject, wrappedKey: WrappedKey): Vault {
  const aad = (field: string): Buffer => associated('value', ownerId, field, dataKeyVersion);
  return {
    wrappedKey,
    seal: (field, value) => sealBytes(dataKey, Buffer.from(value, 'utf8'), aad(field)),
    open: (field, sealed) => openBytes(dataKey, sealed, aad(field), `the value of '${field}'`).toString('utf8'),
    digest: (purpose, secret) => {
      const info = associated('digest', ownerId, purpose, dataKeyVersion);
      const derived = Buffer.from(hkdfSync('sha256', dataKey, '', info, keyBytes));
      try {
        return createHmac('sha256', derived).update(secret, 'utf8').digest();
      } finally {
        derived.fill(0);
      }
    },
  };
}
