import { requireAwaited } from '../payments/awaited-fields.ts';
import { callbackUrl } from '../sep12/callback-url.ts';
import type { Subject } from '../stellar/subject.ts';
import type { Sep31Parts } from './parts.ts';
import { readFields, readMembers } from './read-transaction.ts';
import { getOwnPayment, requireSendingAnchor } from './sending-anchor.ts';
import { transactionReply } from './transaction-reply.ts';

/** @see SEP-31 § GET Transaction */
export async function getTransaction(parts: Sep31Parts, subject: Subject, id: string): Promise<object> {
  requireSendingAnchor(parts, subject);
  return transactionReply(await getOwnPayment(parts, subject, id));
}

/**
 * Takes corrected `fields.transaction`: those that were asked for, all that are required, and no others.
 * @throws KycError when none are asked for, or others are
 * @see SEP-31 § PATCH Transaction
 */
export async function patchTransaction(parts: Sep31Parts, subject: Subject, id: string, text: string): Promise<object> {
  requireSendingAnchor(parts, subject);
  const payment = await getOwnPayment(parts, subject, id);
  const fields = readFields(readMembers(text)['fields']);
  requireAwaited(payment, fields);
  return transactionReply(await parts.payments.patch(id, fields, { kind: 'sender', who: subject.account }));
}

/** @see SEP-31 § PUT Transaction Callback */
export async function putTransactionCallback(
  parts: Sep31Parts,
  subject: Subject,
  id: string,
  text: string,
): Promise<void> {
  requireSendingAnchor(parts, subject);
  await getOwnPayment(parts, subject, id);
  const { url } = readMembers(text);
  await parts.payments.setCallback(id, callbackUrl(typeof url === 'string' ? url : undefined, parts.allowLoopback));
}
