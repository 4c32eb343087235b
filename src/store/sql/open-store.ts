import { access } from 'node:fs/promises';
import type { Clock } from '../../lib/clock.ts';
import type { Database } from '../database.ts';
import type { Store } from '../store.ts';
import { migrate, newestSchema, type WhenOld } from './migrations.ts';
import type { PostgresSettings } from './postgres-engine.ts';
import { SqlStore } from './sql-store.ts';
import { openSqlite } from './sqlite-engine.ts';
import type { SqliteSettings } from './sqlite-file.ts';

/**
 * Opens a database, brought to the newest schema.
 * @throws Error when it cannot be used, with what is wrong
 */
export async function openStore(
  database: Database,
  clock: Clock,
  settings: PostgresSettings = {},
  whenOld: WhenOld = 'upgrade',
): Promise<Store> {
  if (database.engine === 'sqlite') return openSqliteStore(database.path, clock, {}, whenOld);
  const { openPostgresStore } = await import('./open-postgres-store.ts');
  return openPostgresStore(database.url, clock, settings, whenOld);
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
