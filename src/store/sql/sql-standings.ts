import { type Kysely, sql } from 'kysely';
import type { WithOrigin } from '../review-store.ts';
import type { BlindIndexEntry, Move, SealedEvidence, StandingStore } from '../standing-store.ts';
import { grammarOf } from './grammar.ts';
import type { Tables } from './tables.ts';

/** The {@link StandingStore} over SQL. */
export class SqlStandings implements StandingStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async findDue(now: Date, limit: number, except: ReadonlySet<string> = new Set()): Promise<readonly string[]> {
    const { isOneOf } = grammarOf(this.#db);
    // Not grouped: that would look at every standing there is.
    const { rows } = await sql<{ id: string }>`
      select customer_id as id from standings
      where due_at <= ${now.getTime()} and not (customer_id ${isOneOf([...except])})
      order by due_at limit ${limit}`.execute(this.#db);
    return [...new Set(rows.map(({ id }) => id))];
  }

  async findOutdated(revision: string, limit: number, afterId = ''): Promise<readonly string[]> {
    const ids = new Set<string>();
    for (const program of await this.#otherPrograms(revision)) {
      const { rows } = await sql<{ id: string }>`
        select distinct customer_id as id from standings where program = ${program} and customer_id > ${afterId}
        order by customer_id limit ${limit}`.execute(this.#db);
      for (const { id } of rows) ids.add(id);
    }
    return [...ids].sort().slice(0, limit);
  }

  async countOutdated(revision: string): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(distinct customer_id) as count from standings where program <> ${revision}`.execute(this.#db);
    return Number(rows[0]?.count ?? 0);
  }

  /** The few there are, from one to the next in the index: a look at every row would hold requests up, most of all when there is nothing to do. */
  async #otherPrograms(revision: string): Promise<readonly string[]> {
    const { rows } = await sql<{ program: string }>`
      with recursive known (program) as (
        select min(program) from standings
        union all
        select (select min(program) from standings where program > known.program) from known where program is not null)
      select program from known where program is not null and program <> ${revision}`.execute(this.#db);
    return rows.map(({ program }) => program);
  }

  async listMoves(customerId: string): Promise<readonly WithOrigin<Move & { readonly at: Date }>[]> {
    const rows = await this.#db
      .selectFrom('moves')
      .selectAll()
      .where('customer_id', '=', customerId)
      .orderBy('id')
      .execute();
    return rows.map((row) => ({
      type: row.type,
      transactionId: row.transaction_id,
      from: row.from_state ?? undefined,
      to: row.to_state,
      isVisible: row.is_visible === 1,
      status: row.status,
      cause: row.cause,
      who: row.who ?? undefined,
      reason: row.reason ?? undefined,
      at: new Date(row.at),
      origin: row.origin ?? undefined,
    }));
  }

  async listEvidence(customerId: string): Promise<readonly WithOrigin<SealedEvidence & { readonly at: Date }>[]> {
    const { rows } = await sql<Tables['merged_evidence'] | (Tables['evidence'] & { origin: null })>`
      select check_name, inputs, round, sealed, at, null as origin from evidence where customer_id = ${customerId}
      union all
      select check_name, inputs, round, sealed, at, origin from merged_evidence where customer_id = ${customerId}
      order by at desc`.execute(this.#db);
    return rows.map((row) => ({
      check: row.check_name,
      inputs: row.inputs,
      round: row.round,
      sealed: row.sealed,
      at: new Date(row.at),
      origin: row.origin ?? undefined,
    }));
  }

  async findSame(
    customerId: string,
    entries: readonly BlindIndexEntry[],
  ): Promise<readonly { readonly index: string; readonly customerId: string }[]> {
    const found = [];
    for (const { index, digest } of entries) {
      const rows = await this.#db
        .selectFrom('blind_indexes')
        .select('customer_id')
        .where('index_name', '=', index)
        .where('digest', '=', digest)
        .where('customer_id', '!=', customerId)
        .orderBy('customer_id')
        .limit(maxSame)
        .execute();
      found.push(...rows.map((row) => ({ index, customerId: row.customer_id })));
    }
    return found;
  }
}

/** More than anybody looks through. */
const maxSame = 50;
