import { readAmount } from './amount.ts';
import { isGiven } from './asset-faults.ts';
import type { PaymentWords } from './rails.ts';

/**
 * Requires what is said of a payment's money to be what it is told as: a part that is missing would be missed by every reader of the payment.
 * @throws TypeError naming what is expected
 */
export function requireWords({ amountOut, amountOutAsset, feeDetails, refunds }: PaymentWords): void {
  if (amountOut !== undefined) requireAmount('amountOut', amountOut);
  if (amountOutAsset !== undefined) requireText('amountOutAsset', amountOutAsset);
  if (feeDetails !== undefined) requireFee(feeDetails);
  if (refunds !== undefined) requireRefunds(refunds);
}

function requireFee(fee: unknown): void {
  const { total, asset, details = [] } = requireObject('feeDetails', fee);
  requireAmount('feeDetails.total', total);
  requireText('feeDetails.asset', asset);
  for (const detail of requireList('feeDetails.details', details)) {
    const { name, amount } = requireObject('feeDetails.details', detail);
    requireText('feeDetails.details.name', name);
    requireAmount('feeDetails.details.amount', amount);
  }
}

function requireRefunds(refunds: unknown): void {
  const { amountRefunded, amountFee, payments } = requireObject('refunds', refunds);
  requireAmount('refunds.amountRefunded', amountRefunded);
  requireAmount('refunds.amountFee', amountFee);
  for (const payment of requireList('refunds.payments', payments)) {
    const { id, amount, fee } = requireObject('refunds.payments', payment);
    requireText('refunds.payments.id', id);
    requireAmount('refunds.payments.amount', amount);
    requireAmount('refunds.payments.fee', fee);
  }
}

function requireObject(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (!isGiven(value)) throw new TypeError(`${name}: expected an object`);
  return value;
}

/** A list, none of it judged. @throws TypeError */
export function requireList(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${name}: expected a list`);
  return value;
}

function requireText(name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${name}: expected a text`);
}

function requireAmount(name: string, value: unknown): void {
  if (typeof value !== 'string' || readAmount(value) === undefined)
    throw new TypeError(`${name}: expected an amount, a text of decimal digits with at most seven places`);
}
