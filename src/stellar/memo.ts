import { invalidField, type KycError } from '../errors.ts';
import type { Phrase } from '../messages/phrase.ts';

/** The memo types by which a customer of a shared account can be named. @see SEP-12 § Customer GET, memo_type */
export const memoTypes = ['id', 'text', 'hash'] as const;

/** @see memoTypes */
export type MemoType = (typeof memoTypes)[number];

/** A memo in its one canonical spelling, so that equal memos are equal strings and types never collide. */
export interface Memo {
  readonly type: MemoType;
  readonly value: string;
}

const maxUint64 = 2n ** 64n - 1n;

/**
 * Whether `text` is the canonical decimal spelling of an unsigned 64-bit number.
 * Choice: "007" is not 7 and is refused: two spellings must never name two customers (ruling 1).
 */
export function isUint64(text: string): boolean {
  return /^(0|[1-9][0-9]{0,19})$/.test(text) && BigInt(text) <= maxUint64;
}

/**
 * Reads a memo of the given type, `id` where no type is given.
 * @throws KycError `invalid_field` naming `memo_type` or `memo`
 * @see SEP-12 § Customer GET, memo and memo_type
 */
export function parseMemo(value: string, type: string = 'id'): Memo {
  if (!isMemoType(type))
    throw badMemo('memo_type', { key: 'rule.choices', params: { choices: "'id', 'text', 'hash'" } });
  return { type, value: canonical[type](value) };
}

/** Whether two memos, either of which may be missing, name the same user. */
export function sameMemo(a: Memo | undefined, b: Memo | undefined): boolean {
  return a?.type === b?.type && a?.value === b?.value;
}

const canonical: Record<MemoType, (value: string) => string> = {
  id: (value) => {
    if (!isUint64(value)) throw badMemo('memo', { key: 'rule.memo_id' });
    return value;
  },
  text: (value) => {
    const bytes = Buffer.byteLength(value);
    // What is not UTF-8 would be stored as U+FFFD, and two such memos would become one customer.
    const isText = value.isWellFormed() && !value.includes('\uFFFD');
    if (bytes < 1 || bytes > 28 || !isText) throw badMemo('memo', { key: 'rule.memo_text' });
    return value;
  },
  hash: (value) => {
    // Choice: form and query decoding turn the '+' of base64 into a space; no base64 has a space, so it is turned back.
    const base64 = value.replaceAll(' ', '+');
    const bytes = Buffer.from(base64, 'base64');
    if (bytes.length !== 32 || bytes.toString('base64') !== base64) throw badMemo('memo', { key: 'rule.memo_hash' });
    return base64;
  },
};

/** Whether it is one of {@link memoTypes}. */
export function isMemoType(type: string): type is MemoType {
  return memoTypes.some((known) => known === type);
}

function badMemo(field: 'memo' | 'memo_type', rule: Phrase): KycError {
  return invalidField(field, rule);
}
