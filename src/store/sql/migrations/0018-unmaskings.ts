import { type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.ts';

/** How many values somebody unmasked lately is counted where each is written down. Indexes of those lines alone cost no other line anything. */
export async function createUnmaskingIndexes(db: Kysely<Tables>): Promise<void> {
  for (const table of ['audit_pending', 'audit_trail'] as const)
    await sql`
      create index ${sql.id(`${table}_unmaskings`)} on ${sql.table(table)} (actor_id, at)
      where action = 'value.unmasked'`.execute(db);
}
