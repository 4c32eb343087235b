import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { KycError } from '../../src/errors.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { lockCustomer, lockTarget } from '../../src/store/sql/locks.ts';
import { openStore } from '../../src/store/sql/open-store.ts';
import { openPostgres } from '../../src/store/sql/postgres-engine.ts';
import type { Store } from '../../src/store/store.ts';
import { openTestDatabase, query } from '../support/postgres.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { noConsequences } from './consequences.ts';

async function opened(timeoutMs = 5000): Promise<{ url: string; store: Store } & AsyncDisposable> {
  const database = await openTestDatabase();
  const { url } = database;
  const settings = { poolSize: 2, timeoutMs, connectTimeoutMs: timeoutMs };
  const store = await openStore({ engine: 'postgres', url }, systemClock, settings);
  const dispose = async (): Promise<void> => {
    await store.close();
    await database[Symbol.asyncDispose]();
  };
  return { url, store, [Symbol.asyncDispose]: dispose };
}

async function customerOf(store: Store): Promise<string> {
  const id = `c-${randomAccount()}`;
  const values = { set: [], withdraw: [], files: [], consequences: noConsequences };
  const wrappedKey = { kekId: 'a', bytes: Buffer.from('key') };
  await store.createCustomer({ id, identity: { account: randomAccount() }, wrappedKey, ...values });
  return id;
}

function assertAway(error: unknown): true {
  assert.ok(error instanceof KycError && error.code === 'unavailable' && error.retryAfterSeconds === 5);
  return true;
}

test('[store.postgres.deadlock] of two writes that wait for each other one is done again, and both are done', async () => {
  await using database = await openTestDatabase();
  await (await openStore({ engine: 'postgres', url: database.url }, systemClock)).close();
  const engine = openPostgres(database.url);
  const both = Promise.withResolvers<void>();
  let begun = 0;
  const write = async (first: string, second: string): Promise<string> =>
    engine.transact('durable', async (db) => {
      await lockTarget(db, first);
      if (++begun === 2) both.resolve();
      await both.promise;
      await lockTarget(db, second);
      return first;
    });
  assert.deepEqual(await Promise.all([write('a', 'b'), write('b', 'a')]), ['a', 'b']);
  assert.equal(begun, 3);
  await engine.close();
});

test('[store.postgres.plans] a table that a newer release has changed is read and written on, over the same connections', async () => {
  await using ground = await opened();
  const { store, url } = ground;
  const id = await customerOf(store);
  const run = { check: 'a', inputs: 'b', round: 1, runAt: new Date(1) };
  const use = async (version: number): Promise<void> => {
    const consequences = { ...noConsequences, runs: [run] };
    await store.updateCustomer({ id, version, set: [], withdraw: [], files: [], consequences });
    const [claimed] = await store.runs.claimRuns(new Date(2), new Date(3), 5);
    assert.ok(claimed);
    await store.runs.dropRun(claimed, version + 1);
    assert.equal((await store.reviews.findFile(id)).claims.length, 0);
  };
  // A plan is checked from the second use on.
  for (const version of [1, 2]) await use(version);
  for (const table of ['check_runs', 'review_claims', 'customers'])
    await query(url, `alter table ${table} add column x text`);
  for (const version of [3, 4]) await use(version);
});

test('[store.postgres.text] a name with NUL in it names nobody', async () => {
  await using ground = await opened();
  assert.equal(await ground.store.findCustomerById('a\0b'), undefined);
  assert.equal(await ground.store.findCustomer({ account: 'G\0' }), undefined);
});

test('[store.postgres.away] connections that the server ends are replaced, and what was asked over them is unavailable or done', async () => {
  await using ground = await opened();
  const { store, url } = ground;
  const id = await customerOf(store);
  for (let round = 0; round < 5; round++) {
    const asked = Promise.allSettled(Array.from({ length: 10 }, () => store.findCustomerById(id)));
    await query(
      url,
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    for (const outcome of await asked) {
      if (outcome.status === 'rejected') assertAway(outcome.reason);
      else assert.equal(outcome.value?.id, id);
    }
  }
  assert.equal((await store.findCustomerById(id).catch(() => store.findCustomerById(id)))?.id, id);
});

test('[store.postgres.away] whoever waits too long for a connection or a lock is told to come later, and nothing is left half done', async () => {
  await using ground = await opened(300);
  const { store, url } = ground;
  const id = await customerOf(store);
  const holder = openPostgres(url);
  const { promise, resolve } = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holding = holder.transact('durable', async (db) => {
    await lockCustomer(db, id);
    held.resolve();
    await promise;
  });
  await held.promise;
  const change = { id, version: 1, set: [], withdraw: [], files: [], consequences: noConsequences };
  const refused = await Promise.allSettled(Array.from({ length: 4 }, () => store.updateCustomer(change)));
  for (const outcome of refused) assert.ok(outcome.status === 'rejected' && assertAway(outcome.reason));
  resolve();
  await holding;
  await holder.close();
  assert.equal((await store.updateCustomer(change)).outcome, 'stored');
});

test('[store.postgres.start] a server that cannot be used stops the start and is named by the variable, without the password', async () => {
  await using database = await openTestDatabase();
  const wrong = {
    '(ECONNREFUSED)': { port: '1' },
    'password authentication failed': { password: 'hunter22' },
    'does not exist': { pathname: '/nowhere' },
  };
  for (const [said, part] of Object.entries(wrong)) {
    const url = Object.assign(new URL(database.url), part);
    await assert.rejects(openStore({ engine: 'postgres', url: url.href }, systemClock), (error: Error) => {
      assert.match(error.message, /^DATABASE_URL: expected /);
      assert.ok(error.message.includes(said), error.message);
      assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(url.password));
      return true;
    });
  }
});
