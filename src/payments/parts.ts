import type { Concern } from '../kyc/conclude.ts';
import type { DecidingParts } from '../kyc/open-customer.ts';
import type { Logger } from '../lib/log.ts';
import type { Payment, PaymentParty } from './payment.ts';

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
  const { amountIn: amount, amountInAsset: asset } = details;
  const fields = Object.fromEntries(asks.map((name) => [name, {}]));
  return {
    type,
    transactionId: id,
    transaction: {
      ...(amount !== undefined && { amount }),
      ...(asset !== undefined && { asset }),
      ...(asks.length > 0 && { fields }),
    },
  };
}
