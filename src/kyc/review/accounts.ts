import { CustomerNotFound, invalidField } from '../../errors.ts';
import { parseAddress } from '../../stellar/address.ts';
import { parseMemo } from '../../stellar/memo.ts';
import type { IdentityOutcome } from '../../store/account-store.ts';
import type { Identity } from '../../store/identity.ts';
import { identityEntry } from '../blind-index.ts';
import { requireRole } from './operator.ts';
import { type ActContext, getRecord, type ReviewParts, stale } from './parts.ts';
import { notPossible } from './rule.ts';

/** An identity as it is written: `G…`, `M…` or `C…`, with a memo beside a `G…` only. */
export interface WrittenIdentity {
  readonly account: string;
  readonly memo?: string | undefined;
  readonly memoType?: string | undefined;
}

/** From now on a wallet of this identity is answered about this customer. @throws KycError `not_possible` when it is another's, or was somebody's who was rejected and erased */
export function link(parts: ReviewParts, context: ActContext, written: WrittenIdentity): Promise<void> {
  return change(parts, context, written, 'link');
}

/** From now on a wallet of this identity is a stranger. @throws KycError `not_possible` when it is the last, or none of theirs */
export function unlink(parts: ReviewParts, context: ActContext, written: WrittenIdentity): Promise<void> {
  return change(parts, context, written, 'unlink');
}

/** The id of the customer who goes by that id, or by that account and memo. @throws CustomerNotFound */
export async function findByName(
  parts: ReviewParts,
  written: { readonly id: string } | WrittenIdentity,
): Promise<string> {
  if ('id' in written) return (await getRecord(parts, written.id)).id;
  const found = await parts.store.findCustomer(readIdentity(written));
  if (found === undefined) throw new CustomerNotFound();
  return found.id;
}

async function change(
  { store, indexKey, ...parts }: ReviewParts,
  { operator, customerId, version }: ActContext,
  written: WrittenIdentity,
  act: 'link' | 'unlink',
): Promise<void> {
  requireRole(operator, 'lead');
  const identity = readIdentity(written);
  const { id } = await getRecord({ store, indexKey, ...parts }, customerId);
  const signed = { act, operator: operator.name };
  const entry = identityEntry(indexKey, identity);
  const outcome = await store.accounts[act]({ customerId: id, version, identity, entry, act: signed });
  if (outcome === 'conflict') throw stale();
  if (outcome !== 'stored') throw notPossible(refusals[outcome]);
}

const refusals: Readonly<Record<Exclude<IdentityOutcome, 'stored' | 'conflict'>, string>> = {
  taken: 'a customer goes by this account and memo already: merge the two',
  marked: 'somebody who was rejected went by this account and memo: they must register again and be decided on',
  unknown: 'the customer does not go by this account and memo',
  last: 'it is the last by which the customer can be reached',
};

/** @throws KycError naming `account`, `memo` or `memo_type` */
function readIdentity({ account: text, memo, memoType }: WrittenIdentity): Identity {
  const address = parseAddress(text);
  if (address === undefined) throw invalidField('account', 'expected G…, M… or C…');
  const { account } = address;
  if (memo === undefined) {
    return address.kind === 'muxed' ? { account, memo: { type: 'id', value: address.muxedId } } : { account };
  }
  if (address.kind !== 'account') throw invalidField('memo', 'expected none beside M… or C…');
  return { account, memo: parseMemo(memo, memoType) };
}
