import { Kysely } from 'kysely';
import type { Engine } from './engine.ts';
import { scrubSqlite } from './scrub.ts';
import { SqliteDialect } from './sqlite-dialect.ts';
import { SqliteFile, type SqliteSettings } from './sqlite-file.ts';
import type { Tables } from './tables.ts';

/** The SQLite database at `path`, created when it is missing. */
export function openSqlite(path: string, settings: SqliteSettings = {}): Engine {
  const file = new SqliteFile(path, settings);
  const db = new Kysely<Tables>({ dialect: new SqliteDialect(file) });
  const repeatable = new Kysely<Tables>({ dialect: new SqliteDialect(file, 'repeatable') });
  return {
    db,
    writesTogether: true,
    transact: (durability, write) => (durability === 'durable' ? db : repeatable).transaction().execute(write),
    scrub: () => scrubSqlite(path),
    async close() {
      await Promise.all([db.destroy(), repeatable.destroy()]);
      await file.close();
    },
  };
}
