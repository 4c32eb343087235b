import { KycError } from '../errors.ts';
import { readAmount, writeAmount } from './amount.ts';
import { isEnded, type PaymentStatus } from './moves.ts';
import { isExchanged, type Payment, type PaymentDetails, type Receipt } from './payment.ts';
import type { PaymentWords } from './rails.ts';

/** What is said of a payment's amounts as it is moved on. */
export interface AmountsSaid extends Pick<PaymentWords, 'amountOut' | 'amountOutAsset'> {
  readonly status?: PaymentStatus;
  readonly amountIn?: string | undefined;
}

/**
 * Requires that no more is paid out than came in. A payment that failed and got other money than was asked for, or whose money nobody wrote down, goes on only by
 * the word of somebody who says what came, which is no more than what was written down.
 * @param receipts the money that came for it
 * @throws KycError `not_possible`; TypeError for an amount that is none
 */
export function requireCovered(payment: Payment, receipts: readonly Receipt[], said: AmountsSaid): void {
  const { status, fundedAt, details } = payment;
  const { amountIn, status: to = status } = said;
  const isMended = isEnded(status) && !isEnded(to);
  if (amountIn !== undefined && !(isMended && fundedAt !== undefined))
    throw new KycError(
      'not_possible',
      'amountIn: expected only to go on with a payment that failed, and whose money came',
    );
  const isWordNeeded = details.isOtherMoney === true || receipts.length === 0;
  if (isMended && fundedAt !== undefined && isWordNeeded) requireWord(payment, receipts, said);
  else if (amountIn !== undefined) requireCame(payment, receipts, amountIn);
  if (isMended || !isPaid(payment, to)) requireNoMore(withAmountIn(details, amountIn), said);
}

/** Whether what is said is told of what was paid: that is as it is. */
function isPaid({ protocol, status, isAsked }: Payment, to: PaymentStatus): boolean {
  if (isEnded(status) || protocol !== 'sep-31') return isEnded(status);
  return status === 'pending_external' || (isAsked && (to === 'pending_external' || to === 'completed'));
}

function requireWord(payment: Payment, receipts: readonly Receipt[], { amountIn, amountOut }: AmountsSaid): void {
  if (amountIn === undefined)
    throw new KycError(
      'not_possible',
      'amountIn: expected what came, as it is not what was asked for, or was not written down',
    );
  requireCame(payment, receipts, amountIn);
  // By SEP-6 it may be said later, and is before anything is paid.
  if (payment.protocol === 'sep-31' && !isExchanged(payment.details) && amountOut === undefined)
    throw new KycError('not_possible', 'amountOut: expected what is to be paid out of what came');
}

/** Choice: of earlier releases nobody wrote down what came; then the word counts. */
function requireCame({ details }: Payment, receipts: readonly Receipt[], amountIn: string): void {
  const said = readAmount(amountIn);
  if (!said) throw new TypeError('amountIn: expected decimal digits with at most seven places, more than 0');
  const own = receipts.filter(({ asset }) => asset === details.amountInAsset);
  const came = own.reduce((sum, { amount = '' }) => sum + (readAmount(amount) ?? 0n), 0n);
  if (receipts.length > 0 && said > came)
    throw new KycError('not_possible', 'amountIn: expected no more than what came in the asset that was asked for');
}

/** Where nothing is exchanged both are in one asset. */
function requireNoMore(details: PaymentDetails, { amountOut, amountOutAsset }: AmountsSaid): void {
  const { amountIn = '' } = details;
  const isOther = isExchanged({ ...details, ...(amountOutAsset !== undefined && { amountOutAsset }) });
  const [came, out] = [readAmount(amountIn), readAmount(amountOut ?? '')];
  if (!isOther && came !== undefined && out !== undefined && out > came)
    throw new KycError('not_possible', 'amountOut: expected no more than what comes in');
}

/** The details where another amount came in: what goes out of it is to be said anew. */
export function withAmountIn(details: PaymentDetails, amountIn: string | undefined): PaymentDetails {
  const units = amountIn === undefined ? undefined : readAmount(amountIn);
  if (units === undefined) return details;
  const { amountOut: _out, feeDetails: _fee, isOtherMoney: _other, ...kept } = details;
  return { ...kept, amountIn: writeAmount(units) };
}
