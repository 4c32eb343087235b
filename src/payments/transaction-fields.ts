import { lineOfReading } from '../store/audit-lines.ts';
import type { PaymentSeals } from '../store/payment-store.ts';
import { paymentOwner } from '../vault/rotate-keys.ts';
import { createVault, openVault, type Vault } from '../vault/vault.ts';
import { fieldsName } from './create-payment.ts';
import type { PaymentParts } from './parts.ts';

/**
 * The deprecated `fields.transaction` of a payment, opened; that they were is written down for its customers.
 * @throws SealBroken when they are not as they were sealed
 */
export async function readTransactionFields(
  { store, keyRing }: Pick<PaymentParts, 'store' | 'keyRing'>,
  id: string,
): Promise<Readonly<Record<string, string>>> {
  const seals = await store.payments.findSeals(id);
  if (seals?.wrappedKey === undefined || seals.fields === undefined) return {};
  const vault = await openVault(keyRing, paymentOwner(id), seals.wrappedKey);
  const payment = await store.payments.find(id);
  const lines = (payment?.parties ?? []).map(({ customerId }) => {
    return lineOfReading(customerId, [fieldsName], { kind: 'payment' });
  });
  if (lines.length > 0) await store.audit.recordRepeatable(lines);
  return JSON.parse(vault.open(fieldsName, seals.fields)) as Record<string, string>;
}

/** The vault of a payment, a new one if it has none yet. */
export async function vaultOf(
  { keyRing }: Pick<PaymentParts, 'keyRing'>,
  id: string,
  { wrappedKey }: PaymentSeals,
): Promise<Vault> {
  const owner = paymentOwner(id);
  return wrappedKey === undefined ? createVault(keyRing, owner) : openVault(keyRing, owner, wrappedKey);
}
