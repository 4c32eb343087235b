import { invalidField } from '../../errors.ts';
import type { QueueItem, QueueKey } from '../../store/review-store.ts';
import { riskClasses } from '../program.ts';
import { type StandingState, standingStates } from '../states.ts';
import { type Operator, requireRole } from './operator.ts';
import type { ReviewParts } from './parts.ts';

/** Which part of the queue an operator asks for. */
export interface QueueRequest {
  /** Default: `in-review`. */
  readonly state?: string | undefined;
  readonly type?: string | undefined;
  readonly risk?: string | undefined;
  readonly reason?: string | undefined;
  /** Only those who wait for longer than the program allows. */
  readonly isLate?: boolean | undefined;
  /** Only those who got there so many hours ago or earlier. */
  readonly olderThanHours?: number | undefined;
  /** An operator's name; `me`, `somebody`, `nobody`. */
  readonly claimedBy?: string | undefined;
  readonly isEscalated?: boolean | undefined;
  /** Where the page before ended. */
  readonly after?: string | undefined;
  /** Default: 50, at most 200. */
  readonly limit?: number | undefined;
}

/** A page of the queue, oldest first. Nothing in it is personal. */
export interface QueuePage {
  readonly items: readonly (QueueItem & { readonly isLate: boolean })[];
  /** Where the next page begins, undefined at the end. */
  readonly next: string | undefined;
}

const defaultLimit = 50;
const maxLimit = 200;
const hourMs = 3_600_000;

/** Those who wait for a person, the longest first. */
export async function listQueue(parts: ReviewParts, operator: Operator, request: QueueRequest): Promise<QueuePage> {
  requireRole(operator, 'viewer');
  const { state = 'in-review', claimedBy, after } = request;
  if (!isState(state)) throw invalidField('state', `expected one of ${standingStates.join(', ')}`);
  if (request.risk !== undefined && !riskClasses.some((risk) => risk === request.risk))
    throw invalidField('risk', `expected one of ${riskClasses.join(', ')}`);
  const limit = Math.min(request.limit ?? defaultLimit, maxLimit);
  const now = parts.clock.now();
  const lateSince = new Date(now.getTime() - parts.program.review.slaMs);
  const found = await parts.store.reviews.listQueue({
    state,
    type: request.type,
    risk: request.risk,
    reason: request.reason,
    isEscalated: request.isEscalated,
    sinceBefore: sinceBefore(request, now, lateSince),
    ...heldBy(claimedBy, operator),
    now,
    after: after === undefined ? undefined : readCursor(after),
    limit: limit + 1,
  });
  const items = found.slice(0, limit).map((item) => ({ ...item, isLate: item.since <= lateSince }));
  const last = found.length > limit ? items.at(-1) : undefined;
  return { items, next: last && writeCursor(last) };
}

function heldBy(
  claimedBy: string | undefined,
  { name }: Operator,
): { readonly isClaimed: boolean } | { readonly claimedBy: string | undefined } {
  if (claimedBy === 'nobody' || claimedBy === 'somebody') return { isClaimed: claimedBy === 'somebody' };
  return { claimedBy: claimedBy === 'me' ? name : claimedBy };
}

function sinceBefore({ isLate, olderThanHours }: QueueRequest, now: Date, lateSince: Date): Date | undefined {
  const bounds = [
    ...(isLate === true ? [lateSince.getTime()] : []),
    ...(olderThanHours === undefined ? [] : [now.getTime() - olderThanHours * hourMs]),
  ];
  return bounds.length === 0 ? undefined : new Date(Math.min(...bounds));
}

function isState(state: string): state is StandingState {
  return standingStates.some((known) => known === state);
}

function writeCursor({ since, customerId, type, transactionId }: QueueKey): string {
  return Buffer.from(JSON.stringify([since.getTime(), customerId, type, transactionId])).toString('base64url');
}

function readCursor(text: string): QueueKey {
  try {
    const [since, ...names] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    const [customerId, type, transactionId] = names;
    const isKey = Number.isSafeInteger(since) && names.length === 3 && names.every((name) => typeof name === 'string');
    if (isKey) return { since: new Date(since as number), customerId, type, transactionId } as QueueKey;
  } catch {
    // What does not parse is refused below.
  }
  throw invalidField('after', "expected the 'next' of a page");
}
