import { randomBytes } from 'node:crypto';
import { invalidField, KycError } from '../errors.ts';
import type { Phrase } from '../messages/phrase.ts';
import { type Memo, parseMemo } from '../stellar/memo.ts';
import { feeOf, readAmount, writeAmount } from './amount.ts';
import type { PaymentDetails } from './payment.ts';

/** What an anchor asks of amounts, and takes of them. Decimal digits. */
export interface Terms {
  readonly minAmount?: string;
  readonly maxAmount?: string;
  readonly feeFixed?: string;
  readonly feePercent?: string;
}

/** What is expected where one of some is to be named. */
export function choicesRule(known: readonly string[]): Phrase {
  return known.length === 0
    ? { key: 'rule.no_choices' }
    : { key: 'rule.choices', params: { choices: known.join(', ') } };
}

/** An amount within the limits, in units. @throws KycError naming `amount` */
export function readAmountWithin(text: string, { minAmount, maxAmount }: Terms): bigint {
  const amount = readAmount(text);
  if (amount === undefined || amount === 0n) throw invalidField('amount', { key: 'rule.amount' });
  const min = readAmount(minAmount ?? '0') ?? 0n;
  const max = maxAmount === undefined ? undefined : readAmount(maxAmount);
  if (amount < min) throw invalidField('amount', { key: 'rule.amount_min', params: { min: writeAmount(min) } });
  if (max !== undefined && amount > max)
    throw invalidField('amount', { key: 'rule.amount_max', params: { max: writeAmount(max) } });
  return amount;
}

/** What comes in, what is taken of it and what is left, all in one asset. @throws KycError for an amount of which nothing is left */
export function amountsAfterFee(
  amount: bigint,
  { feeFixed = '0', feePercent = '0' }: Terms,
  asset: string,
): PaymentDetails {
  const fee = feeOf(amount, { fixed: readAmount(feeFixed) ?? 0n, percent: readAmount(feePercent) ?? 0n });
  if (fee >= amount) throw invalidField('amount', { key: 'rule.amount_min', params: { min: writeAmount(fee + 1n) } });
  return {
    ...{ amountIn: writeAmount(amount), amountInAsset: asset },
    ...{ amountOut: writeAmount(amount - fee), amountOutAsset: asset },
    feeDetails: { total: writeAmount(fee), asset },
  };
}

/** A memo of type id, which every wallet can send; 63 bits, as some keep it in a signed number. */
export function newMemo(): Memo {
  return { type: 'id', value: String(randomBytes(8).readBigUInt64BE() >> 1n) };
}

/** The memo that money is to go back with, undefined for none. @throws KycError naming what is wrong of `refund_memo` and `refund_memo_type` */
export function readRefundMemo(value: string | undefined, type: string | undefined): Memo | undefined {
  if (value === undefined && type === undefined) return undefined;
  if (value === undefined) throw together('refund_memo_type', 'refund_memo');
  if (type === undefined) throw together('refund_memo', 'refund_memo_type');
  try {
    return parseMemo(value, type);
  } catch (error) {
    if (!(error instanceof KycError) || error.phrase?.key !== 'error.invalid_field') throw error;
    const { rule } = error.phrase.params;
    throw invalidField(`refund_${error.field}`, rule as Phrase);
  }
}

function together(field: string, other: string): KycError {
  return invalidField(field, { key: 'rule.together', params: { other } });
}
