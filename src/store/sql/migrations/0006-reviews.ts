import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/**
 * What reviewers hold, propose, note and did; and how a customer goes by more identities than one. `known_as` is the id that the wallet of an
 * identity or a callback was told before its customer was merged into another one; `origin` is the customer that a row was about before that.
 */
export async function createReviewTables(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  const { text, integer, bytes, rowId, keyed } = types;
  const ofCustomer = sql`customer_id ${text} not null references customers (id) on delete cascade`;
  const statements = [
    sql`alter table identities add column known_as ${text}`,
    sql`create index identities_by_known_id on identities (known_as) where known_as is not null`,
    sql`alter table callbacks add column known_as ${text}`,
    sql`alter table moves add column origin ${text}`,
    sql`create index standings_by_type on standings (state, type, since)`,
    sql`create table review_claims (
      ${ofCustomer}, type ${text} not null, operator ${text} not null, until ${integer} not null,
      primary key (customer_id, type))${keyed}`,
    sql`create table escalations (
      customer_id ${text} primary key references customers (id) on delete cascade,
      operator ${text} not null, at ${integer} not null)${keyed}`,
    sql`create table review_notes (
      id ${text} primary key, ${ofCustomer}, origin ${text}, operator ${text} not null, sealed ${bytes} not null, at ${integer} not null)`,
    sql`create index review_notes_of_customer on review_notes (customer_id, at)`,
    sql`create table proposals (
      id ${text} primary key, ${ofCustomer}, version ${integer} not null, act ${text} not null, operator ${text} not null, at ${integer} not null)`,
    sql`create index proposals_of_customer on proposals (customer_id)`,
    sql`create index proposals_by_time on proposals (at, id)`,
    sql`create table review_acts (
      id ${rowId}, ${ofCustomer}, origin ${text}, act ${text} not null, type ${text}, reason ${text}, fields ${text} not null,
      operator ${text} not null, proposed_by ${text}, at ${integer} not null)`,
    sql`create index review_acts_of_customer on review_acts (customer_id, id)`,
    sql`create table merged_evidence (
      ${ofCustomer}, origin ${text} not null, check_name ${text} not null, inputs ${text} not null, round ${integer} not null,
      sealed ${bytes} not null, at ${integer} not null,
      primary key (customer_id, origin, check_name, inputs, round))${keyed}`,
  ];
  for (const statement of statements) await statement.execute(db);
}
