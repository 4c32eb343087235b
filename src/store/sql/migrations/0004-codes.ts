import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/** Confirmation codes that were or are to be sent, and how many were lately sent for whom. */
export async function createCodeTables(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  const { text, integer, bytes, keyed } = types;
  const statements = [
    sql`create table codes (
      customer_id ${text} not null references customers (id) on delete cascade,
      field ${text} not null, rev ${integer} not null, state ${text} not null, asked_at ${integer} not null,
      send_at ${integer}, lease ${text}, lease_until ${integer}, attempt ${integer} not null, fault ${text},
      code_id ${text}, hash ${bytes}, expires_at ${integer}, tries ${integer} not null,
      primary key (customer_id, field))${keyed}`,
    sql`create index codes_by_time on codes (send_at) where send_at is not null`,
    // No customer is named here: a cap must hold, too, for one who was deleted and comes again.
    sql`create table code_sends (bucket ${bytes} not null, at ${integer} not null)`,
    sql`create index code_sends_of_bucket on code_sends (bucket, at)`,
    sql`create index code_sends_by_time on code_sends (at)`,
  ];
  for (const statement of statements) await statement.execute(db);
}
