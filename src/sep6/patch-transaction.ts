import { invalidField } from '../errors.ts';
import { requireAwaited } from '../payments/awaited-fields.ts';
import { parseJsonDigits } from '../sep9/json-object.ts';
import type { CustomerContext } from '../sep12/integration.ts';
import { transferReply } from './get-transaction.ts';
import { getOwnTransfer } from './own-transfers.ts';
import type { Sep6Parts } from './parts.ts';

const maxNesting = 3;

/**
 * Takes corrected fields of a transfer: those that were asked for, all that are required, and no others.
 * @throws KycError when none are asked for, or others are; `not_found`
 * @see SEP-6 § Update
 */
export async function patchTransaction(
  parts: Sep6Parts,
  context: CustomerContext,
  id: string,
  text: string,
): Promise<object> {
  const { subject, requestId } = context;
  const reference = { id, stellarTransactionId: undefined, externalTransactionId: undefined };
  const payment = await getOwnTransfer(parts, subject, reference);
  const fields = readFields(text);
  requireAwaited(payment, fields);
  const patched = await parts.payments.patch(id, fields, { kind: 'sender', who: subject.account });
  return transferReply(parts, patched, { requestId });
}

function readFields(text: string): Readonly<Record<string, string>> {
  const members = text.trim() === '' ? {} : parseJsonDigits(text, maxNesting);
  const { transaction = {} } = members as { readonly transaction?: unknown };
  if (typeof transaction !== 'object' || transaction === null || Array.isArray(transaction))
    throw invalidField('transaction', { key: 'rule.object' });
  for (const [name, value] of Object.entries(transaction))
    if (typeof value !== 'string') throw invalidField(name, { key: 'rule.single_value' });
  return transaction as Readonly<Record<string, string>>;
}
