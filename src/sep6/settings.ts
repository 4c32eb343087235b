import type { MissingMode } from '../kyc/program.ts';
import type { Terms } from '../payments/request-values.ts';
import type { TransferIntegration } from './transfer-integration.ts';

/** How an asset may be deposited, or withdrawn. Amounts are decimal digits, at most seven places. */
export interface TransferWay extends Terms {
  /** By which ways the money may come or be paid out, such as `SEPA` and `cash`. With more than one, the wallet must say which. */
  readonly fundingMethods?: readonly string[];
  /** The customer type of the program. Default: `sep6-deposit`, or `sep6-withdraw`. */
  readonly type?: string;
  /** By funding method, where one asks for another customer type. */
  readonly typesByMethod?: Readonly<Record<string, string>>;
}

/** What may come in, in decimal digits. */
export type Limits = Pick<Terms, 'minAmount' | 'maxAmount'>;

/** What an asset may be exchanged for. What that costs is said by quotes, or by the anchor with what goes out. */
export interface ExchangeWay extends Omit<TransferWay, keyof Terms> {
  /** Assets outside Stellar in the Asset Identification Format, such as `iso4217:BRL`, with limits of what comes in. */
  readonly assets: Readonly<Record<string, Limits>>;
}

/** An asset that wallets may deposit or withdraw. */
export interface TransferAsset {
  /** The account that issues it. Left out only for `native`. */
  readonly issuer?: string;
  /** Left out, it cannot be deposited. */
  readonly deposit?: TransferWay;
  /** Left out, it cannot be withdrawn. */
  readonly withdraw?: TransferWay;
  /** Left out, nothing else can be exchanged into it. */
  readonly depositExchange?: ExchangeWay;
  /** Left out, it cannot be exchanged into anything else. */
  readonly withdrawExchange?: ExchangeWay;
}

/** A way, checked and defaulted. */
export interface Sep6Way extends TransferWay {
  readonly fundingMethods: readonly string[];
  readonly type: string;
  readonly typesByMethod: Readonly<Record<string, string>>;
}

/** What an asset may be exchanged for, checked and defaulted. */
export type Sep6Exchange = Omit<Sep6Way, keyof Terms> & Pick<ExchangeWay, 'assets'>;

/** An asset, checked and defaulted. */
export interface Sep6Asset {
  readonly code: string;
  /** In the Asset Identification Format. */
  readonly id: string;
  readonly deposit: Sep6Way | undefined;
  readonly withdraw: Sep6Way | undefined;
  readonly depositExchange: Sep6Exchange | undefined;
  readonly withdrawExchange: Sep6Exchange | undefined;
}

/** What SEP-6 is served by. */
export interface Sep6Settings {
  /** By code. */
  readonly assets: ReadonlyMap<string, Sep6Asset>;
  /** What becomes of a transfer while data is missing, whatever the program says. */
  readonly missingKyc: MissingMode | undefined;
  readonly transfers: TransferIntegration;
  /** The accounts that withdrawals are sent to, as far as payments to them are looked for. */
  readonly accounts: readonly string[];
  /** From where on they are: a place in Horizon's history or `now`; undefined: they are not. */
  readonly observeFrom: string | undefined;
}
