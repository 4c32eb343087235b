import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/**
 * How far payments to an account were seen on Stellar, and who looks at them until when. A paging token has up to 19 digits, more than a number
 * in JavaScript holds, and is kept as text.
 */
export async function createObserverTable(db: Kysely<Tables>, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await sql`create table observers (
    account ${text} primary key, seen_to ${text}, holder ${text}, lease_until ${integer})${keyed}`.execute(db);
}
