import { KycError } from '../errors.ts';
import { noteReading } from '../kyc/note-reading.ts';
import { openCustomer } from '../kyc/open-customer.ts';
import { findClear } from './clear-parties.ts';
import { isToBePaid } from './moves-money.ts';
import type { PaymentParts } from './parts.ts';
import type { PartyRole } from './payment.ts';
import type { RailsCustomer } from './rails.ts';

/**
 * The data of a customer that a payment is to be paid by; undefined when there is none in that role. Since the rails were called they may have become
 * others, which nobody has accepted, or those of two customers who are one now.
 * @throws KycError `not_possible` when the payment is not to be paid, or the customer not clear for it, any more
 */
export async function openForRails(
  parts: PaymentParts,
  id: string,
  role: PartyRole,
): Promise<RailsCustomer | undefined> {
  const payment = await parts.store.payments.find(id);
  if (payment === undefined || !isToBePaid(payment))
    throw new KycError('not_possible', 'this payment is not to be paid by the rails any more');
  const party = payment.parties.find((one) => one.role === role);
  if (party === undefined) return undefined;
  const record = await findClear(parts, payment, party);
  const customer = record && (await openCustomer(parts, record));
  if (customer === undefined)
    throw new KycError('not_possible', 'a customer of this payment is not clear for it any more');
  const values = new Map<string, string>();
  for (const key of customer.held.keys()) {
    const isFile = parts.program.fields.get(key)?.[0]?.format.type === 'binary';
    const value = isFile ? undefined : customer.held.text(key);
    if (value !== undefined) values.set(key, value);
  }
  await noteReading(parts, customer, { kind: 'payment', who: 'rails' });
  return { id: party.customerId, type: party.type, values };
}
