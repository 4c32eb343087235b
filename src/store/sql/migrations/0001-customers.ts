import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/** Customers, their identities, values and files; what signing in remembers. */
export async function createCustomerTables(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  const { text, integer, bytes, keyed } = types;
  const statements = [
    sql`create table customers (
      id ${text} primary key, version ${integer} not null, kek_id ${text} not null, wrapped_key ${bytes} not null,
      created_at ${integer} not null, updated_at ${integer} not null)`,
    sql`create table identities (
      account ${text} not null, memo_type ${text} not null, memo ${text} not null,
      customer_id ${text} not null references customers (id) on delete cascade,
      primary key (account, memo_type, memo))${keyed}`,
    sql`create index identities_of_customer on identities (customer_id)`,
    sql`create table field_values (
      customer_id ${text} not null references customers (id) on delete cascade,
      field ${text} not null, sealed ${bytes} not null, updated_at ${integer} not null,
      primary key (customer_id, field))${keyed}`,
    sql`create table files (
      id ${text} primary key, customer_id ${text} not null references customers (id) on delete cascade,
      field ${text} not null, size_bytes ${integer} not null, created_at ${integer} not null)`,
    sql`create index files_of_customer on files (customer_id, field)`,
    sql`create table used_challenges (hash ${text} primary key, expires_at ${integer} not null)${keyed}`,
    sql`create index used_challenges_by_expiry on used_challenges (expires_at)`,
    sql`create table account_uses (account ${text} primary key, use ${text} not null)${keyed}`,
    sql`create table key_checks (kek_id ${text} primary key, wrapped ${bytes} not null)${keyed}`,
  ];
  for (const statement of statements) await statement.execute(db);
}
