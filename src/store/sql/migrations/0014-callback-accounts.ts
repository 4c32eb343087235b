import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/** Whose wallet set a callback: when that account is taken from the customer, its wallet must not be told of them any more. */
export async function addCallbackAccounts(db: Kysely<Tables>, { text }: ColumnTypes): Promise<void> {
  await sql`alter table callbacks add column account ${text}`.execute(db);
}
