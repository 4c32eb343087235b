import {
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryCompiler,
} from 'kysely';
import type pg from 'pg';
import type { Durability } from './engine.ts';
import type { Grammar, GrammarAdapter } from './grammar.ts';
import { PostgresConnection } from './postgres-connection.ts';
import { toKycError } from './postgres-faults.ts';
import { postgresGrammar } from './postgres-grammar.ts';

/** How long a transaction waits for others, and how long one may be left alone, before the server ends it. */
export interface TransactionLimits {
  /** 0: for ever. */
  readonly lockTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

/** Kysely over a pool of connections that is closed by whoever opened it. */
export class PostgresDialect implements Dialect {
  readonly #pool: pg.Pool;
  readonly #begin: string;

  /** @param durability that of transactions */
  constructor(pool: pg.Pool, limits: TransactionLimits, durability: Durability = 'durable') {
    this.#pool = pool;
    // One message, and nothing that a pooler between here and the server would have to remember.
    this.#begin = [
      'begin isolation level read committed read write',
      `set local lock_timeout = ${limits.lockTimeoutMs}`,
      `set local idle_in_transaction_session_timeout = ${limits.idleTimeoutMs}`,
      ...(durability === 'repeatable' ? ['set local synchronous_commit = off'] : []),
    ].join('; ');
  }

  createDriver(): Driver {
    return new PostgresDriver(this.#pool, this.#begin);
  }

  createQueryCompiler(): QueryCompiler {
    return new PostgresQueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return new PostgresGrammarAdapter();
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new PostgresIntrospector(db);
  }
}

class PostgresGrammarAdapter extends PostgresAdapter implements GrammarAdapter {
  readonly grammar: Grammar = postgresGrammar;
}

class PostgresDriver implements Driver {
  readonly #pool: pg.Pool;
  readonly #begin: string;

  constructor(pool: pg.Pool, begin: string) {
    this.#pool = pool;
    this.#begin = begin;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PostgresConnection> {
    try {
      return new PostgresConnection(await this.#pool.connect());
    } catch (error) {
      throw toKycError(error);
    }
  }

  async releaseConnection(connection: PostgresConnection): Promise<void> {
    connection.release();
  }

  async beginTransaction(connection: PostgresConnection): Promise<void> {
    await connection.run(this.#begin);
  }

  async commitTransaction(connection: PostgresConnection): Promise<void> {
    await connection.commit();
  }

  async rollbackTransaction(connection: PostgresConnection): Promise<void> {
    await connection.rollback();
  }

  async destroy(): Promise<void> {}
}
