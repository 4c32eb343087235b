import { randomBytes } from 'node:crypto';
import { associated, type KeyRing, keyBytes, openBytes, sealBytes, type WrappedKey } from './key-ring.ts';

/** Seals and opens the values of one customer under that customer's data key. */
export interface CustomerVault {
  /** The data key as it is stored beside the customer. */
  readonly wrappedKey: WrappedKey;
  /** Seals a value for one field; it opens only for this customer and this field. */
  seal(field: string, value: string): Buffer;
  /** Opens a field's sealed value. @throws SealBroken when it was altered or belongs elsewhere */
  open(field: string, sealed: Uint8Array): string;
}

/** The version of the data key, part of the associated data of every value. Re-keying a customer raises it. */
const dataKeyVersion = 1;

/** A vault for a new customer, with a fresh data key. */
export async function createCustomerVault(ring: KeyRing, customerId: string): Promise<CustomerVault> {
  const dataKey = randomBytes(keyBytes);
  return vaultOf(customerId, dataKey, await ring.wrap(dataKey, customerId));
}

/** The vault of a stored customer. @throws SealBroken when its data key does not open */
export async function openCustomerVault(
  ring: KeyRing,
  customerId: string,
  wrapped: WrappedKey,
): Promise<CustomerVault> {
  return vaultOf(customerId, await ring.unwrap(wrapped, customerId), wrapped);
}

function vaultOf(customerId: string, dataKey: Uint8Array, wrappedKey: WrappedKey): CustomerVault {
  const aad = (field: string): Buffer => associated('value', customerId, field, dataKeyVersion);
  return {
    wrappedKey,
    seal: (field, value) => sealBytes(dataKey, Buffer.from(value, 'utf8'), aad(field)),
    open: (field, sealed) => openBytes(dataKey, sealed, aad(field), `the value of '${field}'`).toString('utf8'),
  };
}
