import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { QueueRequest } from '../../../src/kyc/review/queue.ts';
import { queueQuery } from '../../../src/store/sql/queue-query.ts';
import { sqliteGrammar } from '../../../src/store/sql/sqlite-grammar.ts';
import { codeOf, hit, hourMs, openReviewWorld, operators } from './review-world.ts';

const { rob, rita, vic } = operators;

test('[review.queue] those who wait come oldest first, page by page, none twice and none left out', async () => {
  await using world = await openReviewWorld();
  const ids: string[] = [];
  for (let index = 0; index < 25; index++) {
    if (index % 3 === 0) world.now += 1000;
    ids.push((await world.customer()).id);
  }
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await world.desk.queue(vic, { limit: 4, after });
    found.push(...page.items.map(({ customerId }) => customerId));
    after = page.next;
  } while (after !== undefined);
  assert.deepEqual(found.toSorted(), ids.toSorted());
  const all = (await world.desk.queue(vic, {})).items;
  assert.deepEqual(
    all.map(({ customerId }) => customerId),
    found,
  );
  assert.ok(all.every(({ since }, index) => index === 0 || since >= (all[index - 1]?.since ?? since)));
});

test('[review.queue] every filter keeps what it says', async () => {
  await using world = await openReviewWorld();
  const late = await world.customer();
  world.now += 25 * hourMs;
  world.says.screening = hit;
  const found = await world.customer();
  world.says.screening = { outcome: 'pass' };
  const risky = await world.customer();
  await world.act(rob, risky.id, { act: 'set-risk', risk: 'high' });
  await world.act(rita, risky.id, { act: 'escalate' });
  await world.act(rob, late.id, { act: 'claim', type: 'basic' });
  const asked = await world.customer({ first_name: 'Ada', last_name: 'X', city: 'Y' });
  await world.act(rob, asked.id, { act: 'ask-again', type: 'basic', fields: ['city'] });
  const names = new Map([
    [late.id, 'late'],
    [found.id, 'found'],
    [risky.id, 'risky'],
    [asked.id, 'asked'],
  ]);
  const cases: readonly [QueueRequest, readonly string[]][] = [
    [{}, ['late', 'found', 'risky']],
    [{ type: 'basic' }, ['late', 'found', 'risky']],
    [{ type: 'quick' }, []],
    [{ isLate: true }, ['late']],
    [{ olderThanHours: 25 }, ['late']],
    [{ olderThanHours: 1 }, ['late']],
    [{ olderThanHours: 26 }, []],
    [{ isLate: true, olderThanHours: 1 }, ['late']],
    [{ isLate: true, olderThanHours: 26 }, []],
    [{ reason: 'screening-hit' }, ['found']],
    [{ risk: 'high' }, ['risky']],
    [{ type: 'basic', risk: 'high', isEscalated: true }, ['risky']],
    [{ isEscalated: true }, ['risky']],
    [{ isEscalated: false }, ['late', 'found']],
    [{ claimedBy: 'rob' }, ['late']],
    [{ claimedBy: 'rita' }, []],
    [{ claimedBy: 'nobody' }, ['found', 'risky']],
    [{ claimedBy: 'somebody' }, ['late']],
    [{ claimedBy: 'somebody', isEscalated: true }, []],
    [{ state: 'resubmission-asked' }, ['asked']],
  ];
  for (const [request, expected] of cases) {
    const { items } = await world.desk.queue(vic, request);
    const shown = items.map(({ customerId }) => names.get(customerId));
    assert.deepEqual(shown.toSorted(), expected.toSorted(), JSON.stringify(request));
  }
  assert.equal((await world.desk.queue(rob, { claimedBy: 'me' })).items[0]?.customerId, late.id);
  world.now += hourMs;
  assert.deepEqual((await world.desk.queue(rob, { claimedBy: 'me' })).items, []);
});

test('[review.queue] a wrong filter or cursor is refused by its name', async () => {
  await using world = await openReviewWorld();
  for (const request of [{ state: 'x' }, { risk: 'x' }, { after: 'x' }, { after: 'WzFd' }])
    assert.equal(await codeOf(world.desk.queue(vic, request)), 'invalid_field');
});

test('[review.queue] no filter has a table scanned or a page sorted', async () => {
  await using world = await openReviewWorld();
  const dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  const compiler = new Kysely({ dialect });
  using database = new DatabaseSync(world.databasePath, { readOnly: true });
  const now = new Date();
  const after = { since: now, customerId: 'a', type: 'b', transactionId: '' };
  const filters = {
    type: 'basic',
    risk: 'high',
    reason: 'x',
    sinceBefore: now,
    claimedBy: 'x',
    isEscalated: true,
    after,
  };
  for (const name of ['', ...Object.keys(filters), 'all', 'isFree', 'isHeld']) {
    const all = name === 'all' ? filters : Object.fromEntries(Object.entries(filters).filter(([key]) => key === name));
    const held = { isFree: { isClaimed: false }, isHeld: { isClaimed: true } }[name];
    const query = { state: 'in-review', now, limit: 50, ...all, ...held };
    const { sql, parameters } = queueQuery(query, sqliteGrammar).compile(compiler);
    const plan = database.prepare(`explain query plan ${sql}`).all(...(parameters as string[]));
    const details = plan.map((row) => String(row['detail']));
    // What is held, and what is escalated, is little: it is found there and sorted.
    const isLittle = ['claimedBy', 'isEscalated', 'all', 'isHeld'].includes(name);
    const [first = ''] = details;
    assert.match(
      first,
      isLittle
        ? /(c USING .*review_claims_by_operator|SCAN [ce])/
        : /s USING .*standings_(by_state|by_type|waiting_by_risk|waiting_by_reason)/,
      name,
    );
    const others = isLittle ? details.slice(1).filter((detail) => !/TEMP B-TREE FOR ORDER BY/.test(detail)) : details;
    assert.ok(
      others.every((detail) => !/SCAN|TEMP B-TREE/.test(detail)),
      `${name}: ${details.join(' / ')}`,
    );
  }
});
