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
    const attempts = await sql<SubjectRow>`
      select * from delivery_attempts where delivery_id in (select id from deliveries where customer_id = ${customerId})
      order by id`.execute(this.#db);
    const uploads = await sql<SubjectRow>`
      select * from uploads where (account, memo_type, memo) in (
        select account, memo_type, memo from identities where customer_id = ${customerId})`.execute(this.#db);
    return { ...found, delivery_attempts: attempts.rows, uploads: uploads.rows } as Record<
      SubjectTable,
      readonly SubjectRow[]
    >;
  }
}
