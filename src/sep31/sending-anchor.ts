import { KycError } from '../errors.ts';
import type { Payment } from '../payments/payment.ts';
import { sameMemo } from '../stellar/memo.ts';
import type { Subject } from '../stellar/subject.ts';
import type { Sep31Parts } from './parts.ts';

/**
 * Lets those through who have an agreement with the anchor.
 * @throws KycError `forbidden`
 * @see SEP-31 § Authentication
 */
export function requireSendingAnchor({ settings }: Sep31Parts, { account }: Subject): void {
  if (!settings.sendingAnchors.has(account)) throw new KycError('forbidden', { key: 'error.not_a_sending_anchor' });
}

/**
 * A payment of the sending anchor's own: one who signed in with a memo reaches that memo's alone, as for customers (ruling 6).
 * @throws KycError `not_found`, the same for another's as for none
 */
export async function getOwnPayment({ payments }: Sep31Parts, subject: Subject, id: string): Promise<Payment> {
  const payment = await payments.find(id);
  const isOwn =
    payment?.protocol === 'sep-31' &&
    payment.owner.account === subject.account &&
    (subject.memo === undefined || sameMemo(subject.memo, payment.owner.memo));
  if (payment === undefined || !isOwn) throw new KycError('not_found', { key: 'error.transaction_not_found' });
  return payment;
}
