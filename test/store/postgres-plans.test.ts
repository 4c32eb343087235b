import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { systemClock } from '../../src/lib/clock.ts';
import { openStore } from '../../src/store/sql/open-store.ts';
import { openTestDatabase } from '../support/postgres.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { noConsequences } from './consequences.ts';

/** Few rows, however many customers there are, or made for a look at all of them. */
const small = /^(delivery_targets|key_checks|index_keys|search_progress|migrations)$/;

/** Writes down what is sent to the server while it works. */
async function statementsOf(work: () => Promise<void>): Promise<ReadonlyMap<string, unknown[]>> {
  const seen = new Map<string, unknown[]>();
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [statement] = given as [{ text?: string; values?: unknown[] }];
    if (statement.values !== undefined) seen.set(statement.text ?? '', statement.values);
    return (query as (...args: unknown[]) => unknown).apply(this, given);
  } as typeof query;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = query;
  }
  return seen;
}

test('[store.postgres.indexes] whatever is asked in serving, working and reviewing is found along an index', async () => {
  await using database = await openTestDatabase();
  const store = await openStore({ engine: 'postgres', url: database.url }, systemClock);
  const now = new Date();
  const later = new Date(now.getTime() + 1000);
  const [account, id] = [randomAccount(), 'c1'];
  const seen = await statementsOf(async () => {
    const values = { set: [{ field: 'a', sealed: Buffer.from('a') }], withdraw: [], files: [] };
    const wrappedKey = { kekId: 'a', bytes: Buffer.from('key') };
    await store.createCustomer({ id, identity: { account }, wrappedKey, ...values, consequences: noConsequences });
    const standing = {
      type: 't',
      transactionId: '',
      state: 'in-review',
      since: now,
      dueAt: now,
      program: 'p',
      risk: 'low',
    };
    const move = {
      ...{ type: 't', transactionId: '', from: undefined, to: 'in-review', isVisible: true, status: 'PROCESSING' },
      ...{ cause: 'wallet', who: undefined, reason: undefined },
    };
    const consequences = {
      ...noConsequences,
      standings: [{ ...standing, reason: undefined }],
      runs: [{ check: 'a', inputs: 'b', round: 1, runAt: now }],
    };
    await store.updateCustomer({ id, version: 1, ...values, consequences });
    const callback = { sealedUrl: Buffer.from('url'), target: 'wallet.example' };
    const by = { account, knownAs: id };
    await store.callbacks.findCallback(id, by);
    await store.callbacks.setCallback({ ...callback, id: 'b1', customerId: id, by });
    await store.callbacks.listCallbacks(id);
    await store.updateCustomer({ id, version: 2, ...values, consequences: { ...noConsequences, moves: [move] } });
    await store.findCustomer({ account });
    await store.findCustomerById(id);
    await store.findCustomerOfAccount(id, account);
    await store.listValues(id, 3);
    await store.files.listFiles(id);
    await store.accounts.findMerged(id);
    await store.codes.requestCode({ customerId: id, field: 'a', rev: 1 }, now);
    await store.codes.claimCodes(now, later, 5);
    await store.codes.nextSendAt();
    await store.runs.wakeRun('a', 'r', now);
    await store.runs.claimRuns(now, later, 5);
    await store.outbox.fanOut([], now);
    await store.outbox.listReady(later);
    for (const delivery of await store.outbox.claim([{ target: 'wallet.example', limit: 5 }], later, later)) {
      const attempt = { delivery, outcome: 'delivered', httpStatus: 200, startedAt: now, latencyMs: 1 } as const;
      const target = { health: 'gone' } as const;
      await store.outbox.settle({ ...attempt, next: { state: 'pending', nextAt: later }, target }, now);
      await store.outbox.settle({ ...attempt, next: { state: 'delivered', isFinal: true }, target }, now);
    }
    await store.outbox.forget(now);
    await store.deliveries.list({ customerId: id }, 5);
    await store.standings.findDue(now, 5);
    await store.standings.findOutdated('other', 5);
    await store.standings.findSame(id, [{ index: 'i', digest: Buffer.from('d') }]);
    await store.search.find({ index: 'search.tax_id', digest: Buffer.from('d') }, 5);
    await store.search.begin('1');
    await store.search.nextToIndex('1', 5);
    await store.search.renew({ customerId: id, version: 3, entries: [], opened: [] });
    await store.reviews.listQueue({ state: 'in-review', now, limit: 5 });
    await store.reviews.listQueue({ state: 'in-review', type: 't', risk: 'low', now, limit: 5 });
    await store.useChallenge('h', later, now);
    await store.files.removeExpired();
    await store.deleteCustomer(id);
  });
  await store.close();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query('set enable_seqscan = off; set enable_sort = off');
    for (const [text, values] of seen)
      if (/^\s*(select|with|update|delete)/.test(text)) await assertIndexed(client, text, values);
  } finally {
    await client.end();
  }
});

async function assertIndexed(client: pg.Client, text: string, values: unknown[]): Promise<void> {
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
  const plan = rows.map((row) => row['QUERY PLAN']);
  const scanned = plan.flatMap((line) => /Seq Scan on (\w+)/.exec(line)?.[1] ?? []);
  assert.deepEqual(
    scanned.filter((table) => !small.test(table)),
    [],
    `${text}\n${plan.join('\n')}`,
  );
  if (text.includes('standings s')) assert.ok(!plan.some((line) => /\bSort\b/.test(line)), plan.join('\n'));
}
