import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { KycError } from '../../errors.ts';

/** How the database is opened. */
export interface SqliteSettings {
  /** How long a statement waits for another process' write before the request is answered 503. Default: 5000. */
  readonly busyTimeoutMs?: number;
}

/** Primary result codes of SQLite that mean "not now": busy, locked, read-only, I/O error, full, cannot open. */
const passingFaults = new Set([5, 6, 8, 10, 13, 14]);
const busy = 5;

/** Kysely over the SQLite that ships with Node: one connection, durable commits, prepared statements kept. */
export class SqliteDialect implements Dialect {
  readonly #path: string;
  readonly #settings: SqliteSettings;

  /** @param path the database file, created when it is missing */
  constructor(path: string, settings: SqliteSettings = {}) {
    this.#path = path;
    this.#settings = settings;
  }

  createDriver(): Driver {
    return new SqliteDriver(new SqliteConnection(this.#path, this.#settings));
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return new QueueingAdapter();
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }
}

/** Leaves the waiting to {@link SqliteDriver}: Kysely's own lock wakes all who wait whenever one is done. */
class QueueingAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** Hands the one connection to one user at a time, so that no statement slips into another's transaction. */
class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection;
  #lastUse: Promise<void> = Promise.resolve();
  #release: () => void = () => {};

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#lastUse;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#lastUse = promise;
    await before;
    this.#release = resolve;
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#release();
  }

  async beginTransaction(): Promise<void> {
    // IMMEDIATE takes the write lock at once: a transaction that reads first and writes later could otherwise only fail.
    this.#connection.run('begin immediate');
  }

  async commitTransaction(): Promise<void> {
    this.#connection.run('commit');
  }

  async rollbackTransaction(): Promise<void> {
    this.#connection.rollback();
  }

  async destroy(): Promise<void> {
    this.#connection.close();
  }
}

interface Prepared {
  readonly statement: StatementSync;
  /** Whether it answers rows, if only those it wrote (`returning`). */
  readonly hasRows: boolean;
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

class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();

  constructor(path: string, { busyTimeoutMs: timeout = 5000 }: SqliteSettings) {
    this.#database = new DatabaseSync(path, { timeout, enableForeignKeyConstraints: true });
    waitFor(() => this.#database.exec('pragma journal_mode = wal'), timeout);
    this.#database.exec('pragma synchronous = full; pragma secure_delete = on');
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#guard(() => {
      const { statement, hasRows } = this.#prepare(query.sql);
      const parameters = query.parameters as SQLInputValue[];
      if (hasRows) return { rows: statement.all(...parameters) as R[] };
      return { rows: [], numAffectedRows: BigInt(statement.run(...parameters).changes) };
    });
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator; nothing here streams
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not used on SQLite');
  }

  run(sql: string): void {
    this.#guard(() => this.#prepare(sql).statement.run());
  }

  /** SQLite rolls back by itself after some errors; then there is nothing left to roll back. */
  rollback(): void {
    if (this.#database.isTransaction) this.run('rollback');
  }

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
      if (!passingFaults.has(resultCode(error) ?? 0)) throw error;
      const options = { cause: error, retryAfterSeconds: 5 };
      throw new KycError('unavailable', { key: 'error.database_away' }, options);
    }
  }
}
