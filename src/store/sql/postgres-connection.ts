import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import type pg from 'pg';
import { isOutdated, toKycError } from './postgres-faults.ts';
import type { StatementNames } from './statement-names.ts';

/** One use of a connection of the pool. */
export class PostgresConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient;
  readonly #names: StatementNames;
  #isInTransaction = false;
  #isBroken = false;

  constructor(client: pg.PoolClient, names: StatementNames) {
    this.#client = client;
    this.#names = names;
  }

  /** @throws KycError `unavailable` when the database cannot be used now */
  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const name = this.#names.nameOf(sql);
    const statement = { text: sql, values: parameters.map(toParameter) };
    try {
      return toResult(await this.#query<R>({ ...statement, ...(name !== undefined && { name }) }));
    } catch (error) {
      // In a transaction there is nothing more to be done than all of it again.
      if (this.#isInTransaction || !isOutdated(error)) throw error;
      return toResult(await this.#query<R>(statement));
    }
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator; nothing here streams
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not used on PostgreSQL');
  }

  /** Begins a transaction with these statements. */
  async begin(statements: string): Promise<void> {
    this.#isInTransaction = true;
    await this.#query({ text: statements });
  }

  /** @throws Error when the server rolled back instead, as it does after a failed statement */
  async commit(): Promise<void> {
    const { command } = await this.#query({ text: 'commit' });
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
  }

  /** A connection that cannot roll back is not used again; the server rolls back when it is gone. */
  async rollback(): Promise<void> {
    if (this.#isBroken) return;
    try {
      await this.#query({ text: 'rollback' });
    } catch {
      this.#isBroken = true;
    }
  }

  /** Gives it back to the pool. */
  release(): void {
    this.#client.release(this.#isBroken);
  }

  async #query<R>(statement: pg.QueryConfig): Promise<pg.QueryResult<R & pg.QueryResultRow>> {
    try {
      return await this.#client.query<R & pg.QueryResultRow>(statement);
    } catch (error) {
      const told = toKycError(error);
      // The answer to a question that was given up may still come: nobody else must get it.
      if (told !== error || isOutdated(error)) this.#isBroken = true;
      throw told;
    }
  }
}

function toResult<R>({ rows, rowCount, command }: pg.QueryResult<R & pg.QueryResultRow>): QueryResult<R> {
  return command === 'SELECT' ? { rows } : { rows, numAffectedRows: BigInt(rowCount ?? 0) };
}

/** PostgreSQL keeps no NUL in a text; what it keeps in its place is what the driver sends for half of a surrogate pair. */
function toParameter(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
}
