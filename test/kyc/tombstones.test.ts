import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setImmediate as immediate } from 'node:timers/promises';
import type { TombstoneDefinition } from '../../src/kyc/erasure-definition.ts';
import { customerReply } from '../../src/sep12/customer-reply.ts';
import type { Store } from '../../src/store/store.ts';
import { type DecidingWorld, openDecidingWorld } from '../support/deciding-world.ts';
import { engines, type TestEngine } from '../support/engines.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { codeOf, openReviewWorld, operators, type ReviewWorld, type TestWallet } from './review/review-world.ts';

const { rob, lea, liz } = operators;
const yearMs = 365.25 * 86_400_000;
const person = { first_name: 'Ada', id_number: 'AB 12-34', id_country_code: 'GBR' };

const openWorld = (tombstones: TombstoneDefinition = {}): Promise<ReviewWorld> =>
  openReviewWorld({
    types: {
      basic: {
        decision: 'automatic',
        fields: {
          first_name: {},
          id_number: { optional: true },
          id_country_code: { optional: true },
          mobile_number: { optional: true },
        },
        checks: ['screening', 'twice'],
      },
      more: { extends: 'basic', fields: { city: {} } },
    },
    checks: { screening: { use: 'screening', fields: ['first_name'] }, twice: { use: 'duplicate' } },
    erasure: { tombstones },
  });

async function registered(world: ReviewWorld, fields: Record<string, string>, wallet: TestWallet = fresh()) {
  const id = await world.put(wallet, fields, { type: 'basic' });
  await world.runChecks();
  return { id, wallet };
}

const fresh = (): TestWallet => ({ account: randomAccount() });
const erase = (world: ReviewWorld, { account }: TestWallet): Promise<void> =>
  world.builtIn.integration.delete({ account });
const told = async (world: ReviewWorld, wallet: TestWallet, type = 'basic') =>
  customerReply(await world.get(wallet, { type }));

/** Somebody who was rejected for good, and is gone. */
async function goneRejected(world: ReviewWorld, reason = 'sanctions'): Promise<TestWallet> {
  const { id, wallet } = await registered(world, person);
  await world.act(rob, id, { act: 'reject', reason });
  await erase(world, wallet);
  return wallet;
}

test('[tombstone.identity] who was rejected for good and erased is rejected again at once, for every type, with the same words', async () => {
  await using world = await openWorld();
  const { id, wallet } = await registered(world, person);
  await world.act(rob, id, { act: 'reject', type: 'basic', reason: 'sanctions' });
  const before = await told(world, wallet);
  await erase(world, wallet);
  assert.equal((await told(world, wallet)).status, 'NEEDS_INFO', 'a stranger until there is data');
  await registered(world, { first_name: 'Eve' }, wallet);
  const { id: _, ...after } = await told(world, wallet);
  assert.deepEqual({ ...after, id: before.id }, before);
  assert.equal((await told(world, wallet, 'more')).status, 'REJECTED');
});

test('[tombstone.reasons] reasons that the program does not mark are washed off, and those that it does are not', async () => {
  for (const [reasons, status] of [
    [undefined, 'ACCEPTED'],
    [['not-eligible'], 'REJECTED'],
    [[], 'ACCEPTED'],
  ] as const) {
    await using world = await openWorld(reasons && { reasons });
    const wallet = await goneRejected(world, 'not-eligible');
    await registered(world, person, wallet);
    assert.equal((await told(world, wallet)).status, status);
  }
});

test('[tombstone.values] another account with the same document is looked at by two; its wallet is told nothing of it', async () => {
  await using world = await openWorld();
  await goneRejected(world);
  const { id, wallet } = await registered(world, { ...person, first_name: 'Eve', id_number: 'ab1234' });
  const reply = await told(world, wallet);
  assert.equal(reply.status, 'PROCESSING');
  assert.doesNotMatch(JSON.stringify(reply), /reject|unable|sanction|before/i);
  const { items } = await world.desk.queue(rob, {});
  assert.deepEqual(
    items.map(({ customerId, reason }) => [customerId, reason]),
    [[id, 'rejected-before']],
  );
  await world.put(wallet, { id_number: '99' }, { type: 'basic' });
  await world.runChecks();
  assert.equal((await told(world, wallet)).status, 'PROCESSING', 'another document does not wash it off');
  const { outcome, proposal = '' } = await world.act(rob, id, { act: 'accept', type: 'basic' });
  assert.equal(outcome, 'proposed');
  await world.desk.settle(lea, proposal, { approve: true });
  assert.equal((await told(world, wallet)).status, 'ACCEPTED');
});

test('[tombstone.values] the program may reject or ignore who shares a value; the text is the neutral one', async () => {
  for (const [values, status] of [
    ['reject', 'REJECTED'],
    ['ignore', 'ACCEPTED'],
  ] as const) {
    await using world = await openWorld({ values });
    await goneRejected(world);
    const { wallet } = await registered(world, person);
    const reply = await told(world, wallet);
    assert.equal(reply.status, status);
    if (status === 'REJECTED') assert.equal(reply.message, 'We are unable to offer you this service.');
  }
});

test('[tombstone.values] the country tells documents apart, and a person with other ones is not concerned', async () => {
  await using world = await openWorld();
  await goneRejected(world);
  for (const other of [{ ...person, id_country_code: 'FRA' }, { first_name: 'Ada' }, { ...person, id_number: '7' }]) {
    const { wallet } = await registered(world, other);
    assert.equal((await told(world, wallet)).status, 'ACCEPTED');
  }
});

test('[tombstone.values] who shares a value and goes is known again by all that is theirs', async () => {
  await using world = await openWorld({ values: 'reject' });
  await goneRejected(world);
  const { wallet } = await registered(world, person);
  await erase(world, wallet);
  await registered(world, { first_name: 'Eve' }, wallet);
  assert.equal((await told(world, wallet)).status, 'REJECTED');
});

test('[tombstone.lift] what two people have pardoned is not found again, by nobody', async () => {
  await using world = await openWorld();
  const wallet = await goneRejected(world);
  const { id } = await registered(world, person, wallet);
  const { proposal = '' } = await world.act(rob, id, { act: 'reopen', type: 'basic' });
  assert.equal(await codeOf(world.desk.settle(rob, proposal, { approve: true })), 'forbidden');
  await world.desk.settle(liz, proposal, { approve: true });
  await world.runChecks();
  await world.act(rob, id, { act: 'accept', type: 'basic' });
  await erase(world, wallet);
  await registered(world, person, wallet);
  assert.equal((await told(world, wallet)).status, 'ACCEPTED');
  const other = await registered(world, { first_name: 'Eve', id_number: 'x' });
  assert.equal((await told(world, other.wallet)).status, 'ACCEPTED');
});

test('[tombstone.lift] who was let in again and not decided on yet is spared nothing by going and coming back: a person decides', async () => {
  await using world = await openWorld();
  world.says.screening = { outcome: 'fail', reason: 'sanctions', final: true };
  const found = await registered(world, { first_name: 'Eve' });
  world.says.screening = { outcome: 'pass' };
  const ruled = await registered(world, person);
  await world.act(rob, ruled.id, { act: 'reject', type: 'basic', reason: 'suspected-fraud' });
  const mild = await registered(world, { first_name: 'Bob' });
  await world.act(rob, mild.id, { act: 'reject', type: 'basic', reason: 'not-eligible' });
  for (const [{ id, wallet }, status] of [
    [found, 'PROCESSING'],
    [ruled, 'PROCESSING'],
    [mild, 'ACCEPTED'],
  ] as const) {
    assert.equal((await told(world, wallet)).status, 'REJECTED');
    const { proposal = '' } = await world.act(rob, id, { act: 'reopen', type: 'basic' });
    await world.desk.settle(liz, proposal, { approve: true });
    await erase(world, wallet);
    await registered(world, { first_name: 'New' }, wallet);
    assert.equal((await told(world, wallet)).status, status);
  }
});

test('[tombstone.lift] to clear somebody who shares a value with a rejected person washes that person of nothing', async () => {
  await using world = await openWorld();
  const wallet = await goneRejected(world);
  const other = await registered(world, person);
  const { proposal = '' } = await world.act(rob, other.id, { act: 'accept', type: 'basic' });
  await world.desk.settle(lea, proposal, { approve: true });
  assert.equal((await told(world, other.wallet)).status, 'ACCEPTED');
  await registered(world, { first_name: 'Eve' }, wallet);
  assert.equal((await told(world, wallet)).status, 'REJECTED');
});

test('[tombstone.life] it ends when the program says, counted from the rejection: coming back does not renew it', async () => {
  await using world = await openWorld({ years: 2 });
  const wallet = await goneRejected(world);
  world.now += 1.5 * yearMs;
  await registered(world, person, wallet);
  assert.equal((await told(world, wallet)).status, 'REJECTED');
  await erase(world, wallet);
  world.now += 0.6 * yearMs;
  await registered(world, person, wallet);
  assert.equal((await told(world, wallet)).status, 'ACCEPTED');
  await world.builtIn.erasures.purge();
  assert.deepEqual(rowsOf(world), []);
});

test('[tombstone.hits] a finding that nobody has settled is not washed off either', async () => {
  await using world = await openWorld();
  world.says.screening = { outcome: 'review', reason: 'sanctions', finding: 'entry-7' };
  const { wallet } = await registered(world, person);
  assert.equal((await told(world, wallet)).status, 'PROCESSING');
  await erase(world, wallet);
  world.says.screening = { outcome: 'pass' };
  const { id } = await registered(world, { first_name: 'Eve' }, wallet);
  assert.equal((await told(world, wallet)).status, 'PROCESSING');
  const { outcome } = await world.act(rob, id, { act: 'accept', type: 'basic' });
  assert.equal(outcome, 'proposed');
});

test('[tombstone.data] it holds digests, a reason and times, and no value of anybody', async () => {
  await using world = await openWorld();
  const wallet = await goneRejected(world);
  const rows = rowsOf(world);
  assert.deepEqual(rows.map(({ index_name }) => index_name).sort(), ['document', 'identity']);
  for (const { digest, ...row } of rows) {
    assert.equal((digest as Uint8Array).length, 32);
    assert.deepEqual(Object.keys(row).sort(), ['at', 'effect', 'expires_at', 'id', 'index_name', 'reason']);
    assert.doesNotMatch(JSON.stringify(row), new RegExp(`${wallet.account}|1234|Ada`));
  }
});

test('[tombstone.retained] who is kept leaves one, too', async () => {
  await using world = await openWorld();
  const { id, wallet } = await registered(world, person);
  assert.equal((await told(world, wallet)).status, 'ACCEPTED');
  await world.act(lea, id, { act: 'hold', reason: 'a subpoena' });
  await world.act(rob, id, { act: 'reject', reason: 'suspected-fraud' });
  await erase(world, wallet);
  await registered(world, { first_name: 'Eve' }, wallet);
  assert.equal((await told(world, wallet)).status, 'REJECTED');
});

test('[checks.duplicate] that somebody was known by the same number is not washed off by another number', async () => {
  await using world = await openWorld();
  await registered(world, { first_name: 'Eve', mobile_number: '+14155550132' });
  const { id, wallet } = await registered(world, { first_name: 'Ada', mobile_number: '+14155550132' });
  assert.equal((await told(world, wallet)).status, 'PROCESSING');
  await world.put(wallet, { mobile_number: '+14155550199' }, { type: 'basic' });
  await world.runChecks();
  assert.equal((await told(world, wallet)).status, 'PROCESSING');
  const { outcome } = await world.act(rob, id, { act: 'accept', type: 'basic' });
  assert.equal(outcome, 'done', 'one person is enough for it');
  assert.equal((await told(world, wallet)).status, 'ACCEPTED');
});

for (const engine of engines) {
  test(`[tombstone.race] ${engine.name}: another account whose data is written after the erasure, and was computed before it, is looked at`, async () => {
    await using world = await openRacingWorld(engine, ['screening']);
    const [first, second] = [await rejectedIn(world), await rejectedIn(world)];
    before(world.store, 'createCustomer', () => goes(world, first));
    assert.equal(await stands(world, randomAccount(), first.fields), 'PROCESSING');
    const other = randomAccount();
    await world.put(other, 'basic', { fields: { first_name: 'Eve' } });
    before(world.store, 'updateCustomer', () => goes(world, second));
    assert.equal(await stands(world, other, second.fields), 'PROCESSING');
  });

  test(`[tombstone.race] ${engine.name}: another account whose data came before the erasure, and is checked after it, is looked at`, async () => {
    await using world = await openRacingWorld(engine);
    const first = await rejectedIn(world);
    const other = randomAccount();
    await world.put(other, 'basic', { fields: first.fields });
    await goes(world, first);
    await world.runChecks();
    assert.equal((await world.get(other, 'basic')).status, 'PROCESSING');
  });

  test(`[tombstone.race] ${engine.name}: whichever comes first of an erasure, another account's data and its checks, nobody is accepted unseen`, async () => {
    await using world = await openRacingWorld(engine);
    for (let round = 0; round < 25; round++) {
      const first = await rejectedIn(world);
      const other = randomAccount();
      const [moment, later] = [Math.floor(Math.random() * 12), Math.floor(Math.random() * 12)];
      const put = turns(later).then(() => world.put(other, 'basic', { fields: first.fields }));
      const gone = turns(moment).then(() => goes(world, first));
      await Promise.all([put.then(() => world.runChecks()), gone]);
      await world.runChecks();
      assert.equal((await world.get(other, 'basic')).status, 'PROCESSING', `round ${round}: ${moment}, ${later}`);
    }
  });
}

interface Rejected {
  readonly account: string;
  readonly fields: Record<string, string>;
}

const both = ['screening', 'twice'];

function openRacingWorld(engine: TestEngine, checks = both): Promise<DecidingWorld> {
  const fields = { first_name: {}, id_number: { optional: true }, id_country_code: { optional: true } };
  return openDecidingWorld(
    {
      types: { basic: { decision: 'automatic', fields, checks }, other: { decision: 'review', fields, checks: both } },
      checks: { screening: { use: 'two', fields: ['first_name'] }, twice: { use: 'duplicate' } },
    },
    { engine },
  );
}

async function rejectedIn(world: DecidingWorld): Promise<Rejected> {
  const account = randomAccount();
  const fields = { ...person, id_number: account.slice(0, 20) };
  world.judge = () => ({ outcome: 'fail', reason: 'sanctions', final: true });
  assert.equal(await stands(world, account, fields), 'REJECTED');
  world.judge = () => ({ outcome: 'pass' });
  return { account, fields };
}

/** Where an account stands who has sent that, and been checked. */
async function stands(world: DecidingWorld, account: string, fields: Record<string, string>): Promise<string> {
  await world.put(account, 'basic', { fields });
  await world.runChecks();
  return (await world.get(account, 'basic')).status;
}

function goes(world: DecidingWorld, { account }: Rejected): Promise<void> {
  return world.builtIn.integration.delete({ account });
}

/** Does something just before the next write of that name is made. */
function before(store: Store, name: 'createCustomer' | 'updateCustomer', act: () => Promise<void>): void {
  const write: (change: never) => ReturnType<Store['updateCustomer']> = store[name].bind(store);
  store[name] = async (change: never) => {
    store[name] = write;
    await act();
    return write(change);
  };
}

/** So many turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await immediate();
}

function rowsOf({ databasePath }: ReviewWorld): Record<string, unknown>[] {
  const database = new DatabaseSync(databasePath, { readOnly: true });
  const rows = database.prepare('select * from tombstones').all();
  database.close();
  return rows;
}
