import { type Kysely, sql } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import type { CallbackStore, SealedCallback } from '../callback-store.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Tables } from './tables.ts';

/** The {@link CallbackStore} over SQL. */
export class SqlCallbacks implements CallbackStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;
  readonly #clock: Clock;

  constructor(db: Kysely<Tables>, writes: GroupCommit, clock: Clock) {
    this.#db = db;
    this.#writes = writes;
    this.#clock = clock;
  }

  async setCallback(customerId: string, sealedUrl: Uint8Array): Promise<boolean> {
    return this.#writes.write(async (db) => {
      const now = this.#clock.now().getTime();
      // Selected from the customers: one who is deleted meanwhile gets no row, and no write fails on the foreign key.
      const { numAffectedRows } = await sql`
        insert into callbacks (customer_id, sealed_url, set_at)
        select id, ${sealedUrl}, ${now} from customers where id = ${customerId}
        on conflict (customer_id) do update set sealed_url = excluded.sealed_url, set_at = excluded.set_at`.execute(db);
      return numAffectedRows === 1n;
    });
  }

  async findCallback(customerId: string): Promise<SealedCallback | undefined> {
    const row = await this.#db
      .selectFrom('callbacks')
      .select(['sealed_url', 'set_at'])
      .where('customer_id', '=', customerId)
      .executeTakeFirst();
    return row && { sealedUrl: row.sealed_url, setAt: new Date(row.set_at) };
  }
}
