import { dossierOf } from '../kyc/open-customer.ts';
import { canonicalName } from '../sep9/catalogue.ts';
import type { ClaimedPayment } from '../store/payment-store.ts';
import type { PaymentParts } from './parts.ts';
import type { FieldToCorrect, RailsOutcome } from './rails.ts';

/**
 * What the rails said, without the values that customers have replaced since the rails were first asked under this key: after a crash they answer as they
 * did, about a value that nobody holds any more. Undefined when nothing of it is left, and the payment is to be tried anew: nothing was paid.
 */
export async function stillWrong(
  parts: PaymentParts,
  claim: Pick<ClaimedPayment, 'payment' | 'askedAt'>,
  outcome: RailsOutcome,
): Promise<RailsOutcome | undefined> {
  if (outcome.status !== 'pending_customer_info_update') return outcome;
  const fields: FieldToCorrect[] = [];
  for (const field of outcome.fields) if (!(await isReplaced(parts, claim, field))) fields.push(field);
  // An answer that names nothing is a fault of the rails.
  return fields.length > 0 || outcome.fields.length === 0 ? { ...outcome, fields } : undefined;
}

async function isReplaced(
  { store }: PaymentParts,
  { payment, askedAt }: Pick<ClaimedPayment, 'payment' | 'askedAt'>,
  { role, field }: FieldToCorrect,
): Promise<boolean> {
  const party = payment.parties.find((one) => one.role === role);
  const asked = party && askedAt.get(party.customerId);
  if (party === undefined || asked === undefined) return false;
  const record = await store.findCustomerById(party.customerId);
  const { rev } = (record && dossierOf(record))?.fields[canonicalName(field)] ?? {};
  return rev !== undefined && rev > asked;
}
