import { access } from 'node:fs/promises';
import pg from 'pg';
import { KycError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Database } from '../database.ts';
import type { Store } from '../store.ts';
import { migrate, newestSchema, type WhenOld } from './migrations.ts';
import { openPostgres, type PostgresSettings } from './postgres-engine.ts';
import { SqlStore } from './sql-store.ts';
import { openSqlite } from './sqlite-engine.ts';
import type { SqliteSettings } from './sqlite-file.ts';

/**
 * Opens a database, brought to the newest schema.
 * @throws Error when it cannot be used, with what is wrong
 */
export function openStore(
  database: Database,
  clock: Clock,
  settings: PostgresSettings = {},
  whenOld: WhenOld = 'upgrade',
): Promise<Store> {
  return database.engine === 'sqlite'
    ? openSqliteStore(database.path, clock, {}, whenOld)
    : openPostgresStore(database.url, clock, settings, whenOld);
}

/**
 * Opens a database for a command beside the server, which makes none and changes no schema.
 * @throws TypeError when there is no file; Error as {@link openStore} does, and for a schema of an earlier release
 */
export async function openExisting(database: Database, clock: Clock, whenOld: WhenOld = 'refuse'): Promise<Store> {
  if (database.engine === 'sqlite')
    await access(database.path).catch(() => {
      throw new TypeError('DATA_DIR: expected the directory of a server that was started before; there is no database');
    });
  return openStore(database, clock, { poolSize: 2 }, whenOld);
}

/** Opens the SQLite database at `path`, creating and migrating it as needed. */
export async function openSqliteStore(
  path: string,
  clock: Clock,
  settings: SqliteSettings = {},
  whenOld: WhenOld = 'upgrade',
): Promise<Store> {
  const engine = openSqlite(path, settings);
  try {
    await engine.transact('durable', (db) => migrate(db, newestSchema, whenOld));
  } catch (error) {
    await engine.close();
    throw error;
  }
  return new SqlStore(engine, clock);
}

async function openPostgresStore(
  url: string,
  clock: Clock,
  settings: PostgresSettings,
  whenOld: WhenOld,
): Promise<Store> {
  // Over a connection of its own, without limits: what changes a large table takes its time, and other starters wait for it.
  const migrating = openPostgres(url, { poolSize: 1, timeoutMs: 0 });
  try {
    await migrating.transact('durable', (db) => migrate(db, newestSchema, whenOld));
  } catch (error) {
    throw toStartFault(error);
  } finally {
    await migrating.close();
  }
  return new SqlStore(openPostgres(url, settings), clock);
}

/** What whoever starts the server can do something about; the URL is not repeated. */
function toStartFault(error: unknown): unknown {
  const cause = error instanceof KycError ? error.cause : error;
  if (cause instanceof pg.DatabaseError)
    return new Error(`DATABASE_URL: expected a database that can be used; the server says: ${cause.message}`, {
      cause,
    });
  if (!(error instanceof KycError)) return error;
  const { code = 'no answer' } = cause as { code?: string };
  return new Error(`DATABASE_URL: expected a PostgreSQL server that answers (${code})`, { cause });
}
