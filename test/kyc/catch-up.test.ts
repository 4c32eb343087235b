import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reevaluation } from '../../src/kyc/catch-up.ts';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import { type DecidingWorld, openDecidingWorld } from '../support/deciding-world.ts';
import { jpegBytes, randomAccount } from '../support/test-anchor.ts';

const dayMs = 86_400_000;

/** Asks for one field, for another one in Paris, and looks again each day. */
function program(more: ProgramDefinition['types'][string]['fields'] = {}): ProgramDefinition {
  return {
    types: {
      t: { decision: 'automatic', fields: { first_name: {}, city: { optional: true }, ...more }, checks: ['c'] },
    },
    rules: { paris: { when: { field: 'city', is: 'Paris' }, ask: { last_name: {} } } },
    checks: { c: { use: 'test', fields: ['first_name'], again: 'daily' } },
  };
}

async function register(world: DecidingWorld, count: number): Promise<readonly { id: string; account: string }[]> {
  const accounts = Array.from({ length: count }, randomAccount);
  const fields = { first_name: 'Ada', city: 'Rome' };
  const ids = await Promise.all(accounts.map((account) => world.put(account, 't', { fields })));
  await world.runChecks();
  return accounts.map((account, index) => ({ account, id: ids[index] ?? '' }));
}

/** The states that are stored, with how many are in each. */
async function counts({ db }: DecidingWorld): Promise<Record<string, number>> {
  const rows = await db.selectFrom('standings').select('state').execute();
  return Object.fromEntries([...Map.groupBy(rows, ({ state }) => state)].map(([state, of]) => [state, of.length]));
}

test('[kyc.jobs] customers whose values do not open keep nobody else waiting, neither of time nor of another program', async () => {
  await using world = await openDecidingWorld(program());
  const customers = await register(world, 140);
  const broken = customers.slice(0, 100).map(({ id }) => id);
  await world.db.transaction().execute(async (db) => {
    await db
      .updateTable('field_values')
      .set({ sealed: Buffer.alloc(40) })
      .where('customer_id', 'in', broken)
      .execute();
  });
  await world.use(program({ email_address: {} }));
  await world.catchUp();
  assert.deepEqual(await counts(world), { accepted: 100, 'needs-data': 40 });
  await world.use(program());
  world.now += 4 * dayMs;
  await world.catchUp();
  assert.deepEqual(await counts(world), { accepted: 100, checking: 40 });
});

test('[kyc.jobs] two processes with different programs do not undo each other for ever', async () => {
  await using world = await openDecidingWorld(program());
  await register(world, 150);
  const before = new Reevaluation(world.builtIn.parts);
  await world.use(program({ email_address: {} }));
  const after = new Reevaluation(world.builtIn.parts);
  let looked = 0;
  for (let isOver = false; !isOver; ) {
    const done = [await after.runSome(), await before.runSome()];
    looked += (done[0] ?? 0) + (done[1] ?? 0);
    isOver = done.every((count) => count === 0);
    assert.ok(looked <= 900, `${looked}`);
  }
});

test('[kyc.jobs] stopped halfway, re-evaluating goes on with those that are left', async () => {
  await using world = await openDecidingWorld(program());
  await register(world, 200);
  await world.use(program({ email_address: {} }));
  const { revision } = world.program;
  await new Reevaluation(world.builtIn.parts).runSome();
  const left = await world.store.standings.countOutdated(revision);
  assert.ok(left > 0 && left < 200, `${left}`);
  await world.catchUp();
  assert.equal(await world.store.standings.countOutdated(revision), 0);
  assert.deepEqual(await counts(world), { 'needs-data': 200 });
});

test('[kyc.jobs] a process with an earlier program leaves the runs of a later one alone', async () => {
  await using world = await openDecidingWorld(program());
  const [customer] = await register(world, 1);
  const { account = '' } = customer ?? {};
  const before = world.builtIn;
  const checks = { ...program().checks, more: { use: 'test', fields: ['first_name', 'city'] } };
  const types = { t: { ...program().types['t'], checks: ['c', 'more'] } };
  await world.use({ ...program(), types, checks });
  await world.catchUp();
  assert.equal((await world.get(account, 't')).status, 'PROCESSING');
  assert.equal(await before.runner.runDue(), 1);
  world.now += 60_000;
  assert.equal(await world.runChecks(), 1);
  assert.equal((await world.get(account, 't')).status, 'ACCEPTED');
});

test('[kyc.jobs] a run that became pointless stays when its customer has changed since it was looked at', async () => {
  await using world = await openDecidingWorld(program());
  const id = await world.put(randomAccount(), 't', { fields: { first_name: 'Ada' } });
  const [run] = await world.store.runs.claimRuns(new Date(world.now), new Date(world.now + 1000), 1);
  assert.ok(run);
  await world.store.runs.dropRun(run, 7);
  assert.ok(await world.store.runs.nextRunAt());
  await world.store.runs.dropRun(run, (await world.store.findCustomerById(id))?.version ?? 0);
  assert.equal(await world.store.runs.nextRunAt(), undefined);
});

test('[kyc.expiry] the next document may have the number of the expired one: sent again with the new date it counts, but the old photo does not', async () => {
  const documents = { id_expiration_date: ['id_number', 'photo_id_front'] };
  const fields = { id_number: {}, id_expiration_date: {}, photo_id_front: { optional: true } };
  await using world = await openDecidingWorld({
    types: { t: { decision: 'automatic', fields } },
    expiry: { documents },
  });
  const account = randomAccount();
  const put = (id_expiration_date: string, photo?: Buffer): Promise<string> =>
    world.put(account, 't', {
      fields: { id_number: 'X1', id_expiration_date },
      ...(photo && { files: { photo_id_front: photo } }),
    });
  const missing = async (): Promise<string[]> => Object.keys((await world.get(account, 't')).fields ?? {}).sort();
  const [old, next] = [jpegBytes(), jpegBytes()];
  await put('2030-02-01', old);
  assert.deepEqual(await missing(), []);
  world.now += 60 * dayMs;
  await world.catchUp();
  const all = ['id_expiration_date', 'id_number', 'photo_id_front'];
  assert.deepEqual(await missing(), all);
  const id = await put('2030-02-01', old);
  assert.deepEqual(await missing(), all);
  await put('2035-02-01', old);
  assert.deepEqual(await missing(), ['photo_id_front']);
  await put('2035-02-01', next);
  assert.deepEqual(await missing(), []);
  const { version } = (await world.store.findCustomerById(id)) ?? assert.fail();
  await put('2035-02-01', next);
  assert.equal((await world.store.findCustomerById(id))?.version, version, 'the same again changes nothing');
});
