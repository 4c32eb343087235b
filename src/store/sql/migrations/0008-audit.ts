import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import { grammarOf } from '../grammar.ts';
import type { Tables } from '../tables.ts';

/**
 * The audit trail. A line is written to `audit_pending` with what it tells, so that nobody who writes waits for another one's place in the chain; a job
 * moves it to `audit_trail`, where it has its place and hash. The database lets nothing be changed, and a line leave the first table only once the
 * second one has it. No table is referred to: lines outlive what they are about.
 */
export async function createAuditTables(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  const { text, integer, bytes, id } = types;
  const line = sql`at ${integer} not null, action ${text} not null, actor_kind ${text} not null, actor_id ${text},
    customer_id ${text}, about ${text}`;
  const place = sql`seq ${integer} primary key`;
  const statements = [
    sql`create table audit_pending (id ${id}, ${line})`,
    sql`create index audit_pending_of_customer on audit_pending (customer_id, id)`,
    sql`create table audit_trail (${place}, id ${integer} not null unique, ${line}, hash ${bytes} not null)`,
    sql`create index audit_trail_of_customer on audit_trail (customer_id, id)`,
    sql`create table audit_heads (
      ${place}, hash ${bytes} not null, at ${integer} not null, account ${text} not null, signature ${bytes} not null)`,
    ...grammarOf(db).auditGuards,
  ];
  for (const statement of statements) await statement.execute(db);
}
