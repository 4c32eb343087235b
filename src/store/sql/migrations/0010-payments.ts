import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import type { Tables } from '../tables.ts';

/**
 * Payments, their customers and their moves. A payment outlives its customers: what was paid must be known when who was paid is erased. `execute_at` is
 * when the rails may be asked, null while they may not; while somebody holds a payment, `lease_until` is when that ends.
 */
export async function createPaymentTables(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  const { text, integer, bytes, rowId, keyed } = types;
  const statements = [
    sql`create table payments (
      id ${text} primary key, protocol ${text} not null, kind ${text} not null, status ${text} not null, version ${integer} not null,
      account ${text} not null, memo_type ${text} not null, memo ${text} not null,
      asset ${text} not null, details ${text} not null, external_id ${text},
      stellar_account ${text}, stellar_memo_type ${text}, stellar_memo ${text}, stellar_id ${text},
      funded_at ${integer}, started_at ${integer} not null, updated_at ${integer} not null, completed_at ${integer},
      execute_at ${integer}, lease ${text}, lease_until ${integer}, round ${integer} not null, attempts ${integer} not null,
      kek_id ${text}, wrapped_key ${bytes}, sealed_fields ${bytes}, sealed_callback ${bytes}, callback_target ${text})${keyed}`,
    sql`create index payments_by_owner on payments (account, protocol, started_at)`,
    sql`create unique index payments_by_memo on payments (stellar_account, stellar_memo_type, stellar_memo)
      where stellar_memo is not null`,
    sql`create index payments_by_stellar_id on payments (stellar_id) where stellar_id is not null`,
    sql`create index payments_by_external_id on payments (external_id) where external_id is not null`,
    sql`create index payments_to_execute on payments (execute_at) where execute_at is not null`,
    sql`create table payment_parties (
      payment_id ${text} not null references payments (id), role ${text} not null, customer_id ${text} not null,
      known_as ${text} not null, type ${text} not null, clearance ${text} not null, asks ${text} not null,
      is_open ${integer} not null, is_closable ${integer} not null,
      primary key (payment_id, role))${keyed}`,
    sql`create index payment_parties_of_customer on payment_parties (customer_id) where is_open = 1`,
    sql`create index payment_parties_closable on payment_parties (payment_id) where is_closable = 1`,
    sql`create index payment_parties_lost on payment_parties (type) where is_open = 1 and clearance = 'lost'`,
    sql`create table payment_moves (
      id ${rowId}, payment_id ${text} not null references payments (id),
      from_status ${text}, to_status ${text} not null, cause ${text} not null, who ${text}, reason ${text}, at ${integer} not null)`,
    sql`create index payment_moves_of_payment on payment_moves (payment_id, id)`,
    sql`create index payments_by_key on payments (kek_id, id) where kek_id is not null`,
    sql`alter table deliveries add column payment_id ${text}`,
  ];
  for (const statement of statements) await statement.execute(db);
}
