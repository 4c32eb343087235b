import { type Kysely, sql, type Transaction } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import type { CallbackSetter, CallbackStore, SealedCallback } from '../callback-store.ts';
import type { GroupCommit } from './group-commit.ts';
import { lockCustomer } from './locks.ts';
import { appendAudit } from './sql-audit.ts';
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

  async setCallback(
    customerId: string,
    sealedUrl: Uint8Array,
    target: string,
    { account, knownAs }: CallbackSetter = {},
  ): Promise<boolean> {
    return this.#writes.write(async (db) => {
      await lockCustomer(db, customerId);
      const now = this.#clock.now().getTime();
      // Selected from the customers: one who is deleted meanwhile gets no row, and no write fails on the foreign key. Every setting
      // has a moment of its own, as it is what tells one from the next.
      const { numAffectedRows } = await sql`
        insert into callbacks (customer_id, sealed_url, set_at, target, known_as, account)
        select id, ${sealedUrl}, ${now}, ${target}, ${knownAs ?? null}, cast(${account ?? null} as text) from customers where id = ${customerId} and retained_at is null
        on conflict (customer_id) do update set sealed_url = excluded.sealed_url,
          set_at = case when excluded.set_at > callbacks.set_at then excluded.set_at else callbacks.set_at + 1 end,
          target = excluded.target, known_as = excluded.known_as, account = excluded.account`.execute(db);
      if (numAffectedRows !== 1n) return false;
      await startOver(db, customerId, target, now);
      await appendAudit(db, [{ action: 'callback.set', actor: { kind: 'wallet' }, customerId }], now);
      return true;
    });
  }

  async findCallback(customerId: string): Promise<SealedCallback | undefined> {
    const row = await this.#db
      .selectFrom('callbacks')
      .select(['sealed_url', 'set_at', 'known_as'])
      .where('customer_id', '=', customerId)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const { sealed_url: sealedUrl, set_at: setAt, known_as: knownAs } = row;
    return { sealedUrl, setAt: new Date(setAt), ...(knownAs !== null && { knownAs }) };
  }
}

/** What a wallet asks for by setting a callback, also one that it had set before. */
async function startOver(db: Transaction<Tables>, customerId: string, target: string, now: number): Promise<void> {
  await sql`delete from callback_ends where customer_id = ${customerId}`.execute(db);
  await sql`delete from delivery_targets where target = ${target} and off_since is not null`.execute(db);
  await sql`
    update deliveries set target = ${target}, next_at = ${now}, attempts = 0
    where lane = ${customerId} and state = 'pending' and lease is null`.execute(db);
}
