import { invalidField, KycError } from '../errors.ts';
import { choicesRule, readAmountWithin, readRefundMemo } from '../payments/request-values.ts';
import { callbackUrl } from '../sep12/callback-url.ts';
import { parseAddress } from '../stellar/address.ts';
import { type Memo, parseMemo } from '../stellar/memo.ts';
import type { Sep6Asset, Sep6Settings, Sep6Way } from './settings.ts';

/** The parameters of a request; empty ones are left out. */
export type Query = ReadonlyMap<string, string>;

/** By which endpoints transfers are asked for. */
export type TransferEndpoint = 'deposit' | 'withdraw' | 'deposit-exchange' | 'withdraw-exchange';

/** A transfer that a wallet asks for, as far as it can be judged by itself. */
export interface TransferRequest {
  readonly endpoint: TransferEndpoint;
  readonly asset: Sep6Asset;
  /** What the asset is exchanged from or into, in the Asset Identification Format; undefined where nothing is exchanged. */
  readonly otherAsset: string | undefined;
  readonly way: Sep6Way;
  readonly fundingMethod: string | undefined;
  /** The customer type that is asked for. */
  readonly type: string;
  /** In units; undefined when it is not known yet. */
  readonly amount: bigint | undefined;
  readonly quoteId: string | undefined;
  /** Where a deposit is to be sent, or what a withdrawal will come from. */
  readonly account: string | undefined;
  /** To be attached to the payment of a deposit. */
  readonly memo: Memo | undefined;
  readonly refundMemo: Memo | undefined;
  readonly customerId: string | undefined;
  readonly callback: string | undefined;
  readonly lang: string | undefined;
  /** What is for the anchor alone to know. */
  readonly wishes: Readonly<Record<string, string>>;
}

/** They are handed to the anchor as they came. Whatever may be personal (`email_address`, `dest`) is not kept: it belongs to SEP-12. */
const wishNames = ['claimable_balance_supported', 'location_id', 'country_code'];

/**
 * Reads what a transfer is asked for by. Choice: `memo` of a withdrawal is not looked at: who asks is told by the token.
 * @throws KycError naming what is wrong
 * @see SEP-6 § Deposit, § Withdraw, § Deposit Exchange, § Withdraw Exchange: Request
 */
export function readTransfer(
  query: Query,
  endpoint: TransferEndpoint,
  { settings, allowLoopback }: { readonly settings: Sep6Settings; readonly allowLoopback: boolean },
): TransferRequest {
  const { asset, way, otherAsset } = readWay(query, endpoint, settings);
  const fundingMethod = readFundingMethod(query, way);
  const isDeposit = endpoint === 'deposit' || endpoint === 'deposit-exchange';
  const account = readAccount(isDeposit ? required(query, 'account') : query.get('account'));
  const amount = query.get('amount');
  return {
    ...{ endpoint, asset, way, otherAsset, fundingMethod, account },
    type: (fundingMethod === undefined ? undefined : ownType(way, fundingMethod)) ?? way.type,
    amount: amount === undefined ? undefined : readAmountWithin(amount, way),
    quoteId: otherAsset === undefined ? undefined : query.get('quote_id'),
    memo: isDeposit ? readMemo(query, account) : undefined,
    refundMemo: isDeposit ? undefined : readRefundMemo(query.get('refund_memo'), query.get('refund_memo_type')),
    customerId: query.get('customer_id'),
    callback: readCallback(query.get('on_change_callback'), allowLoopback),
    lang: query.get('lang'),
    wishes: Object.fromEntries([...query].filter(([name]) => wishNames.includes(name))),
  };
}

function readWay(
  query: Query,
  endpoint: TransferEndpoint,
  settings: Sep6Settings,
): Pick<TransferRequest, 'asset' | 'way' | 'otherAsset'> {
  switch (endpoint) {
    case 'deposit':
    case 'withdraw': {
      const { asset, way } = readAsset(query, 'asset_code', endpoint, settings);
      return { asset, way, otherAsset: undefined };
    }
    case 'deposit-exchange':
      return readExchange(query, ['destination_asset', 'source_asset', 'depositExchange'], settings);
    case 'withdraw-exchange':
      return readExchange(query, ['source_asset', 'destination_asset', 'withdrawExchange'], settings);
  }
}

/** The asset that a field names, which can go that way. */
function readAsset<D extends 'deposit' | 'withdraw' | 'depositExchange' | 'withdrawExchange'>(
  query: Query,
  field: string,
  direction: D,
  { assets }: Sep6Settings,
): { readonly asset: Sep6Asset; readonly way: NonNullable<Sep6Asset[D]> } {
  const asset = assets.get(required(query, field));
  const way = asset?.[direction];
  if (asset !== undefined && way) return { asset, way };
  const known = [...assets.values()].filter((one) => one[direction] !== undefined);
  throw invalidField(field, choicesRule(known.map(({ code }) => code)));
}

/** @throws KycError `not_implemented` where nothing can be exchanged that way */
function readExchange(
  query: Query,
  [field, otherField, direction]: readonly [string, string, 'depositExchange' | 'withdrawExchange'],
  settings: Sep6Settings,
): Pick<TransferRequest, 'asset' | 'way' | 'otherAsset'> {
  if ([...settings.assets.values()].every((asset) => asset[direction] === undefined))
    throw new KycError('not_implemented', { key: 'error.not_implemented' });
  const { asset, way } = readAsset(query, field, direction, settings);
  const { assets, ...exchange } = way;
  const otherAsset = required(query, otherField);
  const limits = Object.hasOwn(assets, otherAsset) ? assets[otherAsset] : undefined;
  if (limits === undefined) throw invalidField(otherField, choicesRule(Object.keys(assets)));
  return { asset, way: { ...exchange, ...limits }, otherAsset };
}

/** Choice: where there is but one way, it is that one; `type` is what the same was called before. */
function readFundingMethod(query: Query, { fundingMethods }: Sep6Way): string | undefined {
  const name = query.has('funding_method') || !query.has('type') ? 'funding_method' : 'type';
  const given = query.get(name);
  if (given === undefined) return fundingMethods.length > 1 ? required(query, name) : fundingMethods[0];
  if (fundingMethods.length > 0 && !fundingMethods.includes(given))
    throw invalidField(name, choicesRule(fundingMethods));
  return fundingMethods.length > 0 ? given : undefined;
}

function ownType({ typesByMethod }: Sep6Way, method: string): string | undefined {
  return Object.hasOwn(typesByMethod, method) ? typesByMethod[method] : undefined;
}

/** It may be another than the one that is signed in. @see SEP-6 § Source and Destination Accounts */
function readAccount(text: string | undefined): string | undefined {
  if (text !== undefined && parseAddress(text) === undefined) throw invalidField('account', { key: 'rule.account' });
  return text;
}

function readMemo(query: Query, account: string | undefined): Memo | undefined {
  const [value, type] = [query.get('memo'), query.get('memo_type')];
  if (value === undefined) {
    if (type !== undefined) throw invalidField('memo_type', { key: 'rule.memo_missing' });
    return undefined;
  }
  const { kind } = parseAddress(account ?? '') ?? {};
  if (kind === 'muxed') throw invalidField('memo', { key: 'rule.memo_beside_muxed' });
  const memo = parseMemo(value, type);
  if (kind === 'contract' && memo.type !== 'id') throw invalidField('memo_type', choicesRule(['id']));
  return memo;
}

function readCallback(text: string | undefined, allowLoopback: boolean): string | undefined {
  if (text === undefined) return undefined;
  try {
    return callbackUrl(text, allowLoopback);
  } catch (error) {
    if (!(error instanceof KycError)) throw error;
    throw invalidField('on_change_callback', { key: 'rule.url' }, { cause: error });
  }
}

function required(query: Query, field: string): string {
  const value = query.get(field);
  if (value === undefined) throw new KycError('invalid_field', { key: 'error.required', params: { field } }, { field });
  return value;
}
