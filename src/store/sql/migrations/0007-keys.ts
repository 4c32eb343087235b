import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/** Which data keys a key-encryption key wraps is found by it; and since when it may wrap none. */
export async function createKeyIndexes(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  const statements = [
    sql`create index customers_by_key on customers (kek_id, id)`,
    sql`create index uploads_by_key on uploads (kek_id, id)`,
    sql`alter table key_checks add column retired_at ${types.integer}`,
  ];
  for (const statement of statements) await statement.execute(db);
}
