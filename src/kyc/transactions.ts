import type { CustomerContext, CustomerKey } from '../sep12/integration.ts';
import type { FieldDefinition } from './program.ts';

/** Whom a transaction concerns, and what it asks beyond their type. */
export interface TransactionCustomer {
  /** By id where the transaction knows one, else by account and memo. A customer of another account is not told of it. */
  readonly customer: CustomerKey & { readonly id?: string };
  /**
   * Fields that this transaction asks for as well. What the type asks for anyway is asked for as the type does, and is required unless
   * it is optional here, too. Binary fields are SEP-9's or some type's of the program.
   */
  readonly fields?: Readonly<Record<string, FieldDefinition>>;
  /** What it is worth, as a decimal, for rules that ask for more above some amount; left out, it may be above any. */
  readonly amount?: string;
  /** The asset of that amount, `CODE` or `CODE:ISSUER`. */
  readonly asset?: string;
  /** What goes out, where that is another asset than comes in: rules on amounts hold for either. */
  readonly exchangedFor?: { readonly amount?: string; readonly asset?: string };
  /** Whether it is over: it asks for nothing of its own any more, and where its customer stands is told for the type alone. */
  readonly isOver?: boolean;
}

/** What a lookup knows beside the id. */
export interface TransactionContext extends CustomerContext {
  /** The customer type of the request: it says whether the sender or the receiver is meant. */
  readonly type: string;
}

/** The port by which the built-in integration learns what a `transaction_id` is about. */
export interface TransactionLookup {
  /**
   * The customer of this type that the transaction concerns; undefined when there is no such transaction, or it concerns none of
   * that type. It need not look at the subject.
   * @see SEP-12 § Customer GET, transaction_id
   */
  find(transactionId: string, context: TransactionContext): Promise<TransactionCustomer | undefined>;
  /**
   * Whether any transaction was ever made by or for the customer: what is held on them may have to be kept when they are erased. Left out, none was.
   */
  hasAny?(customerId: string): Promise<boolean>;
}
