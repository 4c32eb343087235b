import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { KycError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { KeyCheck } from '../../vault/check-keys.ts';
import type { WrappedKey } from '../../vault/key-ring.ts';
import { type KeyPlace, type KeyUse, keyPlaces, type Rewrapping, type WrappedRow } from '../../vault/rotate-keys.ts';
import type { AuditAction, AuditLine } from '../audit-store.ts';
import type { KeyStore } from '../key-store.ts';
import { grammarOf } from './grammar.ts';
import type { GroupCommit } from './group-commit.ts';
import { appendAudit } from './sql-audit.ts';
import type { Tables } from './tables.ts';

/** What names a row of each place. */
const idColumns: { readonly [P in KeyPlace]: string } = {
  customers: 'id',
  uploads: 'id',
  payments: 'id',
  index_keys: 'name',
};

/** The {@link KeyStore} over SQL. */
export class SqlKeys implements KeyStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;

  readonly #clock: Clock;

  constructor(db: Kysely<Tables>, writes: GroupCommit, clock: Clock) {
    this.#db = db;
    this.#writes = writes;
    this.#clock = clock;
  }

  async listKeyChecks(): Promise<readonly KeyCheck[]> {
    const rows = await this.#db.selectFrom('key_checks').selectAll().orderBy('kek_id').execute();
    return rows.map(({ kek_id: kekId, wrapped: bytes, retired_at: retired }) => {
      return { kekId, bytes, retiredAt: retired === null ? undefined : new Date(retired) };
    });
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
    const isStored = await this.#writes.write(async (db) => {
      if (await isRetired(db, kekId)) return false;
      await db
        .insertInto('index_keys')
        .values({ name, kek_id: kekId, wrapped_key: bytes })
        .onConflict((conflicting) => conflicting.doNothing())
        .execute();
      return true;
    });
    if (!isStored) throw keyRetired(kekId);
  }

  /** Steps from key to key along the index, so that it is counted by index alone. */
  async listKeyUses(): Promise<readonly KeyUse[]> {
    const uses: KeyUse[] = [];
    for (const place of keyPlaces) {
      for (let kekId = await this.#nextKey(place, ''); kekId !== undefined; kekId = await this.#nextKey(place, kekId)) {
        const { rows } = await sql<{ count: number }>`
          select count(*) as count from ${sql.table(place)} where kek_id = ${kekId}`.execute(this.#db);
        uses.push({ kekId, place, count: Number(rows[0]?.count) });
      }
    }
    return uses;
  }

  async listWrapped(place: KeyPlace, kekId: string, after: string, limit: number): Promise<readonly WrappedRow[]> {
    const id = idOf(place);
    const { rows } = await sql<{ id: string; wrapped_key: Uint8Array }>`
      select ${id} as id, wrapped_key from ${sql.table(place)}
      where kek_id = ${kekId} and ${id} > ${after} order by ${id} limit ${limit}`.execute(this.#db);
    return rows.map((row) => ({ id: row.id, kekId, bytes: row.wrapped_key }));
  }

  async replaceWrapped(place: KeyPlace, rewrappings: readonly Rewrapping[]): Promise<number> {
    const target = rewrappings[0]?.to.kekId;
    if (target === undefined) return 0;
    const count = await this.#writes.write(async (db) => {
      if (await isRetired(db, target)) return undefined;
      let replaced = 0;
      for (const { id, from, to } of rewrappings) {
        const { numAffectedRows = 0n } = await sql`
          update ${sql.table(place)} set kek_id = ${to.kekId}, wrapped_key = ${to.bytes}
          where ${idOf(place)} = ${id} and kek_id = ${from.kekId} and wrapped_key = ${from.bytes}`.execute(db);
        replaced += Number(numAffectedRows);
      }
      if (replaced > 0) await this.#tell(db, 'keys.rotated', { place, key: target, count: replaced });
      return replaced;
    });
    if (count === undefined) throw keyRetired(target);
    return count;
  }

  async retireKey(kekId: string, at: Date): Promise<void> {
    await this.#mark(kekId, at.getTime());
  }

  async reinstateKey(kekId: string): Promise<void> {
    await this.#mark(kekId, null);
  }

  async #mark(kekId: string, retiredAt: number | null): Promise<void> {
    await this.#writes.write(async (db) => {
      await db.updateTable('key_checks').set({ retired_at: retiredAt }).where('kek_id', '=', kekId).execute();
      await this.#tell(db, retiredAt === null ? 'keys.reinstated' : 'keys.retired', { key: kekId });
    });
  }

  async #tell(db: Transaction<Tables>, action: AuditAction, about: AuditLine['about']): Promise<void> {
    const line = { action, actor: { kind: 'cli', id: 'keys' }, ...(about && { about }) } as const;
    await appendAudit(db, [line], this.#clock.now().getTime());
  }

  async #nextKey(place: KeyPlace, after: string): Promise<string | undefined> {
    const { rows } = await sql<{ kek_id: string }>`
      select kek_id from ${sql.table(place)} where kek_id > ${after} order by kek_id limit 1`.execute(this.#db);
    return rows[0]?.kek_id;
  }
}

/** Whether nothing may be stored under this key any more. To be asked inside the transaction that stores: until it ends, the key is not retired. */
export async function isRetired(db: Transaction<Tables>, kekId: string): Promise<boolean> {
  const { rows } = await sql<{ retired_at: number | null }>`
    select retired_at from key_checks where kek_id = ${kekId} ${grammarOf(db).forShare}`.execute(db);
  return rows.some(({ retired_at }) => retired_at !== null);
}

/** This process' settings are older than the end of the key they name first: what it stored would be lost with the key. */
export function keyRetired(kekId: string): KycError {
  const cause = new RetiredKey(kekId);
  return new KycError('unavailable', { key: 'error.keys_away' }, { cause, retryAfterSeconds: 60 });
}

class RetiredKey extends Error {
  constructor(kekId: string) {
    super(`key '${kekId}' was retired: start this process with the settings of the others`);
    this.name = 'RetiredKey';
  }
}

function idOf(place: KeyPlace): RawBuilder<unknown> {
  return sql.ref(idColumns[place]);
}
