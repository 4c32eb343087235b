import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/**
 * Customers who are erased and whose data must be kept, holds, tombstones, and what is to be shredded. A customer's `retained_at` says that
 * nobody but who purges, holds or exports them may find them.
 */
export async function createErasureTables(
  db: Kysely<Tables>,
  { text, integer, bytes, keyed }: ColumnTypes,
): Promise<void> {
  const ofCustomer = sql`customer_id ${text} primary key references customers (id) on delete cascade`;
  const statements = [
    sql`alter table customers add column retained_at ${integer}`,
    sql`create table retentions (
      ${ofCustomer}, delete_after ${integer} not null, ground ${text} not null, sealed_identities ${bytes} not null)${keyed}`,
    sql`create index retentions_by_date on retentions (delete_after, customer_id)`,
    sql`create table legal_holds (
      ${ofCustomer}, operator ${text} not null, sealed_reason ${bytes} not null, at ${integer} not null)${keyed}`,
    // No customer is named here: it is of somebody who is gone.
    sql`create table tombstones (
      index_name ${text} not null, digest ${bytes} not null, id ${text} not null, reason ${text} not null, effect ${text} not null,
      at ${integer} not null, expires_at ${integer} not null, primary key (index_name, digest, id))${keyed}`,
    sql`create index tombstones_by_id on tombstones (id)`,
    sql`create index tombstones_by_end on tombstones (expires_at)`,
    sql`create table shred_queue (owner ${text} primary key, at ${integer} not null)${keyed}`,
    // Up to which customer data keys of earlier releases were looked for; null once all were.
    sql`create table shred_stores (id ${text} primary key, looked_at ${text})${keyed}`,
  ];
  for (const statement of statements) await statement.execute(db);
}
