import type { Clearance, PaymentStatus, Protocol } from '../payments/moves.ts';
import type {
  MoveCause,
  PartyRole,
  Payment,
  PaymentDetails,
  PaymentKind,
  PaymentMove,
  PaymentOwner,
  PaymentParty,
  Receipt,
} from '../payments/payment.ts';
import type { Memo } from '../stellar/memo.ts';
import type { WrappedKey } from '../vault/key-ring.ts';
import type { CustomerUpdate } from './store.ts';

/** Where a customer stands now for one payment. */
export interface PaymentClearance {
  /** The payment. */
  readonly transactionId: string;
  readonly type: string;
  readonly clearance: Clearance;
}

/** What is sealed beside a payment, with the data key that it is sealed under. */
export interface PaymentSeals {
  readonly wrappedKey: WrappedKey | undefined;
  /** The deprecated `fields.transaction`, as JSON. */
  readonly fields: Uint8Array | undefined;
}

/** A payment to be kept. */
export interface NewPayment extends PaymentSeals {
  readonly id: string;
  readonly protocol: Protocol;
  readonly kind: PaymentKind;
  readonly status: PaymentStatus;
  readonly owner: PaymentOwner;
  readonly parties: readonly PaymentParty[];
  readonly details: PaymentDetails;
  readonly stellarAccount: string | undefined;
  readonly stellarMemo: Memo | undefined;
}

/** Why a payment is changed: what kind of thing happened, who or what did it, and by which reason. Names, never values. */
export interface PaymentCause {
  readonly kind: MoveCause;
  readonly who?: string | undefined;
  readonly reason?: string | undefined;
}

/** A change of a payment. After it, where its customers stand moves it on as it does any other. */
export interface PaymentChange {
  readonly cause: PaymentCause;
  /** Left out, the status stays. */
  readonly to?: PaymentStatus | undefined;
  /** Whole, in place of the earlier ones. */
  readonly details?: PaymentDetails | undefined;
  readonly stellarAccount?: string | undefined;
  readonly stellarMemo?: Memo | undefined;
  readonly stellarTransactionId?: string | undefined;
  /** That its money has arrived. */
  readonly fundedAt?: Date | undefined;
  /** Money that came, which is written down with it. One that was written down before is not again, nor told of. */
  readonly receipt?: Receipt | undefined;
  /** What a customer is asked beyond the type, from now on. */
  readonly asks?: readonly { readonly role: PartyRole; readonly fields: readonly string[] }[] | undefined;
  readonly seals?: PaymentSeals | undefined;
  /** It is right only at these versions of customers, by id: at others it is a conflict. */
  readonly judgedAt?: ReadonlyMap<string, number> | undefined;
}

/** `conflict`: the payment, or one of the customers, is at another version by now, and nothing was changed. */
export type PaymentOutcome = 'stored' | 'conflict';

/** Where a payment's status changes are posted. */
export interface PaymentCallback {
  readonly sealedUrl: Uint8Array;
  readonly wrappedKey: WrappedKey;
  /** The URL's host. */
  readonly target: string;
}

/** Which payments are meant. */
export interface PaymentQuery {
  readonly protocol: Protocol;
  /** With a memo that user's alone, without one everybody's under the account. */
  readonly owner: PaymentOwner;
  /** Without a memo those without a memo alone. */
  readonly isExact?: boolean;
  readonly kinds?: readonly PaymentKind[];
  readonly asset?: string;
  /** Started then or later. */
  readonly from?: Date;
  /** For the next page: started before that payment. */
  readonly beforeId?: string;
}

/** A payment that a worker has taken to pay it out, until its lease ends. */
export interface ClaimedPayment {
  readonly payment: Payment;
  /** Counts what is asked of the rails anew: each has an idempotency key of its own. */
  readonly round: number;
  /** How often the rails were asked in this round. */
  readonly attempts: number;
  /** The versions of the customers, by id, at which the rails were first asked in this round; none before. */
  readonly askedAt: ReadonlyMap<string, number>;
  /** Names this claim: a worker whose lease was taken over by another one changes nothing any more. */
  readonly lease: string;
}

/** What follows from having asked the rails, or from not being able to. */
export type ExecutionStep =
  /** They have said what became of it. */
  | { readonly step: 'said'; readonly change: PaymentChange; readonly isNewRound: boolean }
  /** It is to be tried again from then on. */
  | { readonly step: 'again'; readonly at: Date }
  /** Nothing was paid, by what is not so any more: the rails are to be asked at once, as if for the first time. */
  | { readonly step: 'anew'; readonly at: Date }
  /** Nothing was asked; where its customers stand moves it. */
  | { readonly step: 'back' };

/** A customer's open standing for a payment that is over, or a lost one for a payment that is not. */
export interface OpenParty {
  readonly payment: Payment;
  readonly role: PartyRole;
}

/** Payments, their moves, and what is to be done with them. Every change is one short transaction. */
export interface PaymentStore {
  /** Keeps a payment, and what it means for its customers, together; `quote-taken` when another payment is made by its quote. */
  create(payment: NewPayment, updates: readonly CustomerUpdate[]): Promise<PaymentOutcome | 'quote-taken'>;
  find(id: string): Promise<Payment | undefined>;
  /** The payment whose money comes with that memo to that account, whatever has become of it. */
  findByMemo(stellarAccount: string, memo: Memo): Promise<Payment | undefined>;
  /** The payments that a Stellar transaction or an id of the outside world belongs to. */
  findByReference(reference: {
    readonly stellarTransactionId?: string;
    readonly externalTransactionId?: string;
  }): Promise<readonly Payment[]>;
  /** The newest first. */
  list(query: PaymentQuery, limit: number): Promise<readonly Payment[]>;
  /** A customer's payments that are not over, the first asked for first: of many thousand, the first of some thousand. */
  listOpen(customerId: string, limit: number): Promise<readonly Payment[]>;
  /** The moves of a payment, oldest first. */
  listMoves(id: string): Promise<readonly PaymentMove[]>;
  /** The money that came for a payment, the first first; of earlier releases than schema 19 it is not known. */
  listReceipts(id: string): Promise<readonly Receipt[]>;
  /** What is sealed beside it. */
  findSeals(id: string): Promise<PaymentSeals | undefined>;
  /**
   * Applies a change, computed from the payment at `version`, with what it means for its customers.
   * @throws Error for a move that is not lawful
   */
  change(
    at: { readonly id: string; readonly version: number },
    change: PaymentChange,
    updates?: readonly CustomerUpdate[],
  ): Promise<PaymentOutcome>;
  /** Sets where changes of its status are posted, in place of any earlier URL; false for no such payment, or when its data key is another one. */
  setCallback(id: string, callback: PaymentCallback): Promise<boolean>;
  /** Takes payments that are to be paid out and that no living worker holds, and holds them until `leaseUntil`. */
  claim(now: Date, leaseUntil: Date, limit: number): Promise<readonly ClaimedPayment[]>;
  /**
   * Notes that the rails are asked from now on, if the claim still holds and the customers are at the versions at which they were found to be clear.
   */
  begin(claim: ClaimedPayment, versions: ReadonlyMap<string, number>): Promise<boolean>;
  /** Holds a claimed payment for longer; false when somebody else holds it. */
  renew(claim: ClaimedPayment, leaseUntil: Date): Promise<boolean>;
  /** Notes what came of it, and lets go; `lost` when somebody else holds it by now, and nothing was changed. */
  settle(
    claim: ClaimedPayment,
    step: ExecutionStep,
    updates?: readonly CustomerUpdate[],
  ): Promise<PaymentOutcome | 'lost'>;
  /** When the next payment is to be taken, undefined when none waits. */
  nextDueAt(): Promise<Date | undefined>;
  /** Customers' standings for payments that are over. */
  listClosable(limit: number): Promise<readonly OpenParty[]>;
  /** That a customer's standing for a payment is no longer kept. */
  closeParty(id: string, role: PartyRole): Promise<void>;
  /** Customers of payments that wait, whose type the program had lost, if it is among these types. */
  listLost(types: readonly string[], limit: number): Promise<readonly OpenParty[]>;
}
