import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
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
  return vaultOf(ownerId, dataKey, await ring.wrap(dataKey, ownerId));
}

/** The vault of a stored owner. @throws SealBroken when its data key does not open */
export async function openVault(ring: KeyRing, ownerId: string, wrapped: WrappedKey): Promise<Vault> {
  return vaultOf(ownerId, await ring.unwrap(wrapped, ownerId), wrapped);
}

function vaultOf(ownerId: string, dataKey: Uint8Array, wrappedKey: WrappedKey): Vault {
  const aad = (field: string): Buffer => associated('value', ownerId, field, dataKeyVersion);
  return {
    wrappedKey,
    seal: (field, value) => sealBytes(dataKey, Buffer.from(value, 'utf8'), aad(field)),
    open: (field, sealed) => openBytes(dataKey, sealed, aad(field), `the value of '${field}'`).toString('utf8'),
    digest: (purpose, secret) => {
      const info = associated('digest', ownerId, purpose, dataKeyVersion);
      return createHmac('sha256', Buffer.from(hkdfSync('sha256', dataKey, '', info, keyBytes)))
        .update(secret, 'utf8')
        .digest();
    },
  };
}
