import { setTimeout as delay } from 'node:timers/promises';
import { Kysely } from 'kysely';
import pg from 'pg';
import type { Durability, Engine, Write } from './engine.ts';
import { PostgresConnection } from './postgres-connection.ts';
import { PostgresDialect, type TransactionLimits } from './postgres-dialect.ts';
import { isOvertaken, toLastError } from './postgres-faults.ts';
import { StatementNames } from './statement-names.ts';
import type { Tables } from './tables.ts';

/** How a database is used. */
export interface PostgresSettings {
  /** How many connections there are at most. Default: `pool_size` of the URL, or 10. */
  readonly poolSize?: number;
  /** How long a connection may take before a request is refused (503). Default: 5000. */
  readonly connectTimeoutMs?: number;
  /** How long a statement waits for other writes before; twice that for its answer. 0: for ever. Default: 5000. */
  readonly timeoutMs?: number;
}

/** How often a write is done that another one overtakes. */
const tries = 6;

/** The PostgreSQL database that a URL names. Nothing is connected before it is used. */
export function openPostgres(url: string, settings: PostgresSettings = {}): Engine {
  const { timeoutMs = 5000 } = settings;
  const pool = openPool(url, { ...settings, timeoutMs });
  const limits: TransactionLimits = { lockTimeoutMs: timeoutMs, idleTimeoutMs: 4 * timeoutMs };
  const names = new StatementNames();
  const connect = async (): Promise<PostgresConnection> => new PostgresConnection(await pool.connect(), names);
  const databases: Record<Durability, Kysely<Tables>> = {
    durable: new Kysely({ dialect: new PostgresDialect(connect, limits) }),
    repeatable: new Kysely({ dialect: new PostgresDialect(connect, limits, 'repeatable') }),
  };
  return {
    db: databases.durable,
    writesTogether: false,
    transact: (durability, write) => transact(databases[durability], write),
    // What is left in dead rows and in the log is sealed under keys that are shredded; vacuuming is the server's own affair.
    scrub: async () => true,
    async close() {
      await Promise.all(Object.values(databases).map((db) => db.destroy()));
      await pool.end();
    },
  };
}

/** What another write overtakes is done again: it finds what that one has left. */
async function transact<T>(db: Kysely<Tables>, write: Write<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(write);
    } catch (error) {
      if (!isOvertaken(error)) throw error;
      if (attempt === tries) throw toLastError(error);
      await delay(Math.random() * 10 * attempt);
    }
  }
}

function openPool(url: string, { poolSize, connectTimeoutMs = 5000, timeoutMs = 5000 }: PostgresSettings): pg.Pool {
  const { connectionString, pool_size } = readUrl(url);
  const pool = new pg.Pool({
    connectionString,
    max: poolSize ?? pool_size ?? 10,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: 2 * timeoutMs,
    keepAlive: true,
    fallback_application_name: 'anchor-kyc',
    types: { getTypeParser: toParser as typeof pg.types.getTypeParser },
  });
  // A connection that breaks is taken out of the pool; whoever uses it is told by the statement.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** `pool_size` is this program's; everything else the driver reads. */
function readUrl(url: string): { readonly connectionString: string; readonly pool_size: number | undefined } {
  const parsed = new URL(url);
  const given = Number(parsed.searchParams.get('pool_size'));
  parsed.searchParams.delete('pool_size');
  return { connectionString: parsed.href, pool_size: Number.isInteger(given) && given > 0 ? given : undefined };
}

/** `int8`, and `numeric` as sums of it are: milliseconds, sizes and counts, all far below 2^53. */
const numbers: ReadonlySet<number> = new Set([20, 1700]);

function toParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (numbers.has(oid)) return Number;
  return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
}
