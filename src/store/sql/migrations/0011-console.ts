import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/**
 * Whoever signs in to the console. No token, password or secret of a second factor is kept: only what they are checked by. `name_key` is
 * the name in lower case, because two names that differ in case alone are one person's. Attempts are counted by a keyed hash of the name that was
 * typed, whether or not there is somebody of that name.
 */
export async function createConsoleTables(
  db: Kysely<Tables>,
  { text, integer, bytes, keyed, tail }: ColumnTypes,
): Promise<void> {
  const ofOperator = sql`operator_id ${text} not null references console_operators (id) on delete cascade`;
  const queue = tail('customer_id', 'type', 'transaction_id');
  const statements = [
    sql`create table console_operators (
      id ${text} primary key, name ${text} not null, name_key ${text} not null unique, role ${text} not null,
      state ${text} not null, password ${text}, totp_salt ${text}, totp_step ${integer} not null, subject ${text} unique,
      created_at ${integer} not null)`,
    sql`create table console_invitations (
      token_hash ${text} primary key, ${ofOperator}, expires_at ${integer} not null)${keyed}`,
    sql`create index console_invitations_of_operator on console_invitations (operator_id)`,
    sql`create table console_sessions (
      token_hash ${text} primary key, ${ofOperator}, public_id ${text} not null, created_at ${integer} not null,
      seen_at ${integer} not null, by_what ${text} not null)${keyed}`,
    sql`create index console_sessions_of_operator on console_sessions (operator_id)`,
    sql`create table console_attempts (
      bucket ${text} primary key, failures ${integer} not null, locked_until ${integer} not null,
      at ${integer} not null)${keyed}`,
    sql`create table console_passkeys (
      id ${text} primary key, ${ofOperator}, public_key ${bytes} not null, counter ${integer} not null,
      label ${text} not null, created_at ${integer} not null)`,
    sql`create index console_passkeys_of_operator on console_passkeys (operator_id)`,
    // Those who wait are few beside those who are done: indexes of them alone cost a PUT nothing.
    sql`create index standings_waiting_by_reason on standings (reason, since${queue}) where state = 'in-review'`,
    sql`create index standings_waiting_by_risk on standings (risk, since${queue}) where state = 'in-review'`,
    sql`create index review_claims_by_operator on review_claims (operator, until)`,
    sql`create index deliveries_failed on deliveries (id) where state = 'failed'`,
    sql`create index deliveries_of_target on deliveries (target, id)`,
  ];
  for (const statement of statements) await statement.execute(db);
}
