import { changeFacts } from '../kyc/change-facts.ts';
import { clearanceOf } from '../kyc/clearance.ts';
import { causeOf, lookAt } from '../kyc/look-at.ts';
import type { CustomerRecord } from '../store/store.ts';
import { concernOf, type PaymentParts } from './parts.ts';
import type { Payment, PaymentParty } from './payment.ts';

/**
 * Whether every customer of a payment is clear for it at this moment: by the facts, the program and the time, whatever is stored about it. Answers the
 * versions at which they are, undefined when one of them is not; then that is written, so that it moves the payment.
 */
export async function clearParties(
  parts: PaymentParts,
  payment: Payment,
): Promise<ReadonlyMap<string, number> | undefined> {
  const versions = new Map<string, number>();
  for (const party of payment.parties) {
    const record = await findClear(parts, payment, party);
    if (record === undefined) {
      await changeFacts(parts, party.customerId, {
        cause: (dossier) => ({ kind: causeOf(dossier, parts.program) }),
        opened: parts.program.types.has(party.type) ? [concernOf(payment, party)] : [],
      });
      return undefined;
    }
    versions.set(party.customerId, record.version);
  }
  return versions;
}

/** The customer of a payment if they are clear for it at this moment, by the facts, the program and the time; undefined if not. */
export async function findClear(
  parts: PaymentParts,
  payment: Payment,
  party: PaymentParty,
): Promise<CustomerRecord | undefined> {
  const type = parts.program.types.get(party.type);
  const record = await parts.store.findCustomerById(party.customerId);
  if (type === undefined || record === undefined) return undefined;
  const { assessment } = await lookAt(parts, record, concernOf(payment, party));
  return clearanceOf(assessment.state, type.release) === 'clear' ? record : undefined;
}
