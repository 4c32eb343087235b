import { invalidField, KycError } from '../errors.ts';
import type { Phrase } from '../messages/phrase.ts';
import { readAmountWithin, readRefundMemo } from '../payments/request-values.ts';
import { callbackUrl } from '../sep12/callback-url.ts';
import { parseAddress } from '../stellar/address.ts';
import { type Memo, parseMemo } from '../stellar/memo.ts';
import type { Sep6Asset, Sep6Settings, Sep6Way } from './settings.ts';

/** The parameters of a request; empty ones are left out. */
export type Query = ReadonlyMap<string, string>;

/** Which way the money goes. */
export type Direction = 'deposit' | 'withdraw';

/** A transfer that a wallet asks for, as far as it can be judged by itself. */
export interface TransferRequest {
  readonly direction: Direction;
  readonly asset: Sep6Asset;
  readonly way: Sep6Way;
  readonly fundingMethod: string | undefined;
  /** The customer type that is asked for. */
  readonly type: string;
  /** In units; undefined when it is not known yet. */
  readonly amount: bigint | undefined;
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
 * @see SEP-6 § Deposit, Request; § Withdraw, Request
 */
export function readTransfer(
  query: Query,
  direction: Direction,
  { settings, allowLoopback }: { readonly settings: Sep6Settings; readonly allowLoopback: boolean },
): TransferRequest {
  const { asset, way } = readWay(query, direction, settings);
  const fundingMethod = readFundingMethod(query, way);
  const isDeposit = direction === 'deposit';
  const account = readAccount(isDeposit ? required(query, 'account') : query.get('account'));
  const amount = query.get('amount');
  return {
    ...{ direction, asset, way, fundingMethod, account },
    type: (fundingMethod === undefined ? undefined : ownType(way, fundingMethod)) ?? way.type,
    amount: amount === undefined ? undefined : readAmountWithin(amount, way),
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
  direction: Direction,
  { assets }: Sep6Settings,
): { readonly asset: Sep6Asset; readonly way: Sep6Way } {
  const asset = assets.get(required(query, 'asset_code'));
  const way = asset?.[direction];
  if (asset !== undefined && way !== undefined) return { asset, way };
  const known = [...assets.values()].filter((one) => one[direction] !== undefined);
  throw invalidField('asset_code', choices(known.map(({ code }) => code)));
}

/** Choice: where there is but one way, it is that one; `type` is what the same was called before. */
function readFundingMethod(query: Query, { fundingMethods }: Sep6Way): string | undefined {
  const name = query.has('funding_method') || !query.has('type') ? 'funding_method' : 'type';
  const given = query.get(name);
  if (given === undefined) return fundingMethods.length > 1 ? required(query, name) : fundingMethods[0];
  if (fundingMethods.length > 0 && !fundingMethods.includes(given)) throw invalidField(name, choices(fundingMethods));
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
  if (kind === 'contract' && memo.type !== 'id') throw invalidField('memo_type', choices(['id']));
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

function choices(known: readonly string[]): Phrase {
  return { key: 'rule.choices', params: { choices: known.join(', ') } };
}
