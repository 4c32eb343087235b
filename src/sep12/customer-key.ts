import { CustomerNotFound, InvalidRequest, KycError } from '../errors.ts';
import type { PlainKey } from '../messages/phrase.ts';
import { type Address, parseAddress } from '../stellar/address.ts';
import { type Memo, parseMemo, sameMemo } from '../stellar/memo.ts';
import type { Subject } from '../stellar/subject.ts';
import type { CustomerKey } from './integration.ts';
import type { Params } from './parameters.ts';

/**
 * Whom GET and PUT are about: the account and memo that the request names, as far as the subject may name them, else the subject's own.
 * @throws KycError `forbidden` for another account or a memo that is not the token's (rulings 2, 5); `invalid_request` for a memo
 *   that cannot be one (rulings 3, 4)
 * @see SEP-12 § Shared, Omnibus, or Pooled Accounts
 */
export function customerKey(params: Params, subject: Subject): CustomerKey {
  const named = namedAddress(params.get('account'), subject);
  return toKey(subject, reachableMemo(params, subject, named));
}

/**
 * Whom DELETE is about: the account in the path, with the memo of the request or the subject's own. An account in the body, which one
 * client sends, must be the same.
 * @throws CustomerNotFound for any account or memo that is not the subject's: nothing is revealed (ruling 5)
 * @see SEP-12 § Customer DELETE
 */
export function customerKeyToDelete(account: string, params: Params, subject: Subject): CustomerKey {
  try {
    const memo = reachableMemo(params, subject, namedAddress(account, subject));
    const inBody = namedAddress(params.get('account'), subject);
    if (inBody?.kind === 'muxed' && !sameMemo(memo, { type: 'id', value: inBody.muxedId }))
      throw new CustomerNotFound();
    return toKey(subject, memo);
  } catch (error) {
    if (error instanceof KycError && error.code === 'forbidden') throw new CustomerNotFound();
    throw error;
  }
}

function toKey({ account }: Subject, memo: Memo | undefined): CustomerKey {
  return memo === undefined ? { account } : { account, memo: memo.value, memoType: memo.type };
}

/** The address in the request must be the token's account in either spelling. */
function namedAddress(text: string | undefined, subject: Subject): Address | undefined {
  if (text === undefined) return undefined;
  const address = parseAddress(text);
  if (address?.account === subject.account) return address;
  throw new KycError('forbidden', { key: 'error.foreign_account' }, { field: 'account' });
}

/** The user that the request names, which a token with a memo cannot change. */
function reachableMemo(params: Params, subject: Subject, address: Address | undefined): Memo | undefined {
  if (subject.memo !== undefined) return ownMemo(params, subject.memo, address);
  const memo = memoParameter(params, subject);
  if (address?.kind !== 'muxed') return memo;
  const muxed: Memo = { type: 'id', value: address.muxedId };
  if (memo === undefined || sameMemo(memo, muxed)) return muxed;
  throw badMemo('memo', 'rule.memo_of_muxed');
}

/** Choice: beside a token with a memo the request's memo must be equal, and memo_type is ignored (ruling 2). */
function ownMemo(params: Params, own: Memo, address: Address | undefined): Memo {
  const text = params.get('memo');
  if (text !== undefined && text !== own.value) throw foreignMemo('memo');
  if (address?.kind === 'muxed' && address.muxedId !== own.value) throw foreignMemo('account');
  return own;
}

function memoParameter(params: Params, { account }: Subject): Memo | undefined {
  const memo = params.get('memo');
  const type = params.get('memo_type');
  if (memo === undefined) {
    if (type === undefined) return undefined;
    throw badMemo('memo_type', 'rule.memo_missing');
  }
  if (account.startsWith('C')) throw badMemo('memo', 'rule.memo_of_contract');
  return parseMemo(memo, type);
}

function foreignMemo(field: 'memo' | 'account'): KycError {
  return new KycError('forbidden', { key: 'error.foreign_user', params: { field } }, { field });
}

function badMemo(field: 'memo' | 'memo_type', rule: PlainKey): InvalidRequest {
  return new InvalidRequest({ key: 'error.invalid_field', params: { field, rule: { key: rule } } }, { field });
}
