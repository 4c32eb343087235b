import { invalidField, KycError } from '../errors.ts';
import { plainDigits } from '../payments/amount.ts';
import { choicesRule, readAmountWithin, readRefundMemo } from '../payments/request-values.ts';
import { parseJsonDigits } from '../sep9/json-object.ts';
import type { Memo } from '../stellar/memo.ts';
import type { Sep31Asset, Sep31Settings } from './settings.ts';

/** A payment that a sending anchor asks for, as far as it can be judged by itself. */
export interface TransactionRequest {
  readonly amount: bigint;
  readonly asset: Sep31Asset;
  readonly fundingMethod: string | undefined;
  readonly destinationAsset: string | undefined;
  readonly senderId: string | undefined;
  readonly receiverId: string | undefined;
  readonly refundMemo: Memo | undefined;
  readonly lang: string | undefined;
  /** `fields.transaction` as sent, by name. */
  readonly fields: Readonly<Record<string, string>>;
}

const maxNesting = 4;

/** The members of a body by name, numbers as their digits, in whichever way they are written; an empty body has none. @throws KycError when it is no JSON object */
export function readMembers(text: string): Readonly<Record<string, unknown>> {
  return text.trim() === ''
    ? {}
    : (parseJsonDigits(text, maxNesting, plainDigits) as Readonly<Record<string, unknown>>);
}

/**
 * Reads what a payment is asked for by.
 * @throws KycError naming what is wrong
 * @see SEP-31 § POST Transactions, Request Parameters
 */
export function readTransaction(
  members: Readonly<Record<string, unknown>>,
  settings: Sep31Settings,
): TransactionRequest {
  const read = (name: string): string | undefined => textOf(members, name);
  const asset = readAsset(read('asset_code'), read('asset_issuer'), settings);
  if (read('quote_id') !== undefined) throw invalidField('quote_id', { key: 'rule.no_quotes' });
  return {
    asset,
    amount: readAmountWithin(required('amount', read('amount')), asset),
    fundingMethod: readFundingMethod(read('funding_method'), asset),
    destinationAsset: oneOf('destination_asset', read('destination_asset'), asset.destinationAssets),
    senderId: requireIf(asset.senderTypes.length > 0, 'sender_id', read('sender_id')),
    receiverId: requireIf(asset.receiverTypes.length > 0, 'receiver_id', read('receiver_id')),
    refundMemo: readRefundMemo(read('refund_memo'), read('refund_memo_type')),
    lang: read('lang'),
    fields: readFields(members['fields']),
  };
}

/** The texts of `fields.transaction`, none where there is none. @throws KycError when it is not that */
export function readFields(given: unknown): Readonly<Record<string, string>> {
  if (given === undefined || given === null) return {};
  if (!isObject(given)) throw invalidField('fields', { key: 'rule.object' });
  const { transaction = {} } = given;
  if (!isObject(transaction)) throw invalidField('fields.transaction', { key: 'rule.object' });
  const names = Object.keys(transaction);
  const texts = names.flatMap((name) => {
    const value = textOf(transaction, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(texts);
}

function readAsset(code: string | undefined, issuer: string | undefined, { assets }: Sep31Settings): Sep31Asset {
  const asset = assets.get(required('asset_code', code));
  if (asset === undefined) throw invalidField('asset_code', choicesRule([...assets.keys()]));
  if (issuer !== undefined && issuer !== asset.issuer)
    throw invalidField('asset_issuer', choicesRule(asset.issuer === undefined ? [] : [asset.issuer]));
  return asset;
}

/**
 * Choice: the table says that it is required, the examples above it leave it out. Where there is but one way, it is that one; where there is a choice
 * it must be made.
 */
function readFundingMethod(given: string | undefined, { fundingMethods }: Sep31Asset): string | undefined {
  if (given !== undefined) return oneOf('funding_method', given, fundingMethods);
  return fundingMethods.length > 1 ? required('funding_method', undefined) : fundingMethods[0];
}

function oneOf(field: string, given: string | undefined, known: readonly string[]): string | undefined {
  if (given !== undefined && !known.includes(given)) throw invalidField(field, choicesRule(known));
  return given;
}

function requireIf(isRequired: boolean, field: string, value: string | undefined): string | undefined {
  return isRequired ? required(field, value) : value;
}

function required(field: string, value: string | undefined): string {
  if (value === undefined) throw new KycError('invalid_field', { key: 'error.required', params: { field } }, { field });
  return value;
}

/** Blank and null are as if it had not been sent; numbers are their digits already. */
function textOf(members: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw invalidField(name, { key: 'rule.single_value' });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
