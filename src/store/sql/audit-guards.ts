import { type RawBuilder, sql } from 'kysely';

const tables = ['audit_pending', 'audit_trail', 'audit_heads'] as const;
const kept = ['audit_trail', 'audit_heads'] as const;
const message = 'the audit trail is append-only';
const refusal = sql.raw(`select raise(abort, '${message}')`);

/** What keeps SQLite from changing the audit trail. A line that waits may leave once the trail has the same one. */
export const sqliteAuditGuards: readonly RawBuilder<unknown>[] = [
  ...tables.map(
    (table) => sql`
    create trigger ${sql.ref(`${table}_update`)} before update on ${sql.ref(table)} begin ${refusal}; end`,
  ),
  ...kept.map(
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
  ...(['audit_pending', 'audit_trail'] as const).map(
    (table) => sql`
    create trigger ${sql.ref(`${table}_replace`)} before insert on ${sql.ref(table)}
    when exists (select 1 from ${sql.ref(table)} where id = new.id) begin ${refusal}; end`,
  ),
  sql`create trigger audit_trail_order before insert on audit_trail
    when new.seq <> coalesce((select max(seq) from audit_trail), 0) + 1 begin ${refusal}; end`,
  sql`create trigger audit_heads_replace before insert on audit_heads
    when exists (select 1 from audit_heads where seq = new.seq) begin ${refusal}; end`,
];

/** The same for PostgreSQL, which can also empty a table as a whole. */
export const postgresAuditGuards: readonly RawBuilder<unknown>[] = [
  sql.raw(`create function audit_refuse() returns trigger language plpgsql as
    $$ begin raise exception '${message}'; end $$`),
  sql.raw(`create function audit_refuse_unsealed() returns trigger language plpgsql as $$ begin
    if not exists (
      select 1 from audit_trail t
      where t.id = old.id and t.at = old.at and t.action = old.action and t.actor_kind = old.actor_kind
        and t.actor_id is not distinct from old.actor_id and t.customer_id is not distinct from old.customer_id
        and t.about is not distinct from old.about)
    then raise exception '${message}'; end if;
    return old; end $$`),
  ...kept.map(
    (table) => sql`
    create trigger ${sql.ref(`${table}_refuse`)} before update or delete or truncate on ${sql.ref(table)}
    for each statement execute function audit_refuse()`,
  ),
  sql`create trigger audit_pending_refuse before update or truncate on audit_pending
    for each statement execute function audit_refuse()`,
  sql`create trigger audit_pending_delete before delete on audit_pending
    for each row execute function audit_refuse_unsealed()`,
];
