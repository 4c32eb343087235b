import type { Concern } from '../kyc/conclude.ts';
import type { DecidingParts } from '../kyc/open-customer.ts';
import type { Logger } from '../lib/log.ts';
import { isExchanged, type Payment, type PaymentParty } from './payment.ts';

/** What payments are made of: their customers are decided about as everywhere else. */
export interface PaymentParts extends DecidingParts {
  readonly log: Logger;
  /** Called after a change that may have made work for others. */
  readonly poke?: (() => void) | undefined;
}

/** What a customer is asked about for a payment. The same payment always asks in the same words. */
export function concernOf(
  { id, details }: Pick<Payment, 'id' | 'details'>,
  { type, asks }: Pick<PaymentParty, 'type' | 'asks'>,
): Concern {
  const { amountIn, amountInAsset: asset, amountOut, amountOutAsset = '' } = details;
  const isForOther = isExchanged(details);
  // Choice: what goes out of an exchange counts from when somebody says it, which is before it is paid (`requireWorth`).
  // Where nobody has said what comes in, what goes out is known to be of the same worth.
  const amount = amountIn ?? (isForOther ? undefined : amountOut);
  const isKnown = amountOut !== undefined && isForOther;
  const fields = Object.fromEntries(asks.map((name) => [name, {}]));
  return {
    type,
    transactionId: id,
    transaction: {
      ...(amount !== undefined && { amount }),
      ...(asset !== undefined && { asset }),
      ...(isKnown && { exchangedFor: { amount: amountOut, asset: amountOutAsset } }),
      ...(asks.length > 0 && { fields }),
    },
  };
}
