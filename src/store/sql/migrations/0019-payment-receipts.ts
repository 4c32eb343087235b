import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/** The money that came for each payment: also what was not asked for, and belongs to whoever sent it. A transaction that brought some is one row, however often it is told of. */
export async function createReceiptTable(db: Kysely<Tables>, { text, integer, rowId }: ColumnTypes): Promise<void> {
  await sql`create table payment_receipts (
    id ${rowId}, payment_id ${text} not null references payments (id), via ${text} not null, reference ${text} not null,
    amount ${text}, asset ${text}, outcome ${text} not null, at ${integer} not null)`.execute(db);
  await sql`create unique index payment_receipts_of_payment on payment_receipts (payment_id, via, reference)`.execute(
    db,
  );
}
