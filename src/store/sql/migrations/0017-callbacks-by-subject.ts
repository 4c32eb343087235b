import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/**
 * A callback for each subject that sets one, in place of one for each customer. Those there are keep the customer's id as theirs: it is the lane of what waits for them, and
 * tells that their URL is sealed without one. By which memo they were set nobody knows (`memo_type` is null), nor of the oldest by which account. What had ended for a
 * callback that is gone is gone with it.
 */
export async function splitCallbacks(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  const { text, integer, bytes, keyed } = types;
  const statements = [
    sql`create table callbacks_before as select * from callbacks`,
    sql`create table callback_ends_before as select * from callback_ends`,
    sql`drop table callbacks`,
    sql`drop table callback_ends`,
    sql`create table callbacks (
      id ${text} primary key, customer_id ${text} not null references customers (id) on delete cascade,
      known_as ${text} not null, account ${text}, memo_type ${text}, memo ${text},
      sealed_url ${bytes} not null, set_at ${integer} not null, target ${text} not null)${keyed}`,
    sql`create unique index callbacks_of_customer on callbacks (customer_id, known_as, account, memo_type, memo)`,
    sql`create table callback_ends (
      callback_id ${text} not null references callbacks (id) on delete cascade,
      type ${text} not null, ended_at ${integer} not null, primary key (callback_id, type))${keyed}`,
    sql`insert into callbacks (id, customer_id, known_as, account, sealed_url, set_at, target)
      select customer_id, customer_id, coalesce(known_as, customer_id), account, sealed_url, set_at, target from callbacks_before`,
    sql`insert into callback_ends (callback_id, type, ended_at)
      select e.customer_id, e.type, e.ended_at from callback_ends_before e inner join callbacks c on c.id = e.customer_id`,
    sql`drop table callbacks_before`,
    sql`drop table callback_ends_before`,
  ];
  for (const statement of statements) await statement.execute(db);
}
