import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/**
 * Of a payment: the quote that it is made by, which no other payment may be made by, and the versions of its customers at which the rails were first
 * asked under its present key.
 */
export async function addExchangeColumns(db: Kysely<Tables>, { text }: ColumnTypes): Promise<void> {
  const statements = [
    sql`alter table payments add column quote_id ${text}`,
    sql`create unique index payments_by_quote on payments (quote_id)`,
    sql`alter table payments add column asked_at ${text}`,
  ];
  for (const statement of statements) await statement.execute(db);
}
