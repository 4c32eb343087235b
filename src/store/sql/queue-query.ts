import { type RawBuilder, sql } from 'kysely';
import type { QueueKey, QueueQuery } from '../review-store.ts';
import type { Grammar } from './grammar.ts';

/** A row of the queue. */
export interface QueueRow {
  customer_id: string;
  type: string;
  transaction_id: string;
  state: string;
  since: number;
  risk: string;
  reason: string | null;
  operator: string | null;
  until: number | null;
  escalated_at: number | null;
}

/**
 * The queue, apart so that a test can have it explained. It is read along an index in the order of the queue, so that a page costs what it shows; what
 * somebody holds and what is escalated is little, and is found there and sorted.
 */
export function queueQuery(query: QueueQuery, grammar: Pick<Grammar, 'along'>): RawBuilder<QueueRow> {
  const { limit } = query;
  return sql<QueueRow>`
    select s.customer_id, s.type, s.transaction_id, s.state, s.since, s.risk, s.reason, c.operator, c.until,
      e.at as escalated_at
    from ${sourceOf(query, grammar)}
    where ${sql.join(conditionsOf(query), sql` and `)}
    order by s.since, s.customer_id, s.type, s.transaction_id limit ${limit}`;
}

/** Where the rows are looked for first. */
function sourceOf(query: QueueQuery, { along }: Pick<Grammar, 'along'>): RawBuilder<unknown> {
  const { isEscalated, now } = query;
  const claims = sql`
    left join review_claims c on c.customer_id = s.customer_id and c.type = s.type and c.until > ${now.getTime()}`;
  const escalations = sql`left join escalations e on e.customer_id = s.customer_id`;
  // A cross join is made in the order it is written in.
  if (isByClaims(query)) return sql`review_claims c cross join standings s ${escalations}`;
  if (isEscalated === true) return sql`escalations e cross join standings s ${claims}`;
  return sql`standings s ${along(indexOf(query))} ${claims} ${escalations}`;
}

/** Whether few are asked for by what is held. */
function isByClaims({ claimedBy, isClaimed }: QueueQuery): boolean {
  return claimedBy !== undefined || isClaimed === true;
}

function conditionsOf(query: QueueQuery): readonly RawBuilder<unknown>[] {
  const { state, type, sinceBefore, claimedBy, isClaimed, isEscalated, now, after } = query;
  return [
    // As the partial indexes spell it: a planner takes such an index for a literal alone.
    state === 'in-review' ? sql`s.state = 'in-review'` : sql`s.state = ${state}`,
    ...(type === undefined ? [] : [sql`s.type = ${type}`]),
    ...(after === undefined ? [] : [isAfter(after)]),
    ...(sinceBefore === undefined ? [] : [sql`s.since <= ${sinceBefore.getTime()}`]),
    ...filterOn('risk', query),
    ...filterOn('reason', query),
    ...(claimedBy === undefined ? [] : [sql`c.operator = ${claimedBy}`]),
    ...(isByClaims(query)
      ? [sql`c.until > ${now.getTime()} and s.customer_id = c.customer_id and s.type = c.type`]
      : []),
    ...(isClaimed === false ? [sql`c.operator is null`] : []),
    ...(isEscalated === true && !isByClaims(query) ? [sql`s.customer_id = e.customer_id`] : []),
    ...(isEscalated === undefined ? [] : [isEscalated ? sql`e.at is not null` : sql`e.at is null`]),
  ];
}

type Index = 'standings_waiting_by_reason' | 'standings_waiting_by_risk' | 'standings_by_type' | 'standings_by_state';

/** The index that leaves the least to be passed over, and has the order of the queue. */
function indexOf({ state, type, risk, reason }: QueueQuery): Index {
  if (state === 'in-review' && reason !== undefined) return 'standings_waiting_by_reason';
  if (state === 'in-review' && risk !== undefined) return 'standings_waiting_by_risk';
  return type === undefined ? 'standings_by_state' : 'standings_by_type';
}

/** What is added keeps the planner from an index that would not give the order. */
function filterOn(column: 'risk' | 'reason', query: QueueQuery): readonly RawBuilder<unknown>[] {
  const wanted = query[column];
  if (wanted === undefined) return [];
  const isAlong = indexOf(query) === `standings_waiting_by_${column}`;
  return [isAlong ? sql`s.${sql.ref(column)} = ${wanted}` : sql`s.${sql.ref(column)} || '' = ${wanted}`];
}

function isAfter({ since, customerId, type, transactionId }: QueueKey): RawBuilder<unknown> {
  return sql`(s.since, s.customer_id, s.type, s.transaction_id)
    > (${since.getTime()}, ${customerId}, ${type}, ${transactionId})`;
}
