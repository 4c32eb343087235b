import { sql } from 'kysely';
import { newUuid } from '../../lib/ids.ts';
import { newShredKey, type ShredKeys } from '../../vault/shred-keys.ts';
import type { Database } from '../database.ts';
import type { Engine, Write } from './engine.ts';
import { grammarOf } from './grammar.ts';
import { openSqlite } from './sqlite-engine.ts';

interface Asked {
  readonly owner: string;
  resolve(key: Uint8Array): void;
  reject(error: unknown): void;
}

/** A shred key and whose it is. */
export interface ShredKeyRow {
  readonly owner: string;
  readonly key: Uint8Array;
}

/** Opens the shred store, made where there is none: under `id` where it is to be another one's copy. */
export async function openShredKeys(database: Database, id?: string): Promise<SqlShredKeys> {
  if (database.engine === 'sqlite') return openSqliteShredKeys(database.path, id);
  const { openPostgres } = await import('./postgres-engine.ts');
  return openOver(openPostgres(database.url), id);
}

/** The same in a file at `path`. */
export function openSqliteShredKeys(path: string, id?: string): Promise<SqlShredKeys> {
  return openOver(openSqlite(path), id);
}

async function openOver(engine: Engine, id: string = newUuid()): Promise<SqlShredKeys> {
  try {
    return new SqlShredKeys(engine, await engine.transact('durable', (db) => prepare(db, id)));
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** {@link ShredKeys} over SQL. */
export class SqlShredKeys implements ShredKeys {
  /** Tells this store from every other one. */
  readonly id: string;
  readonly #engine: Engine;
  #asked: Asked[] = [];

  constructor(engine: Engine, id: string) {
    this.#engine = engine;
    this.id = id;
  }

  /** Those asked for in one turn of the event loop are made durable together. */
  make(owner: string): Promise<Uint8Array> {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    if (this.#asked.length === 0) setImmediate(() => void this.#makeAsked());
    this.#asked.push({ owner, resolve, reject });
    return promise;
  }

  async find(owner: string): Promise<Uint8Array | undefined> {
    const { rows } = await sql<{ key: Uint8Array }>`
      select key from shred_keys where owner = ${owner}`.execute(this.#engine.db);
    return rows[0]?.key;
  }

  async destroy(owners: readonly string[], at: Date): Promise<boolean> {
    await this.#engine.transact('durable', async (db) => {
      for (const owner of owners) {
        await sql`delete from shred_keys where owner = ${owner}`.execute(db);
        await sql`
          insert into destroyed (owner, at) values (${owner}, ${at.getTime()})
          on conflict (owner) do nothing`.execute(db);
      }
    });
    return this.#engine.scrub();
  }

  async listDestroyed(limit: number, afterOwner = ''): Promise<readonly string[]> {
    const { rows } = await sql<{ owner: string }>`
      select owner from destroyed where owner > ${afterOwner} order by owner limit ${limit}`.execute(this.#engine.db);
    return rows.map(({ owner }) => owner);
  }

  /** Some shred keys in the order of their owners, after one and up to another one. */
  async list(limit: number, afterOwner: string, toOwner?: string): Promise<readonly ShredKeyRow[]> {
    const { rows } = await sql<ShredKeyRow>`
      select owner, key from shred_keys
      where owner > ${afterOwner} ${toOwner === undefined ? sql`` : sql`and owner <= ${toOwner}`}
      order by owner limit ${limit}`.execute(this.#engine.db);
    return rows;
  }

  /** Takes over another store's keys, but of those that were destroyed here. */
  async add(rows: readonly ShredKeyRow[]): Promise<void> {
    await this.#engine.transact('durable', async (db) => {
      for (const { owner, key } of rows) {
        await sql`
          insert into shred_keys (owner, key) select ${owner}, cast(${key} as ${grammarOf(db).types.bytes})
          where not exists (select 1 from destroyed where owner = ${owner})
          on conflict (owner) do nothing`.execute(db);
      }
    });
  }

  async isDestroyed(owner: string): Promise<boolean> {
    const { rows } = await sql`select 1 from destroyed where owner = ${owner}`.execute(this.#engine.db);
    return rows.length > 0;
  }

  /** Becomes another store's copy, if nothing was ever kept here; false when something was. */
  async become(id: string): Promise<boolean> {
    return this.#engine.transact('durable', async (db) => {
      const { rows } = await sql`
        select 1 from shred_keys union all select 1 from destroyed limit 1`.execute(db);
      if (rows.length === 0) await sql`update shred_store set id = ${id}`.execute(db);
      return rows.length === 0;
    });
  }

  /** How many shred keys there are. */
  async count(): Promise<number> {
    const { rows } = await sql<{ count: number }>`select count(*) as count from shred_keys`.execute(this.#engine.db);
    return Number(rows[0]?.count);
  }

  /** When this copy was brought up to date; undefined for a store that is no copy. */
  async findCopiedAt(): Promise<Date | undefined> {
    const { rows } = await sql<{ at: number }>`select at from copied`.execute(this.#engine.db);
    return rows[0] && new Date(Number(rows[0].at));
  }

  /** Notes that this is a copy of then. */
  async noteCopied(at: Date): Promise<void> {
    await this.#engine.transact('durable', async (db) => {
      await sql`delete from copied`.execute(db);
      await sql`insert into copied (at) values (${at.getTime()})`.execute(db);
    });
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }

  async #makeAsked(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    try {
      await this.#engine.transact('durable', async (db) => {
        for (const { owner } of asked) {
          await sql`
            insert into shred_keys (owner, key) values (${owner}, ${newShredKey()})
            on conflict (owner) do nothing`.execute(db);
        }
      });
      for (const { owner, resolve, reject } of asked) {
        const key = await this.find(owner);
        if (key === undefined) reject(new Error('a shred key just made is gone'));
        else resolve(key);
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}

/** Makes the tables where they are missing; answers the id of the store. Starters at the same time end with the same one. */
async function prepare(db: Parameters<Write<string>>[0], newId: string): Promise<string> {
  const { types, lockSchema } = grammarOf(db);
  const { text, bytes, integer, keyed } = types;
  await lockSchema(db);
  for (const table of [
    sql`shred_keys (owner ${text} primary key, key ${bytes} not null)`,
    sql`destroyed (owner ${text} primary key, at ${integer} not null)`,
    sql`shred_store (id ${text} primary key)`,
    sql`copied (at ${integer} primary key)`,
  ])
    await sql`create table if not exists ${table}${keyed}`.execute(db);
  await sql`
    insert into shred_store (id) select ${newId} where not exists (select 1 from shred_store)`.execute(db);
  const { rows } = await sql<{ id: string }>`select id from shred_store`.execute(db);
  const [store] = rows;
  if (store === undefined) throw new Error('cannot read the id just written');
  return store.id;
}
