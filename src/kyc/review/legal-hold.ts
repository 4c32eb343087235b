import { invalidField } from '../../errors.ts';
import { newUuid } from '../../lib/ids.ts';
import { cleanText } from '../../sep9/clean-text.ts';
import type { LegalHold, Retained } from '../../store/erasure-store.ts';
import type { Proposal } from '../../store/review-store.ts';
import type { CustomerRecord } from '../../store/store.ts';
import { findVault } from '../erase.ts';
import type { Decided } from './decide.ts';
import { type Operator, type Role, requireRole } from './operator.ts';
import { type ActContext, getRecord, type ReviewParts, stale } from './parts.ts';
import { notPossible } from './rule.ts';

/** The longest reason. */
const maxLength = 4000;
/** Who ends a hold which a lead proposes to end: what follows may be the end of the data. */
const lifter: Role = 'admin';
const pageLength = 200;

/** The name under which the reason of a hold is sealed. No field of a program can have it. */
export const holdName = 'reason of a legal hold';

/** An erased customer whose data is kept, as operators see them. Nothing in it is personal. */
export interface ShownRetained extends Omit<Retained, 'hold'> {
  readonly hold: Omit<LegalHold, 'sealedReason'> | undefined;
}

/**
 * Sees to it that what is held on a customer is not destroyed, whether they are erased already or may be later.
 * @throws KycError `not_possible` when they are held already
 */
export async function hold(
  parts: ReviewParts,
  { operator, customerId, version }: ActContext,
  reason: string,
): Promise<Pick<Decided, 'customerId' | 'version'>> {
  requireRole(operator, 'lead');
  const record = await getAnyRecord(parts, customerId);
  const { id } = record;
  const { hold: known } = await parts.store.erasures.findTies(id);
  if (known !== undefined) throw notPossible('the customer is under a legal hold already');
  const vault = await findVault(parts, record);
  if (vault === undefined) throw notPossible("the customer's data key does not open, so that no reason can be sealed");
  const sealedReason = vault.seal(holdName, cleanText('reason', reason, { maxLength, multiline: true }));
  const act = { act: 'hold', operator: operator.name };
  const outcome = await parts.store.erasures.hold(id, version, { operator: operator.name, sealedReason, act });
  if (outcome === 'conflict') throw stale();
  return { customerId: id, version: version + 1 };
}

/** Proposes to end a hold; an admin ends it. @throws KycError `not_possible` when there is none */
export async function proposeLift(
  { store, ...parts }: ReviewParts,
  { operator, customerId, version }: ActContext,
): Promise<Decided> {
  requireRole(operator, 'lead');
  const { id } = await getAnyRecord({ store, ...parts }, customerId);
  const { hold: known } = await store.erasures.findTies(id);
  if (known === undefined) throw notPossible('the customer is under no legal hold');
  const proposal = { id: newUuid(), customerId: id, version, operator: operator.name };
  if (!(await store.reviews.propose({ ...proposal, act: JSON.stringify({ act: 'lift-hold' }) }))) throw stale();
  return { outcome: 'proposed', customerId: id, version, proposal: proposal.id, approver: lifter, standings: [] };
}

/** Ends a hold as another operator proposed. What need not be kept any longer is destroyed by the next purge. */
export async function lift(
  { store }: ReviewParts,
  operator: Operator,
  { id, customerId, version, operator: proposedBy }: Proposal,
): Promise<Decided> {
  requireRole(operator, lifter);
  const act = { act: 'lift-hold', operator: operator.name, proposedBy };
  if ((await store.erasures.lift(customerId, version, id, act)) === 'conflict') throw stale();
  return { outcome: 'done', customerId, version: version + 1, standings: [] };
}

/** Erased customers whose data must be kept, a page of them. */
export async function listRetained(
  { store }: ReviewParts,
  operator: Operator,
  after?: string,
): Promise<{ items: readonly ShownRetained[]; next: string | undefined }> {
  requireRole(operator, 'lead');
  const found = await store.erasures.listRetained(pageLength + 1, after === undefined ? undefined : readCursor(after));
  const items = found.slice(0, pageLength);
  const last = found.length > pageLength ? items.at(-1) : undefined;
  const shown = items.map(({ hold: held, ...retained }) => {
    return { ...retained, hold: held && { operator: held.operator, at: held.at } };
  });
  return { items: shown, next: last && `${last.deleteAfter.getTime()}.${last.customerId}` };
}

/** The record of a customer who is there or erased and kept. @throws CustomerNotFound */
export async function getAnyRecord(parts: ReviewParts, id: string): Promise<CustomerRecord> {
  const retained = await parts.store.erasures.findRetained(id);
  return retained?.record ?? getRecord(parts, id);
}

function readCursor(text: string): Pick<Retained, 'deleteAfter' | 'customerId'> {
  const [, at, customerId] = /^(\d{1,15})\.(\S+)$/.exec(text) ?? [];
  if (at === undefined || customerId === undefined) throw invalidField('after', "expected the 'next' of a page");
  return { deleteAfter: new Date(Number(at)), customerId };
}
