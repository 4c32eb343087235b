import type { MissingMode } from '../kyc/program.ts';
import type { TransactionField } from '../payments/payment.ts';

/** An asset that the anchor takes from sending anchors. Amounts are decimal digits, at most seven places. @see SEP-31 § GET Info */
export interface PaymentAsset {
  /** The account that issues it. Left out only for `native`. */
  readonly issuer?: string;
  readonly minAmount?: string;
  readonly maxAmount?: string;
  /** What is taken of each payment, in the asset. */
  readonly feeFixed?: string;
  /** What is taken of each payment, in percent. */
  readonly feePercent?: string;
  /** By which ways the receiver may be paid, such as `SEPA` and `SWIFT`. */
  readonly fundingMethods?: readonly string[];
  /** Customer types of the program that a sender may have. Default: `sep31-sender`; a program without it must say. Empty: a sender need not be known. */
  readonly senderTypes?: readonly string[];
  /** The same for receivers. Default: `sep31-receiver`. */
  readonly receiverTypes?: readonly string[];
  /** Assets outside Stellar that the receiver may be paid in, such as `iso4217:BRL`. Default: only the asset's own equal. */
  readonly destinationAssets?: readonly string[];
  /** Deprecated per-transaction fields, by name. */
  readonly fields?: Readonly<Record<string, TransactionField>>;
}

/** An asset, checked and defaulted. */
export interface Sep31Asset extends PaymentAsset {
  readonly code: string;
  /** In the Asset Identification Format. */
  readonly id: string;
  readonly fundingMethods: readonly string[];
  readonly senderTypes: readonly string[];
  readonly receiverTypes: readonly string[];
  readonly destinationAssets: readonly string[];
  readonly fields: Readonly<Record<string, TransactionField>>;
}

/** What SEP-31 is served by. */
export interface Sep31Settings {
  /** Accounts of the anchors that there is an agreement with. */
  readonly sendingAnchors: ReadonlySet<string>;
  /** The account that payments are to be sent to. */
  readonly account: string;
  /** By code. */
  readonly assets: ReadonlyMap<string, Sep31Asset>;
  /** From where on payments to the account are looked for, a place in Horizon's history or `now`; undefined: they are not. */
  readonly observeFrom: string | undefined;
  /** What becomes of a payment while data is missing, whatever the program says. */
  readonly missingKyc: MissingMode | undefined;
}
