import { KycError } from '../errors.ts';
import type { Memo } from '../stellar/memo.ts';
import type { PaymentChange, PaymentStore } from '../store/payment-store.ts';
import { isDeposit } from './moves-money.ts';
import type { Payment } from './payment.ts';
import { newMemo } from './request-values.ts';

/** What an update says of where on Stellar the money goes to. */
interface Place {
  readonly status?: string;
  readonly stellarAccount?: string;
  readonly stellarMemo?: Memo;
}

/**
 * Where on Stellar the money goes to from an update on. A withdrawal that is to be paid in has an account, and a memo that no other one has: without it
 * nobody knows whose money came.
 * @throws KycError `not_possible`
 */
export async function placeOf(
  payments: PaymentStore,
  payment: Payment,
  { status, stellarAccount, stellarMemo }: Place,
): Promise<Pick<PaymentChange, 'stellarAccount' | 'stellarMemo'>> {
  const isAwaited =
    payment.protocol === 'sep-6' && !isDeposit(payment.kind) && status === 'pending_user_transfer_start';
  const account = stellarAccount ?? payment.stellarAccount;
  if (isAwaited && account === undefined)
    throw new KycError('not_possible', 'stellarAccount: expected, as the money of a withdrawal goes there');
  const memo = stellarMemo ?? (isAwaited && payment.stellarMemo === undefined ? newMemo() : undefined);
  const other = account === undefined || memo === undefined ? undefined : await payments.findByMemo(account, memo);
  if (other !== undefined && other.id !== payment.id)
    throw new KycError('not_possible', 'stellarMemo: expected one that no other payment to the account has');
  return { stellarAccount, stellarMemo: memo };
}
