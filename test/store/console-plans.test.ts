import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { systemClock } from '../../src/lib/clock.ts';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import { unmaskingsQuery } from '../../src/store/sql/sql-audit.ts';
import { sliceQuery, waitingQuery } from '../../src/store/sql/sql-census.ts';
import { openPaymentsQuery } from '../../src/store/sql/sql-payments.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';

const compiler = new Kysely({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** What the pages of the console ask for, as `console-plans` has it explained, with what must not be looked at row by row. */
const asked: Readonly<Record<string, RawBuilder<unknown> | string>> = {
  'a slice of everybody': sliceQuery('3a0', '3a2'),
  'the first slice': sliceQuery('', '002'),
  'those who wait': waitingQuery([new Date(), new Date()], 10_000),
  'deliveries that failed': "select * from deliveries where state = 'failed' order by id desc limit 26",
  'deliveries of a host': "select * from deliveries where target = 'x' order by id desc limit 26",
  'deliveries of a customer': "select * from deliveries where customer_id = 'x' order by id desc limit 26",
  'the newest deliveries': 'select * from deliveries where id < 7 order by id desc limit 26',
  'what waits with a customer': openPaymentsQuery('x', 21),
  'what somebody unmasked lately': unmaskingsQuery('x', { max: 20, withinMs: 3_600_000 }, 1e12),
  'a session':
    "select * from console_sessions s inner join console_operators o on o.id = s.operator_id where s.token_hash = 'x'",
  'a name': "select * from console_operators where name_key = 'x'",
  'sessions of somebody': "select * from console_sessions where operator_id = 'x'",
  'passkeys of somebody': "select * from console_passkeys where operator_id = 'x'",
};

test('[console.plans] what the pages ask for is found along indexes; big tables are never looked through', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'kyc.db');
  await (await openSqliteStore(path, systemClock)).close();
  using database = new DatabaseSync(path, { readOnly: true });
  for (const [name, query] of Object.entries(asked)) {
    const { sql, parameters } = typeof query === 'string' ? { sql: query, parameters: [] } : compiled(query);
    const plan = database.prepare(`explain query plan ${sql}`).all(...(parameters as string[]));
    const details = plan.map((row) => String(row['detail']));
    const scanned = details.filter((detail) =>
      /^SCAN (?!waiting|\(subquery|deliveries USING INDEX deliveries_failed)/.test(detail),
    );
    // An index of the few that failed is small, and a scan of the primary key from its end is as long as the page.
    assert.deepEqual(name === 'the newest deliveries' ? [] : scanned, [], `${name}: ${details.join(' / ')}`);
    const isSorted = details.some((detail) => /TEMP B-TREE FOR ORDER BY/.test(detail));
    // Those of one customer are put in order, and no more than a thousand of them.
    assert.equal(isSorted, name === 'what waits with a customer', `${name}: ${details.join(' / ')}`);
  }
});

function compiled(query: RawBuilder<unknown>): CompiledQuery {
  return query.compile(compiler);
}
