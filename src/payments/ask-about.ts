import { composeChange } from '../kyc/change-facts.ts';
import { openCustomer } from '../kyc/open-customer.ts';
import type { CustomerUpdate } from '../store/store.ts';
import { concernOf, type PaymentParts } from './parts.ts';
import type { Payment, PaymentDetails } from './payment.ts';

/**
 * What it means for the customers of a payment that it is worth something else by now: they are asked about that. Answers undefined when a customer was
 * changed meanwhile.
 */
export async function askAbout(
  parts: PaymentParts,
  { id, parties }: Payment,
  details: PaymentDetails,
): Promise<readonly CustomerUpdate[] | undefined> {
  const updates: CustomerUpdate[] = [];
  for (const [customerId, of] of Map.groupBy(parties, (party) => party.customerId)) {
    const record = await parts.store.findCustomerById(customerId);
    // One who was erased has ended the payment.
    if (record === undefined) continue;
    const customer = await openCustomer(parts, record);
    if (customer === undefined) return undefined;
    // A type that the program has lost asks for nothing: nobody is clear by it.
    const known = of.filter(({ type }) => parts.program.types.has(type));
    const opened = known.map((party) => concernOf({ id, details }, party));
    const { update } = composeChange(parts, customer, { cause: () => ({ kind: 'payment' }), opened });
    if (update !== undefined) updates.push(update);
  }
  return updates;
}
