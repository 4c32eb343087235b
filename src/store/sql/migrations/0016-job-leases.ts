import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/** Which process does what one at a time is to do, and until when. */
export async function createJobTable(db: Kysely<Tables>, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await sql`create table job_leases (
    job ${text} primary key, holder ${text} not null, lease_until ${integer} not null)${keyed}`.execute(db);
}
