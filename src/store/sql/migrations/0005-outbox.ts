import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/**
 * What is to be told to wallets and operators, and what came of it. `next_at` of a delivery is when it may be taken: while somebody
 * holds it, that is when their lease ends. Rows about wallets go with their customer; an operator's events name the customer in
 * their lane and payload alone, so that the last one can tell of the erasure.
 */
export async function createOutboxTables(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  const { text, integer, id, rowId, keyed } = types;
  const statements = [
    sql`alter table callbacks add column target ${text} not null default ''`,
    sql`create table callback_ends (
      customer_id ${text} not null references customers (id) on delete cascade,
      type ${text} not null, ended_at ${integer} not null, primary key (customer_id, type))${keyed}`,
    sql`create table outbox_events (
      id ${id}, event_id ${text} not null, customer_id ${text} not null, name ${text} not null,
      payload ${text} not null, at ${integer} not null)`,
    sql`create table deliveries (
      id ${id}, kind ${text} not null, lane ${text} not null, target ${text} not null,
      customer_id ${text} references customers (id) on delete cascade, type ${text} not null, event_id ${text}, payload ${text},
      state ${text} not null, attempts ${integer} not null, next_at ${integer} not null, lease ${text}, outcome ${text},
      created_at ${integer} not null, finished_at ${integer})`,
    // The predicates are spelled as the queries spell them: SQLite uses a partial index for a literal alone.
    sql`create index deliveries_by_target on deliveries (target, next_at) where state = 'pending'`,
    sql`create index deliveries_by_lane on deliveries (lane, id) where state = 'pending'`,
    sql`create index deliveries_by_age on deliveries (created_at) where state = 'pending'`,
    sql`create index deliveries_of_customer on deliveries (customer_id)`,
    sql`create index deliveries_by_end on deliveries (finished_at) where finished_at is not null`,
    sql`create table delivery_attempts (
      id ${rowId}, delivery_id ${integer} not null references deliveries (id) on delete cascade,
      at ${integer} not null, outcome ${text} not null, http_status ${integer}, latency_ms ${integer} not null)`,
    sql`create index delivery_attempts_of_delivery on delivery_attempts (delivery_id)`,
    sql`create table delivery_targets (
      target ${text} primary key, failures ${integer} not null, failing_since ${integer} not null, open_until ${integer} not null,
      off_since ${integer}, off_reason ${text})${keyed}`,
  ];
  for (const statement of statements) await statement.execute(db);
}
