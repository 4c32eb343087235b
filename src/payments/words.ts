import type { PaymentCause, PaymentChange } from '../store/payment-store.ts';
import type { CustomerUpdate } from '../store/store.ts';
import { readAmount } from './amount.ts';
import { correctFields } from './correct-fields.ts';
import type { PaymentParts } from './parts.ts';
import type { Payment, PaymentDetails } from './payment.ts';
import type { PaymentWords, RailsOutcome } from './rails.ts';

/** A change of a payment with what it means for its customers; without a change when a customer was changed meanwhile. */
export interface ComposedChange {
  readonly change: PaymentChange | undefined;
  readonly updates: readonly CustomerUpdate[];
}

/**
 * What follows from what the rails said.
 * @throws TypeError when that cannot be used
 */
export async function changeBy(
  parts: PaymentParts,
  payment: Payment,
  outcome: RailsOutcome,
  cause: PaymentCause,
): Promise<ComposedChange> {
  const details = withWords(payment.details, outcome);
  const { status: to } = outcome;
  switch (outcome.status) {
    case 'pending_customer_info_update': {
      const correction = await correctFields(parts, payment, outcome.fields, cause.who ?? cause.kind);
      if (correction === undefined) return { change: undefined, updates: [] };
      const { asks, updates } = correction;
      return { change: { cause, to, details, asks }, updates };
    }
    case 'pending_transaction_info_update': {
      if (Object.keys(outcome.fields).length === 0) throw new TypeError('fields: expected at least one');
      return { change: { cause, to, details: { ...details, requiredInfoUpdates: outcome.fields } }, updates: [] };
    }
    case 'error': {
      const reason = 'rails-refused';
      return { change: { cause: { reason, ...cause }, to, details: { ...details, fault: reason } }, updates: [] };
    }
    case 'completed':
    case 'pending_external':
    case 'refunded':
      return { change: { cause, to, details }, updates: [] };
    default:
      throw new TypeError('status: expected one that rails may answer');
  }
}

/** The details with what was said of them. What belonged to the status of before goes. @throws TypeError for an amount that is none */
export function withWords(details: PaymentDetails, words: PaymentWords): PaymentDetails {
  const { statusMessage: _m, statusEta: _e, requiredInfoMessage: _i, requiredInfoUpdates: _u, ...kept } = details;
  const { message, statusEta, externalTransactionId, refunds } = words;
  requireAmounts([refunds?.amountRefunded, refunds?.amountFee]);
  return {
    ...withAmounts(kept, words),
    ...(message !== undefined && { statusMessage: message, requiredInfoMessage: message }),
    ...(statusEta !== undefined && { statusEta }),
    ...(externalTransactionId !== undefined && { externalTransactionId }),
    ...(refunds !== undefined && { refunds }),
  };
}

/** The details with what was said of what goes out. @throws TypeError for an amount that is none */
export function withAmounts(
  details: PaymentDetails,
  { amountOut, amountOutAsset, feeDetails }: Pick<PaymentWords, 'amountOut' | 'amountOutAsset' | 'feeDetails'>,
): PaymentDetails {
  requireAmounts([amountOut, feeDetails?.total]);
  return {
    ...details,
    ...(amountOut !== undefined && { amountOut }),
    ...(amountOutAsset !== undefined && { amountOutAsset }),
    ...(feeDetails !== undefined && { feeDetails }),
  };
}

function requireAmounts(amounts: readonly (string | undefined)[]): void {
  if (amounts.some((amount) => amount !== undefined && readAmount(amount) === undefined))
    throw new TypeError('an amount is expected to be decimal digits with at most seven places');
}
