import type { Database } from './store/database.ts';
import { openShredKeys, type SqlShredKeys } from './store/sql/sql-shred-keys.ts';
import type { Store } from './store/store.ts';

/**
 * Opens the shred store that belongs to a database.
 * @throws TypeError when the database was written with another one: every data key would be lost
 */
export async function openShreds(database: Database, store: Store): Promise<SqlShredKeys> {
  const shreds = await openShredKeys(database);
  const known = await store.erasures.fixShredStore(shreds.id);
  if (known === shreds.id) return shreds;
  await shreds.close();
  throw new TypeError(
    'SHRED_DATABASE_URL: expected the shred store that this database was written with; without it no customer can be opened',
  );
}
