import { type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.ts';

/**
 * The audit trail. A line is written to `audit_pending` with what it tells, so that nobody who writes waits for another one's place in the chain; a job
 * moves it to `audit_trail`, where it has its place and hash. The database lets nothing be changed, and a line leave the first table only once the
 * second one has it. No table is referred to: lines outlive what they are about.
 */
export async function createAuditTables(db: Kysely<Tables>): Promise<void> {
  const line = sql`at integer not null, action text not null, actor_kind text not null, actor_id text, customer_id text, about text`;
  const statements = [
    sql`create table audit_pending (id integer primary key autoincrement, ${line})`,
    sql`create index audit_pending_of_customer on audit_pending (customer_id, id)`,
    sql`create table audit_trail (seq integer primary key, id integer not null unique, ${line}, hash blob not null)`,
    sql`create index audit_trail_of_customer on audit_trail (customer_id, id)`,
    sql`create table audit_heads (
      seq integer primary key, hash blob not null, at integer not null, account text not null, signature blob not null)`,
    ...guards,
  ];
  for (const statement of statements) await statement.execute(db);
}

const refusal = sql`select raise(abort, 'the audit trail is append-only')`;

const guards = [
  ...['audit_pending', 'audit_trail', 'audit_heads'].map(
    (table) => sql`
      create trigger ${sql.ref(`${table}_update`)} before update on ${sql.ref(table)} begin ${refusal}; end`,
  ),
  ...['audit_trail', 'audit_heads'].map(
    (table) => sql`
      create trigger ${sql.ref(`${table}_delete`)} before delete on ${sql.ref(table)} begin ${refusal}; end`,
  ),
  sql`create trigger audit_pending_delete before delete on audit_pending
    when not exists (
      select 1 from audit_trail t
      where t.id = old.id and t.at = old.at and t.action = old.action and t.actor_kind = old.actor_kind
        and t.actor_id is old.actor_id and t.customer_id is old.customer_id and t.about is old.about)
    begin ${refusal}; end`,
  // `insert or replace` deletes without asking the triggers above.
  ...['audit_pending', 'audit_trail'].map(
    (table) => sql`
      create trigger ${sql.ref(`${table}_replace`)} before insert on ${sql.ref(table)}
      when exists (select 1 from ${sql.ref(table)} where id = new.id) begin ${refusal}; end`,
  ),
  sql`create trigger audit_trail_order before insert on audit_trail
    when new.seq <> coalesce((select max(seq) from audit_trail), 0) + 1 begin ${refusal}; end`,
  sql`create trigger audit_heads_replace before insert on audit_heads
    when exists (select 1 from audit_heads where seq = new.seq) begin ${refusal}; end`,
];
