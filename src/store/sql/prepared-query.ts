import type { CompiledQuery, Kysely, RawBuilder } from 'kysely';
import type { Tables } from './tables.ts';

/** A query composed once, for what runs on every request: composing it anew takes a tenth of what answering it does. */
export class PreparedQuery<Row> {
  readonly #db: Kysely<Tables>;
  readonly #compiled: CompiledQuery<Row>;

  /** @param query with any values in it, as many as {@link run} is given */
  constructor(db: Kysely<Tables>, query: RawBuilder<Row>) {
    this.#db = db;
    this.#compiled = query.compile(db);
  }

  /** Its rows for these values, in the order in which they stand in the query. */
  async run(...values: readonly (string | number)[]): Promise<readonly Row[]> {
    const query: CompiledQuery<Row> = { ...this.#compiled, parameters: values };
    return (await this.#db.executeQuery(query)).rows;
  }
}
