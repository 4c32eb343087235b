import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import type pg from 'pg';
import { toKycError } from './postgres-faults.ts';

/** One use of a connection of the pool. */
export class PostgresConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient;
  #isBroken = false;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  /** @throws KycError `unavailable` when the database cannot be used now */
  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, rowCount, command } = await this.#query<R>(sql, parameters.map(toParameter));
    return command === 'SELECT' ? { rows } : { rows, numAffectedRows: BigInt(rowCount ?? 0) };
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator; nothing here streams
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not used on PostgreSQL');
  }

  /** Runs statements without parameters or rows. */
  async run(sql: string): Promise<void> {
    await this.#query(sql);
  }

  /** @throws Error when the server rolled back instead, as it does after a failed statement */
  async commit(): Promise<void> {
    const { command } = await this.#query('commit');
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
  }

  /** A connection that cannot roll back is not used again; the server rolls back when it is gone. */
  async rollback(): Promise<void> {
    if (this.#isBroken) return;
    try {
      await this.#query('rollback');
    } catch {
      this.#isBroken = true;
    }
  }

  /** Gives it back to the pool. */
  release(): void {
    this.#client.release(this.#isBroken);
  }

  async #query<R>(text: string, values?: unknown[]): Promise<pg.QueryResult<R & pg.QueryResultRow>> {
    try {
      return await this.#client.query<R & pg.QueryResultRow>(text, values);
    } catch (error) {
      const told = toKycError(error);
      // The answer to a question that was given up may still come: nobody else must get it.
      if (told !== error) this.#isBroken = true;
      throw told;
    }
  }
}

/** PostgreSQL keeps no NUL in a text; what it keeps in its place is what the driver sends for half of a surrogate pair. */
function toParameter(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
}
