import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import { lineOfReading } from '../audit-lines.ts';
import type { FoundCustomer, RenewedEntries, SearchStore } from '../search-store.ts';
import type { BlindIndexEntry } from '../standing-store.ts';
import type { GroupCommit } from './group-commit.ts';
import { lockCustomer } from './locks.ts';
import { appendAudit } from './sql-audit.ts';
import { addIndexes } from './sql-consequences.ts';
import type { Tables } from './tables.ts';

/** Whether a row of the blind index is an entry to be found by. */
export const isSearched: RawBuilder<unknown> = sql`index_name like 'search.%'`;

/** Takes a customer out of what operators find. */
export async function removeSearchEntries(db: Transaction<Tables>, customerId: string): Promise<void> {
  await sql`delete from blind_indexes where customer_id = ${customerId} and ${isSearched}`.execute(db);
}

/** The {@link SearchStore} over SQL. */
export class SqlSearch implements SearchStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;
  readonly #clock: Clock;

  constructor(db: Kysely<Tables>, writes: GroupCommit, clock: Clock) {
    this.#db = db;
    this.#writes = writes;
    this.#clock = clock;
  }

  async find({ index, digest }: BlindIndexEntry, limit: number): Promise<readonly FoundCustomer[]> {
    const { rows } = await sql<FoundRow>`
      select found.customer_id, own.type, own.transaction_id, own.state from (
        select b.customer_id from blind_indexes b inner join customers c on c.id = b.customer_id
        where b.index_name = ${index} and b.digest = ${digest} and c.retained_at is null
        order by b.customer_id limit ${limit}) found
      left join standings own on own.customer_id = found.customer_id
      order by found.customer_id, own.type, own.transaction_id`.execute(this.#db);
    return [...Map.groupBy(rows, (row) => row.customer_id)].map(([customerId, found]) => {
      return { customerId, standings: found.flatMap(toStanding) };
    });
  }

  async begin(scheme: string): Promise<void> {
    const { rows } = await sql`select 1 from search_progress where scheme = ${scheme}`.execute(this.#db);
    if (rows.length > 0) return;
    await this.#writes.write(async (db) => {
      await sql`delete from search_progress where scheme <> ${scheme}`.execute(db);
      await sql`
        insert into search_progress (scheme, looked_at) values (${scheme}, '') on conflict do nothing`.execute(db);
    });
  }

  async nextToIndex(scheme: string, limit: number, lookedAt?: string): Promise<readonly string[] | undefined> {
    // Looked at first, over the connection that reads: there is nothing to do for most of the time.
    const known = await this.#db
      .selectFrom('search_progress')
      .select('looked_at')
      .where('scheme', '=', scheme)
      .executeTakeFirst();
    if (known === undefined || known.looked_at === null) return undefined;
    const from = lookedAt !== undefined && lookedAt > known.looked_at ? lookedAt : known.looked_at;
    const { rows } = await sql<{ id: string }>`
      select id from customers where id > ${from} and retained_at is null order by id limit ${limit}`.execute(this.#db);
    const now = rows.length === 0 ? null : from;
    if (now !== known.looked_at) await this.#note(scheme, now);
    return now === null ? undefined : rows.map(({ id }) => id);
  }

  async renew({ customerId, version, entries, opened }: RenewedEntries): Promise<boolean> {
    return this.#writes.writeRepeatable(async (db) => {
      await lockCustomer(db, customerId);
      const { rows } = await sql`
        select 1 from customers where id = ${customerId} and version = ${version} and retained_at is null`.execute(db);
      if (rows.length === 0) return false;
      await removeSearchEntries(db, customerId);
      await addIndexes(db, customerId, entries);
      const line = lineOfReading(customerId, opened, { kind: 'search' });
      if (opened.length > 0) await appendAudit(db, [line], this.#clock.now().getTime());
      return true;
    });
  }

  /** Another process may be further, or done. */
  async #note(scheme: string, lookedAt: string | null): Promise<void> {
    await this.#writes.writeRepeatable(async (db) => {
      await sql`update search_progress set looked_at = ${lookedAt} where scheme = ${scheme} and looked_at is not null`.execute(
        db,
      );
    });
  }
}

interface FoundRow {
  customer_id: string;
  type: string | null;
  transaction_id: string | null;
  state: string | null;
}

function toStanding({ type, transaction_id, state }: FoundRow): FoundCustomer['standings'] {
  return type === null || state === null ? [] : [{ type, transactionId: transaction_id ?? '', state }];
}
