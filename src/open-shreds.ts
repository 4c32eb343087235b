import { access } from 'node:fs/promises';
import type { Database } from './store/database.ts';
import { openShredKeys, type SqlShredKeys } from './store/sql/sql-shred-keys.ts';
import type { Store } from './store/store.ts';

/**
 * Opens the shred store that belongs to a database.
 * @throws TypeError when the database was written with another one: every data key would be lost
 */
export async function openShreds(database: Database, store: Store): Promise<SqlShredKeys> {
  await refuseMissing(database, store);
  const shreds = await openShredKeys(database);
  const known = await store.erasures.fixShredStore(shreds.id);
  if (known === shreds.id) return shreds;
  await shreds.close();
  throw new TypeError(
    'SHRED_DATABASE_URL: expected the shred store that this database was written with; without it no customer can be opened',
  );
}

/** An empty one that is made in the place of a lost one would only be in the way of its copy. */
async function refuseMissing(database: Database, store: Store): Promise<void> {
  if (database.engine !== 'sqlite' || (await store.erasures.findShredStore()) === undefined) return;
  await access(database.path).catch(() => {
    throw new TypeError(
      `SHRED_DATABASE_URL: expected the shred store that this database was written with, and there is none: restore it from its copy by 'anchor-kyc shreds restore'`,
    );
  });
}
