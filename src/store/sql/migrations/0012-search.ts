import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/**
 * Up to which customer entries to be found by were made for those of before, by what entries depend on; null once they were for all. The entries themselves are
 * rows of `blind_indexes`, under names that nothing else goes by.
 */
export async function createSearchTables(db: Kysely<Tables>, { text, keyed }: ColumnTypes): Promise<void> {
  await sql`create table search_progress (scheme ${text} primary key, looked_at ${text})${keyed}`.execute(db);
}
