import type { Memo } from '../stellar/memo.ts';
import type { Clearance, PaymentStatus, Protocol } from './moves.ts';

/** What a payment is: SEP-31's only kind, and those of SEP-6 in its words. */
export const paymentKinds = ['receive', 'deposit', 'deposit-exchange', 'withdrawal', 'withdrawal-exchange'] as const;

/** @see paymentKinds */
export type PaymentKind = (typeof paymentKinds)[number];

/** Who a customer is in a payment: SEP-31 has a sender and a receiver, SEP-6 one customer. */
export const partyRoles = ['sender', 'receiver', 'customer'] as const;

/** @see partyRoles */
export type PartyRole = (typeof partyRoles)[number];

/** What an anchor takes for a payment. Amounts are decimal texts, assets in the Asset Identification Format of SEP-38. */
export interface FeeDetails {
  readonly total: string;
  readonly asset: string;
  readonly details?: readonly { readonly name: string; readonly description?: string; readonly amount: string }[];
}

/** What went back to whoever paid. @see SEP-31 § Refunds Object Schema, SEP-6 § Refunds Object Schema */
export interface Refunds {
  readonly amountRefunded: string;
  readonly amountFee: string;
  readonly payments: readonly {
    readonly id: string;
    readonly idType?: 'stellar' | 'external';
    readonly amount: string;
    readonly fee: string;
  }[];
}

/** A field of the transaction itself, as GET /info describes it. @see SEP-31 § fields Object Schema */
export interface TransactionField {
  readonly description: string;
  readonly choices?: readonly string[];
  readonly optional?: boolean;
}

/** Why a payment came to an error, or is not getting on. */
export const paymentFaults = [
  'customer-rejected',
  'customer-erased',
  'rails-refused',
  'attempts-exhausted',
  'wrong-amount',
] as const;

/** @see paymentFaults */
export type PaymentFault = (typeof paymentFaults)[number];

/** What is told of a payment beside its status. No personal value is in it. Amounts are decimal texts, never numbers. */
export interface PaymentDetails {
  readonly amountIn?: string;
  /** In the Asset Identification Format, as all assets here. */
  readonly amountInAsset?: string;
  readonly amountOut?: string;
  readonly amountOutAsset?: string;
  readonly feeDetails?: FeeDetails;
  readonly quoteId?: string;
  /** Until when the money must have come for the quote's amounts to hold; ISO 8601. */
  readonly quoteExpiresAt?: string;
  readonly fundingMethod?: string;
  /** Within which an amount that was not named must be. */
  readonly limits?: { readonly minAmount?: string; readonly maxAmount?: string };
  /** Seconds until the status is expected to change. */
  readonly statusEta?: number;
  /** A text of the anchor's own. */
  readonly statusMessage?: string;
  /** Why it is in error; told in words of ours unless there is a text of the anchor's own. */
  readonly fault?: PaymentFault;
  /** Other money came than was asked for, or at another time: nothing is paid before a person says what it is worth. @see requireCovered */
  readonly isOtherMoney?: true;
  readonly externalTransactionId?: string;
  readonly refunds?: Refunds;
  readonly requiredInfoMessage?: string;
  /** By name, what the deprecated `fields.transaction` is to be sent again. */
  readonly requiredInfoUpdates?: Readonly<Record<string, TransactionField>>;
  readonly refundMemo?: Memo;
  /** The language its words are in (BCP 47). */
  readonly lang?: string;
  /** What a protocol tells beside it, as it is told. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** The asset on Stellar that a payment is made in: what comes in or, of what is exchanged into it, what goes out; '' when it is not known. */
export function stellarAssetOf({ amountInAsset = '', amountOutAsset = '' }: PaymentDetails): string {
  return !amountInAsset.startsWith('stellar:') && amountOutAsset.startsWith('stellar:')
    ? amountOutAsset
    : amountInAsset;
}

/** Whether another asset goes out than comes in. */
export function isExchanged({ amountInAsset, amountOutAsset }: PaymentDetails): boolean {
  return amountInAsset !== undefined && amountOutAsset !== undefined && amountInAsset !== amountOutAsset;
}

/** The details without what was said of the status alone: it is not so any more in another one. */
export function withoutWords(details: PaymentDetails): PaymentDetails {
  const { statusMessage: _m, statusEta: _e, requiredInfoMessage: _i, requiredInfoUpdates: _u, ...kept } = details;
  return kept;
}

/** A customer of a payment. */
export interface PaymentParty {
  readonly role: PartyRole;
  readonly customerId: string;
  /** The id by which the customer was named. */
  readonly knownAs: string;
  /** The customer type that is asked of them. */
  readonly type: string;
  readonly clearance: Clearance;
  /** Names of fields that this payment asks of them beyond the type's. */
  readonly asks: readonly string[];
}

/** Whose payment it is: the sending anchor, or the wallet's user. */
export interface PaymentOwner {
  /** `G…` or `C…`. */
  readonly account: string;
  readonly memo?: Memo;
}

/** A payment as it stands. */
export interface Payment {
  readonly id: string;
  readonly protocol: Protocol;
  readonly kind: PaymentKind;
  readonly status: PaymentStatus;
  /** Raised by every change; a change names the version it was computed from. */
  readonly version: number;
  readonly owner: PaymentOwner;
  readonly parties: readonly PaymentParty[];
  readonly details: PaymentDetails;
  /** Where on Stellar its money goes to. */
  readonly stellarAccount: string | undefined;
  readonly stellarMemo: Memo | undefined;
  /** The Stellar transaction that brought (or, for a deposit, took) the money. */
  readonly stellarTransactionId: string | undefined;
  /** When its money arrived. */
  readonly fundedAt: Date | undefined;
  /** Whether the rails were asked to pay it: what became of its money is theirs to say. */
  readonly isAsked: boolean;
  readonly startedAt: Date;
  /** When it got to its status. */
  readonly updatedAt: Date;
  /** When it was completed. */
  readonly completedAt: Date | undefined;
}

/** What can move a payment. */
export const moveCauses = ['created', 'kyc', 'funds', 'rails', 'integration', 'operator', 'sender', 'clock'] as const;

/** @see moveCauses */
export type MoveCause = (typeof moveCauses)[number];

/**
 * What money is taken for. `received`: the payment goes on. `known`: it was received before. `wrong`: it was not what was asked for, and the payment is an
 * error. `late`: the payment was over; that the money came is noted, and somebody must send it back. `twice`: other money came before; so must it.
 */
export type ReceiptOutcome = 'received' | 'known' | 'wrong' | 'late' | 'twice';

/** Money that came for a payment: appended, never changed, once for each transaction that brought some. */
export interface Receipt {
  /** What brought it: a Stellar transaction, or something of the outside world. */
  readonly via: 'stellar' | 'external';
  /** Its id there. */
  readonly reference: string;
  /** A decimal text; undefined where neither the money nor the payment says how much it is. */
  readonly amount: string | undefined;
  /** In the Asset Identification Format. */
  readonly asset: string | undefined;
  /** What it was taken for. */
  readonly outcome: Exclude<ReceiptOutcome, 'known'>;
  /** When it came. */
  readonly at: Date;
}

/** A move of a payment: appended, never changed. */
export interface PaymentMove {
  /** Undefined for the first. */
  readonly from: PaymentStatus | undefined;
  readonly to: PaymentStatus;
  readonly cause: MoveCause;
  /** The operator, customer or check that it was; a name or an id. */
  readonly who: string | undefined;
  readonly reason: string | undefined;
  readonly at: Date;
}
