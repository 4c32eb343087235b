import type { FeeDetails, PartyRole, Payment, Refunds, TransactionField } from './payment.ts';

/** A customer of a payment, as the rails need to know them to pay. */
export interface RailsCustomer {
  readonly id: string;
  readonly type: string;
  /** The values that are held, by SEP-9 name; files are left out. */
  readonly values: ReadonlyMap<string, string>;
}

/** What the rails know beside the payment. */
export interface RailsContext {
  /**
   * The same for every call about the same money: a payment asked for again under a key that was paid must not be paid again, but answered as
   * it was. It is another one only after the rails said that nothing was paid.
   */
  readonly idempotencyKey: string;
  /** 1 for the first call with this key. */
  readonly attempt: number;
  /** Ends when the call has taken too long. What is answered later is still heard for a while; then the payment is asked for again. */
  readonly signal: AbortSignal;
  /**
   * Opens the data of a customer of the payment, while the call is under way; undefined when there is none in that role.
   * @throws KycError `not_possible` when the customer is not clear any more, or the payment was moved on: thrown on, it is looked at again
   */
  customer(role: PartyRole): Promise<RailsCustomer | undefined>;
  /** The deprecated per-transaction fields that the sending anchor sent. */
  transactionFields(): Promise<Readonly<Record<string, string>>>;
}

/** A field of a customer that the rails could not use. */
export interface FieldToCorrect {
  readonly role: PartyRole;
  /** Its SEP-9 name. One that is not held is asked for by this payment from now on. */
  readonly field: string;
  /** A code of the catalogue of reasons, of the kind `retry`. Default: `more-needed`. */
  readonly reason?: string;
}

/** What the rails, or whoever hears from them later, may say beside a status. */
export interface PaymentWords {
  readonly externalTransactionId?: string | undefined;
  /** Decimal digits. */
  readonly amountOut?: string | undefined;
  readonly amountOutAsset?: string | undefined;
  readonly feeDetails?: FeeDetails | undefined;
  readonly refunds?: Refunds | undefined;
  /** Seconds until something is expected to change. */
  readonly statusEta?: number | undefined;
  /** For a person at the sending anchor to read. No personal values. */
  readonly message?: string | undefined;
}

/** What became of a payment. */
export type RailsOutcome = PaymentWords &
  (
    | { readonly status: 'completed' | 'pending_external' | 'refunded' | 'error' }
    /** Nothing was paid: these data of customers must be corrected first. */
    | { readonly status: 'pending_customer_info_update'; readonly fields: readonly FieldToCorrect[] }
    /** Nothing was paid: these deprecated `fields.transaction` must be corrected first. */
    | {
        readonly status: 'pending_transaction_info_update';
        readonly fields: Readonly<Record<string, TransactionField>>;
      }
  );

/** The port by which an anchor's own rails pay. */
export interface RailsIntegration {
  /**
   * Pays the receiver of a payment whose money has arrived and whose customers are clear. It is called at least once, never twice at the same time
   * for one payment, and after a crash again with the same key. What it throws says nothing about the money: it is called again later with the same
   * key, and after many times the payment is an error that operators are told of.
   * @see SEP-31 § Detailed Receiving Anchor Flow
   */
  executeOutgoingTransaction(payment: Payment, context: RailsContext): Promise<RailsOutcome>;
}
