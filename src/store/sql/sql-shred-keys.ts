import { Kysely, sql } from 'kysely';
import { newUuid } from '../../lib/ids.ts';
import { newShredKey, type ShredKeys } from '../../vault/shred-keys.ts';
import { scrubSqlite } from './scrub.ts';
import { SqliteDialect } from './sqlite-dialect.ts';
import { SqliteFile } from './sqlite-file.ts';

/** The tables of the shred store, a database of its own. */
interface ShredTables {
  shred_keys: { owner: string; key: Uint8Array };
  destroyed: { owner: string; at: number };
  shred_store: { id: string };
}

interface Asked {
  readonly owner: string;
  resolve(key: Uint8Array): void;
  reject(error: unknown): void;
}

/** Where they lie. */
interface ShredEngine {
  readonly db: Kysely<ShredTables>;
  scrub(): Promise<boolean>;
  close(): Promise<void>;
}

/** Opens the shred store at `path`, made where there is none. */
export async function openSqliteShredKeys(path: string): Promise<SqlShredKeys> {
  const file = new SqliteFile(path);
  const db = new Kysely<ShredTables>({ dialect: new SqliteDialect(file) });
  const close = async (): Promise<void> => {
    await db.destroy();
    file.close();
  };
  try {
    const id = await prepare(db);
    return new SqlShredKeys({ db, close, scrub: () => scrubSqlite(path) }, id);
  } catch (error) {
    await close();
    throw error;
  }
}

/** {@link ShredKeys} over SQL. */
export class SqlShredKeys implements ShredKeys {
  /** Tells this store from every other one. */
  readonly id: string;
  readonly #engine: ShredEngine;
  readonly #db: Kysely<ShredTables>;
  #asked: Asked[] = [];

  constructor(engine: ShredEngine, id: string) {
    this.#engine = engine;
    this.#db = engine.db;
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
      select key from shred_keys where owner = ${owner}`.execute(this.#db);
    return rows[0]?.key;
  }

  async destroy(owners: readonly string[], at: Date): Promise<boolean> {
    await this.#db.transaction().execute(async (db) => {
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
      select owner from destroyed where owner > ${afterOwner} order by owner limit ${limit}`.execute(this.#db);
    return rows.map(({ owner }) => owner);
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }

  async #makeAsked(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    try {
      await this.#db.transaction().execute(async (db) => {
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
async function prepare(db: Kysely<ShredTables>): Promise<string> {
  return db.transaction().execute(async (tables) => {
    await sql`create table if not exists shred_keys (owner text primary key, key blob not null) without rowid`.execute(
      tables,
    );
    await sql`create table if not exists destroyed (owner text primary key, at integer not null) without rowid`.execute(
      tables,
    );
    await sql`create table if not exists shred_store (id text primary key) without rowid`.execute(tables);
    const known = await tables.selectFrom('shred_store').select('id').executeTakeFirst();
    if (known !== undefined) return known.id;
    const id = newUuid();
    await tables.insertInto('shred_store').values({ id }).execute();
    return id;
  });
}
