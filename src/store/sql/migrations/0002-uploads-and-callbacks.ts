import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/** Files sent ahead, and where status changes are posted. */
export async function createUploadAndCallbackTables(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  const { text, integer, bytes, keyed } = types;
  const statements = [
    sql`alter table files add column content_type ${text} not null default 'application/octet-stream'`,
    sql`create table uploads (
      id ${text} primary key, account ${text} not null, memo_type ${text} not null, memo ${text} not null,
      kek_id ${text} not null, wrapped_key ${bytes} not null, sealed ${bytes} not null,
      content_type ${text} not null, size_bytes ${integer} not null, created_at ${integer} not null, expires_at ${integer} not null)`,
    sql`create index uploads_of_subject on uploads (account, memo_type, memo)`,
    sql`create index uploads_by_expiry on uploads (expires_at)`,
    sql`create table callbacks (
      customer_id ${text} primary key references customers (id) on delete cascade,
      sealed_url ${bytes} not null, set_at ${integer} not null)${keyed}`,
  ];
  for (const statement of statements) await statement.execute(db);
}
