import type { PaymentCause, PaymentChange } from '../store/payment-store.ts';
import type { CustomerUpdate } from '../store/store.ts';
import { isGiven } from './asset-faults.ts';
import { correctFields } from './correct-fields.ts';
import type { PaymentParts } from './parts.ts';
import { type Payment, type PaymentDetails, withoutWords } from './payment.ts';
import type { PaymentWords, RailsOutcome } from './rails.ts';
import { requireList, requireWords } from './require-words.ts';

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
      requireList('fields', outcome.fields);
      const correction = await correctFields(parts, payment, outcome.fields, cause.who ?? cause.kind);
      if (correction === undefined) return { change: undefined, updates: [] };
      const { asks, updates } = correction;
      return { change: { cause, to, details, asks }, updates };
    }
    case 'pending_transaction_info_update': {
      requireTransactionFields(outcome.fields);
      return { change: { cause, to, details: { ...details, requiredInfoUpdates: outcome.fields } }, updates: [] };
    }
    case 'error': {
      const reason = 'rails-refused';
      return { change: { cause: { reason, ...cause }, to, details: { ...details, fault: reason } }, updates: [] };
    }
    case 'refunded':
      // SEP-31 § Detailed Receiving Anchor Flow: "the `refunds` field must be populated". What was paid out and came back is told anew.
      if (payment.status === 'completed' ? outcome.refunds === undefined : isMissing(payment, details))
        throw new TypeError('refunds: expected, as the sending anchor is told what went back');
      return { change: { cause, to, details }, updates: [] };
    case 'completed':
    case 'pending_external':
      return { change: { cause, to, details }, updates: [] };
    default:
      throw new TypeError('status: expected one that rails may answer');
  }
}

function isMissing({ protocol }: Payment, { refunds }: PaymentDetails): boolean {
  return protocol === 'sep-31' && refunds === undefined;
}

/** The details with what was said of them. What belonged to the status of before goes. @throws TypeError for what cannot be told */
export function withWords(details: PaymentDetails, words: PaymentWords): PaymentDetails {
  const { message, statusEta, externalTransactionId, refunds } = words;
  requireWords(words);
  return {
    ...withAmounts(withoutWords(details), words),
    ...(message !== undefined && { statusMessage: message, requiredInfoMessage: message }),
    ...(statusEta !== undefined && { statusEta }),
    ...(externalTransactionId !== undefined && { externalTransactionId }),
    ...(refunds !== undefined && { refunds }),
  };
}

/** The details with what was said of what goes out. @throws TypeError for what cannot be told */
export function withAmounts(
  details: PaymentDetails,
  { amountOut, amountOutAsset, feeDetails }: Pick<PaymentWords, 'amountOut' | 'amountOutAsset' | 'feeDetails'>,
): PaymentDetails {
  requireWords({ amountOut, amountOutAsset, feeDetails });
  return {
    ...details,
    ...(amountOut !== undefined && { amountOut }),
    ...(amountOutAsset !== undefined && { amountOutAsset }),
    ...(feeDetails !== undefined && { feeDetails }),
  };
}

function requireTransactionFields(fields: unknown): void {
  const all = isGiven(fields) ? Object.values(fields) : [];
  if (all.length === 0 || !all.every((field) => isGiven(field) && typeof field['description'] === 'string'))
    throw new TypeError('fields: expected at least one, by name, each with a description');
}
