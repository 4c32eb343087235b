import { KycError } from '../errors.ts';
import { parseAddress } from '../stellar/address.ts';
import { type Memo, parseMemo } from '../stellar/memo.ts';
import type { PaymentChange, PaymentStore } from '../store/payment-store.ts';
import { isDeposit } from './moves-money.ts';
import type { Payment } from './payment.ts';
import { newMemo } from './request-values.ts';

/** What an update says of where on Stellar the money goes to. */
interface Place {
  readonly status?: string;
  readonly stellarAccount?: string | undefined;
  readonly stellarMemo?: Memo | undefined;
}

/** What is wrong with a place on Stellar: money that is sent to it would be lost, or nobody would know whose it is. Undefined when nothing is. */
export function placeFault({ stellarAccount, stellarMemo }: Omit<Place, 'status'>): string | undefined {
  if (stellarAccount !== undefined && parseAddress(stellarAccount)?.kind !== 'account')
    return 'stellarAccount: expected an account (G…)';
  return stellarMemo === undefined || isMemo(stellarMemo)
    ? undefined
    : 'stellarMemo: expected { type, value } of the type id, text or hash';
}

function isMemo({ type, value }: Memo): boolean {
  try {
    return typeof value === 'string' && parseMemo(value, type).value === value;
  } catch {
    return false;
  }
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
  const fault = placeFault({ stellarAccount, stellarMemo });
  if (fault !== undefined) throw new KycError('not_possible', fault);
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
