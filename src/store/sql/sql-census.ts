import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { CensusStore, StateCount, Waiting } from '../census-store.ts';
import type { Tables } from './tables.ts';

/** The {@link CensusStore} over SQL. */
export class SqlCensus implements CensusStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async countSlice(fromId: string, toId: string | undefined): Promise<readonly StateCount[]> {
    const { rows } = await sliceQuery(fromId, toId).execute(this.#db);
    return rows.map(({ type, state, count }) => ({ type, state, count: Number(count) }));
  }

  async countWaiting(bounds: readonly Date[], limit: number, now: Date): Promise<Waiting> {
    const { rows } = await waitingQuery(bounds, limit).execute(this.#db);
    const [row] = rows;
    const oldest = row?.oldest ?? undefined;
    const count = async (query: RawBuilder<{ count: number }>): Promise<number> =>
      Number((await query.execute(this.#db)).rows[0]?.count ?? 0);
    return {
      count: Number(row?.count ?? 0),
      since: bounds.map((_, index) => Number(row?.[`by${index}`] ?? 0)),
      oldestAt: oldest === undefined ? undefined : new Date(Number(oldest)),
      claimed: await count(sql`
        select count(*) as count from (select 1 from review_claims where until > ${now.getTime()} limit ${limit}) held`),
      escalated: await count(sql`select count(*) as count from (select 1 from escalations limit ${limit}) handed`),
      proposed: await count(sql`
        select count(*) as count from (
          select 1 from proposals inner join customers on customers.id = proposals.customer_id
            and customers.version = proposals.version limit ${limit}) open`),
    };
  }
}

/** Apart, so that a test can have it explained. */
export function sliceQuery(
  fromId: string,
  toId: string | undefined,
): RawBuilder<{ type: string; state: string; count: number }> {
  const below = toId === undefined ? sql`` : sql`and customer_id < ${toId}`;
  return sql`
    select type, state, count(*) as count from standings where customer_id >= ${fromId} ${below} group by type, state`;
}

/** Apart, so that a test can have it explained. */
export function waitingQuery(
  bounds: readonly Date[],
  limit: number,
): RawBuilder<{ count: number; oldest: number | null } & Readonly<Record<`by${number}`, number | null>>> {
  const counts = bounds.map((bound, index) => {
    const name = sql.ref(`by${index}`);
    return sql`, sum(case when since <= ${bound.getTime()} then 1 else 0 end) as ${name}`;
  });
  return sql`
    select count(*) as count, min(since) as oldest ${sql.join(counts, sql``)}
    from (select since from standings where state = 'in-review' order by since limit ${limit}) waiting`;
}
