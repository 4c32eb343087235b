import { sql, type Transaction } from 'kysely';
import type { Tables } from './tables.ts';

/** Writes down whose data keys are gone, in the transaction in which they go: their shred keys are to follow. */
export async function queueShreds(db: Transaction<Tables>, owners: readonly string[], now: number): Promise<void> {
  for (const owner of owners) {
    await sql`
      insert into shred_queue (owner, at) values (${owner}, ${now}) on conflict (owner) do nothing`.execute(db);
  }
}
