import type { FeeDetails, Payment, PaymentDetails, PaymentKind, PaymentOwner } from '../payments/payment.ts';
import type { Memo } from '../stellar/memo.ts';

/** A field of SEP-9's financial accounts that says where money is to be sent. @see SEP-6 § Deposit, instructions */
export interface Instruction {
  readonly value: string;
  readonly description: string;
}

/** How the money of a deposit is to be sent. */
export interface DepositInstructions {
  /** The same in a sentence, for wallets that know no `instructions`. */
  readonly how: string;
  /** By SEP-9 name, such as `organization.bank_account_number`. */
  readonly instructions: Readonly<Record<string, Instruction>>;
  /** Seconds until the deposit is expected to be credited. */
  readonly eta?: number;
  /** Anything else a person should know. */
  readonly message?: string;
}

/** Where on Stellar a withdrawal is to be sent. */
export interface WithdrawalTarget {
  /** `G…`. */
  readonly account: string;
  /** Default: a memo of type id that no other transfer has. */
  readonly memo?: Memo;
  readonly eta?: number;
  readonly message?: string;
}

/** A firm price, as a quote server of the anchor's gave it. Amounts are decimal texts, assets in the Asset Identification Format. @see SEP-38 § GET Quote */
export interface Quote {
  readonly id: string;
  /** When the money must have come. */
  readonly expiresAt: Date;
  readonly sellAsset: string;
  readonly sellAmount: string;
  readonly buyAsset: string;
  readonly buyAmount: string;
  readonly fee: FeeDetails;
  /** The delivery method that it was given for, if for one: it must be the transfer's funding method. */
  readonly deliveryMethod?: string;
}

/** A transfer that a wallet asks for, before anything of it is kept. */
export interface ProposedTransfer {
  readonly kind: Exclude<PaymentKind, 'receive'>;
  /** Who is signed in. */
  readonly owner: PaymentOwner;
  /** Where a deposit is to be sent, or what a withdrawal will come from, if that was said: `G…`, `M…` or `C…`. */
  readonly account: string | undefined;
  /** Whether the wallet takes a claimable balance where the account has no trustline. @see SEP-6 § Claimable Balances */
  readonly claimableBalanceSupported: boolean;
  /** Amounts, assets and the funding method. */
  readonly details: PaymentDetails;
  /** The language to refuse in (BCP 47). */
  readonly lang: string;
}

/** The port by which an anchor says where the money of a transfer is to go. What it throws there is logged, and is as if it had answered nothing. */
export interface TransferIntegration {
  /** What `GET /info` says of the anchor. Default: neither. @see SEP-6 § Feature Flags */
  readonly features?: { readonly accountCreation?: boolean; readonly claimableBalances?: boolean };
  /**
   * Looks at a transfer that is asked for, whoever asks: throw {@link InvalidRequest} to refuse it, such as for an account that does not exist or has no
   * trustline. Answered 400 with the message, which the customer reads; nothing is kept then. With whatever else is thrown it is answered that it be tried
   * again later. Default: none is refused.
   * @see SEP-6 § Stellar account does not exist, § Stellar account doesn't trust asset
   */
  admitTransfer?(transfer: ProposedTransfer): Promise<void>;
  /**
   * How the money of a deposit whose customer is clear is to be sent. With undefined it is `pending_anchor` until `payments.update` says more.
   * @see SEP-6 § Deposit
   */
  depositInstructions(payment: Payment): Promise<DepositInstructions | undefined>;
  /** Where a withdrawal whose customer is clear is to be sent; undefined as for deposits. @see SEP-6 § Withdraw */
  withdrawalTarget(payment: Payment): Promise<WithdrawalTarget | undefined>;
  /**
   * The quote of that id that was given to whoever is signed in; undefined for somebody else's as for none. Left out, transfers by quote are refused.
   * @see SEP-6 § Asset Conversions Using a Firm Quote
   */
  findQuote?(id: string, owner: PaymentOwner): Promise<Quote | undefined>;
}
