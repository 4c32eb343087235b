import pg from 'pg';
import { KycError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Store } from '../store.ts';
import { migrate, newestSchema, type WhenOld } from './migrations.ts';
import { openPostgres, type PostgresSettings } from './postgres-engine.ts';
import { SqlStore } from './sql-store.ts';

/**
 * Opens a PostgreSQL database, brought to the newest schema. In a file of its own, which nobody loads who uses none.
 * @throws Error when it cannot be used, with what is wrong
 */
export async function openPostgresStore(
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
