import type { Claim } from '../../store/review-store.ts';
import { isAtLeast, type Operator, requireRole } from './operator.ts';
import { getRecord, type ReviewParts } from './parts.ts';
import { notPossible } from './rule.ts';

/** How long a claim holds. */
const claimMs = 30 * 60 * 1000;

/** Whom an operator wants to look at, for which type. */
export interface Claiming {
  readonly operator: Operator;
  readonly customerId: string;
  readonly type: string;
}

/**
 * Holds a customer for a type for half an hour, or for another one. One that has run out may be taken over by anybody.
 * @throws KycError `not_possible` when somebody else holds it
 */
export async function claim(parts: ReviewParts, { operator, customerId, type }: Claiming): Promise<Claim> {
  requireRole(operator, 'reviewer');
  const { id } = await getRecord(parts, customerId);
  if (!parts.program.types.has(type)) throw notPossible('the program has no such type');
  const now = parts.clock.now();
  const until = new Date(now.getTime() + claimMs);
  const held = await parts.store.reviews.claim(id, { type, operator: operator.name, until }, now);
  if (held?.operator !== operator.name) throw heldBy(held);
  return held;
}

/** Lets go of a customer. @throws KycError `not_possible` when the operator does not hold them */
export async function release(parts: ReviewParts, { operator, customerId, type }: Claiming): Promise<void> {
  requireRole(operator, 'reviewer');
  const { id } = await getRecord(parts, customerId);
  const isReleased = await parts.store.reviews.release(id, type, operator.name);
  if (!isReleased) throw notPossible('you do not hold this customer');
}

/**
 * Refuses whoever may not decide now: a reviewer where somebody else holds the customer, or where they are escalated.
 * @param type the type that is decided on, none for all
 */
export async function requireFree(
  { store, clock }: ReviewParts,
  operator: Operator,
  customerId: string,
  type: string | undefined,
): Promise<void> {
  const { claims, escalation } = await store.reviews.findFile(customerId);
  if (escalation !== undefined) requireRole(operator, 'lead');
  const now = clock.now();
  const other = claims.find(
    (held) => held.operator !== operator.name && held.until > now && (type === undefined || held.type === type),
  );
  if (other !== undefined && !isAtLeast(operator, 'lead')) throw heldBy(other);
}

function heldBy(held: Claim | undefined): Error {
  return notPossible(held === undefined ? 'the customer is gone' : `${held.operator} is looking at this customer`);
}
