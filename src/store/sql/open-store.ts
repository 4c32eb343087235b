import { KycError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Store } from '../store.ts';
import type { Engine } from './engine.ts';
import { migrate } from './migrations.ts';
import { openPostgres, type PostgresSettings } from './postgres-engine.ts';
import { SqlStore } from './sql-store.ts';
import { openSqlite } from './sqlite-engine.ts';
import type { SqliteSettings } from './sqlite-file.ts';

/** Where customers are kept. A URL may hold a password: it is in no message and no log. */
export type Database =
  | { readonly engine: 'sqlite'; readonly path: string }
  | { readonly engine: 'postgres'; readonly url: string };

/** Opens a database, brought to the newest schema. */
export function openStore(database: Database, clock: Clock): Promise<Store> {
  return database.engine === 'sqlite' ? openSqliteStore(database.path, clock) : openPostgresStore(database.url, clock);
}

/** Opens the SQLite database at `path`, creating and migrating it as needed. */
export async function openSqliteStore(path: string, clock: Clock, settings: SqliteSettings = {}): Promise<Store> {
  const engine = openSqlite(path, settings);
  await engine.transact('durable', (db) => migrate(db));
  return new SqlStore(engine, clock);
}

/**
 * Opens the PostgreSQL database that a URL names, migrating it as needed.
 * @throws Error that says what is wrong with the server or the URL, without the URL
 */
export async function openPostgresStore(url: string, clock: Clock, settings: PostgresSettings = {}): Promise<Store> {
  await migratePostgres(url);
  return new SqlStore(openPostgres(url, settings), clock);
}

/** Over a connection of its own, without limits: what changes a large table takes its time, and other starters wait for it. */
async function migratePostgres(url: string): Promise<void> {
  const engine: Engine = openPostgres(url, { poolSize: 1, timeoutMs: 0 });
  try {
    await engine.transact('durable', (db) => migrate(db));
  } catch (error) {
    const { cause } = error instanceof KycError ? error : { cause: error };
    const { code = '', message = '' } = cause as { code?: string; message?: string };
    if (!(error instanceof KycError) && code === '') throw error;
    throw new Error(`DATABASE_URL: the PostgreSQL server cannot be used: ${message || 'no answer'} (${code})`, {
      cause,
    });
  } finally {
    await engine.close();
  }
}
