import { DatabaseSync } from 'node:sqlite';

/**
 * Writes the log of the database back and empties it: it holds pages as they were before something was deleted, and the database itself zeroes what
 * it frees (`secure_delete`). By a connection of its own that waits for nobody: a reader in the way means false.
 */
export async function scrubSqlite(path: string): Promise<boolean> {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('pragma secure_delete = on');
    const done = database.prepare('pragma wal_checkpoint(truncate)').get() as { busy: number } | undefined;
    return done?.busy === 0;
  } catch {
    return false;
  } finally {
    database.close();
  }
}
