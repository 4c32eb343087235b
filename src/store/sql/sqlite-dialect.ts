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
import type { Durability } from './engine.ts';
import type { Grammar, GrammarAdapter } from './grammar.ts';
import type { SqliteFile } from './sqlite-file.ts';
import { sqliteGrammar } from './sqlite-grammar.ts';

/** Kysely over a {@link SqliteFile}. Transactions write, everything else reads. */
export class SqliteDialect implements Dialect {
  readonly #file: SqliteFile;
  readonly #durability: Durability;

  /** @param durability that of transactions */
  constructor(file: SqliteFile, durability: Durability = 'durable') {
    this.#file = file;
    this.#durability = durability;
  }

  createDriver(): Driver {
    return new SqliteDriver(this.#file, this.#durability);
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

/** Leaves the waiting to {@link SqliteFile}: Kysely's own lock wakes all who wait whenever one is done. */
class QueueingAdapter extends SqliteAdapter implements GrammarAdapter {
  readonly grammar: Grammar = sqliteGrammar;

  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class SqliteDriver implements Driver {
  readonly #file: SqliteFile;
  readonly #durability: Durability;

  constructor(file: SqliteFile, durability: Durability) {
    this.#file = file;
    this.#durability = durability;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<SqliteUse> {
    return new SqliteUse(this.#file);
  }

  async releaseConnection(use: SqliteUse): Promise<void> {
    use.endTurn?.();
  }

  async beginTransaction(use: SqliteUse): Promise<void> {
    use.endTurn = await this.#file.takeTurn();
    await this.#file.begin(this.#durability);
  }

  async commitTransaction(): Promise<void> {
    this.#file.commit();
  }

  async rollbackTransaction(): Promise<void> {
    this.#file.writer.rollback();
  }

  async destroy(): Promise<void> {}
}

/** One use of the file: of its writer while it has the turn to write, else of its reader. */
class SqliteUse implements DatabaseConnection {
  endTurn: (() => void) | undefined;
  readonly #file: SqliteFile;

  constructor(file: SqliteFile) {
    this.#file = file;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return (this.endTurn === undefined ? this.#file.reader : this.#file.writer).query<R>(query);
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator; nothing here streams
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not used on SQLite');
  }
}
