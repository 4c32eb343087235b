import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/**
 * What decides a customer's status, where each stands, how they got there, the checks that wait, and the blind index.
 * Customers of before have no dossier; it is made when they are next looked at.
 */
export async function createStandingTables(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  const { text, integer, bytes, rowId, keyed } = types;
  const statements = [
    sql`alter table customers add column dossier ${text}`,
    sql`create table standings (
      customer_id ${text} not null references customers (id) on delete cascade,
      type ${text} not null, transaction_id ${text} not null, state ${text} not null, since ${integer} not null,
      due_at ${integer}, program ${text} not null, risk ${text} not null, reason ${text},
      primary key (customer_id, type, transaction_id))${keyed}`,
    sql`create index standings_by_due on standings (due_at) where due_at is not null`,
    sql`create index standings_by_program on standings (program, customer_id)`,
    sql`create index standings_by_state on standings (state, since)`,
    sql`create table moves (
      id ${rowId}, customer_id ${text} not null references customers (id) on delete cascade,
      type ${text} not null, transaction_id ${text} not null, from_state ${text}, to_state ${text} not null,
      is_visible ${integer} not null, status ${text} not null, cause ${text} not null, who ${text}, reason ${text}, at ${integer} not null)`,
    sql`create index moves_of_customer on moves (customer_id, id)`,
    sql`create table check_runs (
      customer_id ${text} not null references customers (id) on delete cascade,
      check_name ${text} not null, inputs ${text} not null, round ${integer} not null, run_at ${integer} not null,
      lease ${text}, lease_until ${integer}, attempt ${integer} not null, reference ${text},
      primary key (customer_id, check_name, inputs, round))${keyed}`,
    sql`create index check_runs_by_time on check_runs (run_at)`,
    sql`create index check_runs_by_reference on check_runs (check_name, reference) where reference is not null`,
    sql`create table blind_indexes (
      index_name ${text} not null, digest ${bytes} not null, customer_id ${text} not null references customers (id) on delete cascade,
      primary key (index_name, digest, customer_id))${keyed}`,
    sql`create index blind_indexes_of_customer on blind_indexes (customer_id, index_name)`,
    sql`create table index_keys (name ${text} primary key, kek_id ${text} not null, wrapped_key ${bytes} not null)${keyed}`,
    sql`create table evidence (
      customer_id ${text} not null references customers (id) on delete cascade,
      check_name ${text} not null, inputs ${text} not null, round ${integer} not null, sealed ${bytes} not null, at ${integer} not null,
      primary key (customer_id, check_name, inputs, round))${keyed}`,
  ];
  for (const statement of statements) await statement.execute(db);
}
