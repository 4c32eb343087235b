import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { CompiledQuery, QueryResult } from 'kysely';
import { KycError } from '../../errors.ts';

interface Prepared {
  readonly statement: StatementSync;
  /** Whether it answers rows, if only those it wrote (`returning`). */
  readonly hasRows: boolean;
}

/** Primary result codes of SQLite that mean "not now": busy, locked, read-only, I/O error, full, cannot open. */
const passingFaults = new Set([5, 6, 8, 10, 13, 14]);
const busy = 5;

/** A connection to the SQLite that ships with Node, with its prepared statements. What it does, it does before it answers. */
export class SqliteConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();

  /** @param timeoutMs how long a statement waits for other processes, and the thread with it */
  constructor(path: string, timeoutMs: number) {
    this.#database = new DatabaseSync(path, { timeout: timeoutMs, enableForeignKeyConstraints: true });
    waitFor(() => this.#database.exec('pragma journal_mode = wal'), timeoutMs);
    this.#database.exec('pragma synchronous = full; pragma secure_delete = on');
  }

  /** Runs a statement. @throws KycError `unavailable` when the database cannot be used now */
  query<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    return this.#guard(() => {
      const { statement, hasRows } = this.#prepare(sql);
      const values = parameters as SQLInputValue[];
      if (hasRows) return { rows: statement.all(...values) as R[] };
      return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) };
    });
  }

  /** Runs a statement without parameters or rows, as {@link query} does. */
  run(sql: string): void {
    this.#guard(() => this.#prepare(sql).statement.run());
  }

  /** Begins a transaction that may write; false while another process or thread is at it. */
  tryBegin(): boolean {
    try {
      // IMMEDIATE takes the write lock at once: a transaction that reads first and writes later could otherwise only fail.
      this.#prepare('begin immediate').statement.run();
      return true;
    } catch (error) {
      if (resultCode(error) === busy) return false;
      throw toKycError(error);
    }
  }

  /** SQLite rolls back by itself after some errors; then there is nothing left to roll back. */
  rollback(): void {
    if (this.#database.isTransaction) this.run('rollback');
  }

  /** Lets go of the file. */
  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): Prepared {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    const prepared = { statement, hasRows: statement.columns().length > 0 };
    this.#statements.set(sql, prepared);
    return prepared;
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toKycError(error);
    }
  }
}

/** Switching to WAL does not wait for other starters by itself, as every other statement does. */
function waitFor(work: () => void, timeoutMs: number): void {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    try {
      work();
      return;
    } catch (error) {
      if (resultCode(error) !== busy || performance.now() > giveUpAt) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/** SQLite's primary result code, if that is what failed. */
function resultCode(error: unknown): number | undefined {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

function toKycError(error: unknown): unknown {
  return passingFaults.has(resultCode(error) ?? 0) ? databaseAway(error) : error;
}

/** That the database cannot be used now. */
export function databaseAway(cause?: unknown): KycError {
  return new KycError('unavailable', { key: 'error.database_away' }, { cause, retryAfterSeconds: 5 });
}
