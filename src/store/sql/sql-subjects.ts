import { type Kysely, sql } from 'kysely';
import { type SubjectRow, type SubjectStore, type SubjectTable, subjectTables } from '../subject-store.ts';
import type { Tables } from './tables.ts';

/** The {@link SubjectStore} over SQL. */
export class SqlSubjects implements SubjectStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async readRows(customerId: string): Promise<Readonly<Record<SubjectTable, readonly SubjectRow[]>>> {
    const found: Partial<Record<SubjectTable, readonly SubjectRow[]>> = {};
    for (const [table, column] of Object.entries(subjectTables) as [keyof typeof subjectTables, string][]) {
      const { rows } = await sql<SubjectRow>`
        select * from ${sql.table(table)} where ${sql.ref(column)} = ${customerId}`.execute(this.#db);
      found[table] = rows;
    }
    const ends = await sql<SubjectRow>`
      select * from callback_ends where callback_id in (select id from callbacks where customer_id = ${customerId})`.execute(
      this.#db,
    );
    const attempts = await sql<SubjectRow>`
      select * from delivery_attempts where delivery_id in (select id from deliveries where customer_id = ${customerId})
      order by id`.execute(this.#db);
    const uploads = await sql<SubjectRow>`
      select * from uploads where (account, memo_type, memo) in (
        select account, memo_type, memo from identities where customer_id = ${customerId})`.execute(this.#db);
    const payments = await this.#readPayments(customerId);
    const others = { callback_ends: ends.rows, delivery_attempts: attempts.rows, uploads: uploads.rows };
    return { ...found, ...others, ...payments } as Record<SubjectTable, readonly SubjectRow[]>;
  }

  /** Not what is sealed beside a payment: it is its sender's, and may be about somebody else. */
  async #readPayments(
    customerId: string,
  ): Promise<Readonly<Record<'payments' | 'payment_moves' | 'payment_receipts', readonly SubjectRow[]>>> {
    const own = sql`(select payment_id from payment_parties where customer_id = ${customerId})`;
    const payments = await sql<SubjectRow>`
      select id, protocol, kind, status, version, account, memo_type, memo, asset, details, external_id, stellar_account,
        stellar_memo_type, stellar_memo, stellar_id, funded_at, started_at, updated_at, completed_at
      from payments where id in ${own} order by started_at, id`.execute(this.#db);
    const moves = await sql<SubjectRow>`
      select payment_id, from_status, to_status, cause, reason, at
      from payment_moves where payment_id in ${own} order by id`.execute(this.#db);
    const receipts = await sql<SubjectRow>`
      select payment_id, via, reference, amount, asset, outcome, at
      from payment_receipts where payment_id in ${own} order by id`.execute(this.#db);
    return { payments: payments.rows, payment_moves: moves.rows, payment_receipts: receipts.rows };
  }
}
