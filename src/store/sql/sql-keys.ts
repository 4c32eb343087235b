import type { Kysely } from 'kysely';
import type { WrappedKey } from '../../vault/key-ring.ts';
import type { KeyStore } from '../key-store.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Tables } from './tables.ts';

/** The {@link KeyStore} over SQL. */
export class SqlKeys implements KeyStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;

  constructor(db: Kysely<Tables>, writes: GroupCommit) {
    this.#db = db;
    this.#writes = writes;
  }

  async listKeyChecks(): Promise<readonly WrappedKey[]> {
    const rows = await this.#db.selectFrom('key_checks').selectAll().execute();
    return rows.map((row) => ({ kekId: row.kek_id, bytes: row.wrapped }));
  }

  async addKeyCheck(check: WrappedKey): Promise<void> {
    await this.#writes.write((db) =>
      db
        .insertInto('key_checks')
        .values({ kek_id: check.kekId, wrapped: check.bytes })
        .onConflict((conflicting) => conflicting.doNothing())
        .execute(),
    );
  }

  async findIndexKey(name: string): Promise<WrappedKey | undefined> {
    const row = await this.#db.selectFrom('index_keys').selectAll().where('name', '=', name).executeTakeFirst();
    return row && { kekId: row.kek_id, bytes: row.wrapped_key };
  }

  async addIndexKey(name: string, { kekId, bytes }: WrappedKey): Promise<void> {
    await this.#writes.write((db) =>
      db
        .insertInto('index_keys')
        .values({ name, kek_id: kekId, wrapped_key: bytes })
        .onConflict((conflicting) => conflicting.doNothing())
        .execute(),
    );
  }
}
