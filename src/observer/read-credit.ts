import { isMemoType, type Memo, parseMemo } from '../stellar/memo.ts';

/** Money that an operation brought to an account. */
export interface Credit {
  /** Decimal digits. */
  readonly amount: string;
  /** In the Asset Identification Format. */
  readonly asset: string;
  /** The id in the muxed address that it was sent to. */
  readonly muxedId: string | undefined;
}

/** An operation of Horizon's payments. */
export interface Operation {
  /** Its place among all; a decimal number of up to 19 digits. */
  readonly token: string;
  /** The hash of its transaction. */
  readonly transactionId: string;
  /** Whether the ledger applied it. */
  readonly isSuccessful: boolean;
  readonly at: Date | undefined;
  /** What it brought to the account; undefined for what brings none, such as a payment of the account's own. */
  readonly credit: Credit | undefined;
  /** The transaction, where Horizon joined it. */
  readonly transaction: TransactionFacts | undefined;
}

/** What is asked of a transaction. */
export interface TransactionFacts {
  readonly memo: Memo | undefined;
  /** Whether it says a memo that cannot be a payment's, such as one of the type `return`. */
  readonly hasOtherMemo: boolean;
  readonly operationCount: number;
}

type Json = Readonly<Record<string, unknown>>;

/** Operations that pay an amount of an asset. The account that `create_account` makes is not one that payments are awaited at. */
const payingTypes = ['payment', 'path_payment_strict_receive', 'path_payment_strict_send'];

/**
 * Reads a record of Horizon's payments as far as it concerns an account; undefined for what is none.
 * @see Horizon API § Operations, Payment
 */
export function readOperation(json: unknown, account: string): Operation | undefined {
  const record = objectOf(json);
  const { paging_token: token, transaction_hash: transactionId, created_at: createdAt } = record ?? {};
  if (record === undefined || !isToken(token) || typeof transactionId !== 'string' || transactionId === '')
    return undefined;
  const at = typeof createdAt === 'string' ? new Date(createdAt) : undefined;
  return {
    ...{ token, transactionId },
    // Choice: only what is said to have been applied counts.
    isSuccessful: record['transaction_successful'] === true,
    at: at === undefined || Number.isNaN(at.getTime()) ? undefined : at,
    credit: readCredit(record, account),
    transaction: readTransaction(record['transaction']),
  };
}

/** Reads a transaction of Horizon's. @see Horizon API § Transactions */
export function readTransaction(json: unknown): TransactionFacts | undefined {
  const record = objectOf(json);
  const { memo, memo_type: type, operation_count: operationCount } = record ?? {};
  if (typeof type !== 'string' || typeof operationCount !== 'number') return undefined;
  const read = typeof memo === 'string' ? readMemo(memo, type) : undefined;
  return { memo: read, hasOtherMemo: type !== 'none' && read === undefined, operationCount };
}

/** Whether it is a place in Horizon's history. */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^(0|[1-9]\d{0,18})$/.test(value);
}

/** Of two places, whether the first comes before the second. */
export function isBefore(one: string, other: string): boolean {
  return BigInt(one) < BigInt(other);
}

function readCredit(record: Json, account: string): Credit | undefined {
  const { type, to, amount, to_muxed_id: muxedId } = record;
  if (!payingTypes.some((paying) => paying === type) || to !== account || typeof amount !== 'string') return undefined;
  const asset = readAsset(record);
  return asset === undefined
    ? undefined
    : { amount, asset, muxedId: typeof muxedId === 'string' ? muxedId : undefined };
}

/** Of a path payment, these members say what arrived; what it was paid with stands in `source_…`. */
function readAsset({ asset_type: type, asset_code: code, asset_issuer: issuer }: Json): string | undefined {
  if (type === 'native') return 'stellar:native';
  const isCredit = type === 'credit_alphanum4' || type === 'credit_alphanum12';
  return isCredit && typeof code === 'string' && typeof issuer === 'string' ? `stellar:${code}:${issuer}` : undefined;
}

/** Horizon spells the memo of a hash in base64, as we do. */
function readMemo(memo: string, type: string): Memo | undefined {
  if (!isMemoType(type)) return undefined;
  try {
    return parseMemo(memo, type);
  } catch {
    return undefined;
  }
}

function objectOf(json: unknown): Json | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Json) : undefined;
}
