import { KycError } from '../../errors.ts';
import type { Proposal } from '../../store/review-store.ts';
import { erase } from '../erase.ts';
import { readStoredAct } from './act.ts';
import { erase as eraseRule } from './acts/others.ts';
import { carryOut, type Decided, outcomeOf } from './decide.ts';
import { lift } from './legal-hold.ts';
import { isAtLeast, type Operator, requireRole } from './operator.ts';
import { getRecord, openAt, type ReviewParts, stale } from './parts.ts';
import { ruleOf } from './rule-of.ts';

/** How many proposals are listed at once. */
const maxListed = 200;

/** The proposals that wait for another operator. */
export async function listProposals({ store }: ReviewParts): Promise<readonly Proposal[]> {
  return store.reviews.listProposals(maxListed);
}

/**
 * Does what another operator proposed, if the customer is still as they were then.
 * @throws KycError `forbidden` to whoever proposed it, and by role; `stale` when the customer has changed or the proposal was settled
 */
export async function approve(parts: ReviewParts, operator: Operator, id: string, lang: string): Promise<Decided> {
  requireRole(operator, 'lead');
  const proposal = await getProposal(parts, id);
  if (isSamePerson(proposal.operator, operator.name)) throw new KycError('forbidden', 'somebody else must approve');
  const { customerId, version, operator: proposedBy } = proposal;
  const act = readStoredAct(proposal.act);
  if (act.act === 'lift-hold') return lift(parts, operator, proposal);
  if (act.act === 'erase') return eraseApproved(parts, operator, proposal);
  const current = await openAt(parts, customerId, version);
  const rule = ruleOf(act, current.seen);
  requireRole(operator, rule.approver() ?? 'lead');
  const signed = { operator: operator.name, proposedBy, proposal: id };
  const after = await carryOut(parts, current, act, rule, signed);
  return { customerId, ...(await outcomeOf(parts, customerId, after, lang)) };
}

/** Takes a proposal back. Whoever made it may, and a lead. @throws KycError `not_found` when it is settled */
export async function withdraw(parts: ReviewParts, operator: Operator, id: string): Promise<void> {
  requireRole(operator, 'reviewer');
  const proposal = await getProposal(parts, id);
  const isOwn = isSamePerson(proposal.operator, operator.name);
  if (!isOwn && !isAtLeast(operator, 'lead')) throw new KycError('forbidden', 'it is not yours to withdraw');
  if (!(await parts.store.reviews.withdraw(id, operator.name))) throw notFound();
}

/** Nothing of the customer is opened for it. @see SEP-12 § Customer DELETE, which the customer may ask for by themselves */
async function eraseApproved(
  parts: ReviewParts,
  operator: Operator,
  { id, customerId, version, operator: proposedBy }: Proposal,
): Promise<Decided> {
  requireRole(operator, eraseRule.approver() ?? 'lead');
  const by = { kind: 'operator', id: operator.name } as const;
  const record = await getRecord(parts, customerId);
  const erased = await erase(parts, record, { version, proposal: id, proposedBy, by });
  if (erased === undefined) throw stale();
  return { outcome: 'done', customerId, version, standings: [] };
}

async function getProposal({ store }: ReviewParts, id: string): Promise<Proposal> {
  const proposal = await store.reviews.findProposal(id);
  if (proposal === undefined) throw notFound();
  return proposal;
}

function notFound(): KycError {
  return new KycError('not_found', 'there is no such proposal');
}

/** Two names that differ in case alone are taken for one person's. */
function isSamePerson(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
