import { sql } from 'kysely';
import type { ObserverClaim, ObserverPlace, ObserverStore } from '../observer-store.ts';
import type { GroupCommit } from './group-commit.ts';

/** The {@link ObserverStore} over SQL. */
export class SqlObservers implements ObserverStore {
  readonly #writes: GroupCommit;

  constructor(writes: GroupCommit) {
    this.#writes = writes;
  }

  hold({ account, holder, now, leaseUntil }: ObserverClaim): Promise<ObserverPlace | undefined> {
    return this.#writes.writeRepeatable(async (db) => {
      await sql`insert into observers (account) values (${account}) on conflict do nothing`.execute(db);
      const { rows } = await sql<{ seen_to: string | null }>`
        update observers set holder = ${holder}, lease_until = ${leaseUntil.getTime()}
        where account = ${account} and (holder is null or holder = ${holder} or lease_until <= ${now.getTime()})
        returning seen_to`.execute(db);
      return rows[0] && { cursor: rows[0].seen_to ?? undefined };
    });
  }

  /** What a crash of the machine undoes here is seen again. */
  advance(account: string, holder: string, cursor: string): Promise<boolean> {
    return this.#writes.writeRepeatable(async (db) => {
      // Numbers without leading zeros are ordered by their length, then as texts.
      const { numAffectedRows = 0n } = await sql`
        update observers set seen_to = case
          when seen_to is null or length(seen_to) < ${cursor.length} then ${cursor}
          when length(seen_to) = ${cursor.length} and seen_to < ${cursor} then ${cursor}
          else seen_to end
        where account = ${account} and holder = ${holder}`.execute(db);
      return numAffectedRows > 0n;
    });
  }

  async release(account: string, holder: string): Promise<void> {
    await this.#writes.writeRepeatable((db) =>
      sql`
        update observers set holder = null, lease_until = null
        where account = ${account} and holder = ${holder}`.execute(db),
    );
  }
}
