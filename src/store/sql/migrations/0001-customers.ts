import { type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.ts';

/** Customers, their identities, values and files; what signing in remembers. */
export async function createCustomerTables(db: Kysely<Tables>): Promise<void> {
  const statements = [
    sql`create table customers (
      id text primary key, version integer not null, kek_id text not null, wrapped_key blob not null,
      created_at integer not null, updated_at integer not null)`,
    sql`create table identities (
      account text not null, memo_type text not null, memo text not null,
      customer_id text not null references customers (id) on delete cascade,
      primary key (account, memo_type, memo)) without rowid`,
    sql`create index identities_of_customer on identities (customer_id)`,
    sql`create table field_values (
      customer_id text not null references customers (id) on delete cascade,
      field text not null, sealed blob not null, updated_at integer not null,
      primary key (customer_id, field)) without rowid`,
    sql`create table files (
      id text primary key, customer_id text not null references customers (id) on delete cascade,
      field text not null, size_bytes integer not null, created_at integer not null)`,
    sql`create index files_of_customer on files (customer_id, field)`,
    sql`create table used_challenges (hash text primary key, expires_at integer not null) without rowid`,
    sql`create index used_challenges_by_expiry on used_challenges (expires_at)`,
    sql`create table account_uses (account text primary key, use text not null) without rowid`,
    sql`create table key_checks (kek_id text primary key, wrapped blob not null) without rowid`,
  ];
  for (const statement of statements) await statement.execute(db);
}
