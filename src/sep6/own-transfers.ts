import { KycError } from '../errors.ts';
import type { Payment } from '../payments/payment.ts';
import { parseAddress } from '../stellar/address.ts';
import { sameMemo } from '../stellar/memo.ts';
import type { Subject } from '../stellar/subject.ts';
import type { Sep6Parts } from './parts.ts';

/**
 * Whether a transfer is the subject's own: account and memo of the token are those that it was asked for with.
 * Choice: narrower than for customers, where a plain account reaches all below it: SEP-6 says so.
 * @see SEP-6 § Single Historical Transaction
 */
export function isOwn({ protocol, owner }: Payment, { account, memo }: Subject): boolean {
  return protocol === 'sep-6' && owner.account === account && sameMemo(owner.memo, memo);
}

/** By which a transfer is looked for: all that are given must be its own. */
export interface Reference {
  readonly id: string | undefined;
  readonly stellarTransactionId: string | undefined;
  readonly externalTransactionId: string | undefined;
}

/** The subject's own transfer of these ids. @throws KycError `not_found`, the same for another's as for none; `invalid_request` for no id at all */
export async function getOwnTransfer(parts: Sep6Parts, subject: Subject, reference: Reference): Promise<Payment> {
  const { id, stellarTransactionId, externalTransactionId } = reference;
  if (id === undefined && stellarTransactionId === undefined && externalTransactionId === undefined)
    throw new KycError('invalid_request', { key: 'error.required', params: { field: 'id' } }, { field: 'id' });
  const own = (await candidates(parts, reference)).filter(
    (payment) =>
      isOwn(payment, subject) &&
      (id === undefined || payment.id === id) &&
      (stellarTransactionId === undefined || payment.stellarTransactionId === stellarTransactionId) &&
      (externalTransactionId === undefined || payment.details.externalTransactionId === externalTransactionId),
  );
  const newest = own.toSorted((one, other) => other.startedAt.getTime() - one.startedAt.getTime())[0];
  if (newest === undefined) throw new KycError('not_found', { key: 'error.transaction_not_found' });
  return newest;
}

async function candidates(
  { payments, deciding: { store } }: Sep6Parts,
  reference: Reference,
): Promise<readonly Payment[]> {
  const { id, stellarTransactionId, externalTransactionId } = reference;
  if (id === undefined)
    return store.payments.findByReference({
      ...(stellarTransactionId !== undefined && { stellarTransactionId }),
      ...(externalTransactionId !== undefined && { externalTransactionId }),
    });
  const payment = await payments.find(id);
  return payment === undefined ? [] : [payment];
}

/**
 * The account that is named must be the one that is signed in, in either spelling.
 * @throws KycError `forbidden` (ruling 5)
 * @see SEP-6 § Transaction History, account
 */
export function requireOwnAccount(text: string | undefined, subject: Subject): void {
  if (text === undefined) return;
  const address = parseAddress(text);
  const isOfUser = address?.kind !== 'muxed' || sameMemo(subject.memo, { type: 'id', value: address.muxedId });
  if (address?.account !== subject.account || !isOfUser)
    throw new KycError('forbidden', { key: 'error.foreign_account' }, { field: 'account' });
}
