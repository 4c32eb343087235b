import { type Kysely, sql } from 'kysely';
import { systemClock } from '../../lib/clock.ts';
import type { Tables } from './tables.ts';

type Migration = (db: Kysely<Tables>) => Promise<void>;

/** Numbered from 1, append-only: a migration that was released is never edited. */
const migrations: readonly Migration[] = [createCustomerTables, createUploadAndCallbackTables];

/**
 * Brings the database to the newest schema. Call it inside one write transaction, so that many starters cannot interleave.
 * @throws Error when the database was written by a newer release
 */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  await sql`create table if not exists migrations (version integer primary key, applied_at integer not null)`.execute(
    db,
  );
  const { version } = await db
    .selectFrom('migrations')
    .select((eb) => eb.fn.coalesce(eb.fn.max<number>('version'), eb.lit(0)).as('version'))
    .executeTakeFirstOrThrow();
  if (version > migrations.length) {
    throw new Error(
      `the database has schema ${version}, this release knows ${migrations.length}: start a newer release`,
    );
  }
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    await migration(db);
    await db
      .insertInto('migrations')
      .values({ version: index + 1, applied_at: systemClock.now().getTime() })
      .execute();
  }
}

async function createCustomerTables(db: Kysely<Tables>): Promise<void> {
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

async function createUploadAndCallbackTables(db: Kysely<Tables>): Promise<void> {
  const statements = [
    sql`alter table files add column content_type text not null default 'application/octet-stream'`,
    sql`create table uploads (
      id text primary key, account text not null, memo_type text not null, memo text not null,
      kek_id text not null, wrapped_key blob not null, sealed blob not null,
      content_type text not null, size_bytes integer not null, created_at integer not null, expires_at integer not null)`,
    sql`create index uploads_of_subject on uploads (account, memo_type, memo)`,
    sql`create index uploads_by_expiry on uploads (expires_at)`,
    sql`create table callbacks (
      customer_id text primary key references customers (id) on delete cascade,
      sealed_url blob not null, set_at integer not null) without rowid`,
  ];
  for (const statement of statements) await statement.execute(db);
}
