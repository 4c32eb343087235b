import { foresee } from '../kyc/change-facts.ts';
import { clearanceOf } from '../kyc/clearance.ts';
import { openCustomer } from '../kyc/open-customer.ts';
import { clearances } from './moves.ts';
import { concernOf, type PaymentParts } from './parts.ts';
import type { Payment } from './payment.ts';

/**
 * The customer type that a payment asks of a customer, where it may be one of several. Choice: SEP-31 has nobody say which is meant, so it is the one
 * that the customer is furthest with, and of equals the one listed first. Answers undefined when the customer is gone, or changed at that moment.
 * @param payment what is known of it; only its worth counts
 */
export async function chooseType(
  parts: PaymentParts,
  customerId: string,
  types: readonly string[],
  payment: Pick<Payment, 'details'>,
): Promise<string | undefined> {
  if (types.length === 1) return types[0];
  const record = await parts.store.findCustomerById(customerId);
  const customer = record && (await openCustomer(parts, record));
  if (customer === undefined) return undefined;
  const opened = types.map((type) => {
    const { transaction } = concernOf({ id: '', ...payment }, { type, asks: [] });
    return { type, ...(transaction && { transaction }) };
  });
  const { concluded } = foresee(parts, customer, { cause: () => ({ kind: 'payment' }), opened, isGlance: true });
  const rank = (type: string): number => {
    const { state = 'needs-data' } = concluded.dossier.standings[type] ?? {};
    return clearances.indexOf(clearanceOf(state, parts.program.types.get(type)?.release ?? 'when-accepted'));
  };
  return types.toSorted((one, other) => rank(other) - rank(one))[0];
}
