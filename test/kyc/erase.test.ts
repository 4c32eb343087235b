import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { identitiesName } from '../../src/kyc/erase.ts';
import type { ErasureDefinition } from '../../src/kyc/erasure-definition.ts';
import { exportCustomer } from '../../src/kyc/export-customer.ts';
import { getAnyRecord } from '../../src/kyc/review/legal-hold.ts';
import { openSqliteShredKeys } from '../../src/store/sql/sql-shred-keys.ts';
import { openVault } from '../../src/vault/vault.ts';
import {
  codeOf,
  openReviewWorld,
  operators,
  type ReviewWorld,
  reviewed,
  type TestWallet,
} from './review/review-world.ts';

const { rob, lea, liz, ada, abe } = operators;
const yearMs = 366 * 86_400_000;
const retention = { years: 5, ground: 'AMLR Art. 77' };
const person = { first_name: 'Ada', last_name: 'Lovelace' };

const openWorld = (erasure: ErasureDefinition = { retention }, isShredded = false): Promise<ReviewWorld> =>
  openReviewWorld({ ...reviewed, erasure }, isShredded);

/** Everybody whose wallet asked to go. */
async function deleted(world: ReviewWorld, { account, memo }: TestWallet): Promise<string> {
  const key = { account, ...(memo && { memo: memo.value, memoType: memo.type }) };
  return codeOf(world.builtIn.integration.delete(key));
}

/** Tables with a row that names the customer, in any column, but for the audit trail, which outlives everybody. */
function tablesWith(world: ReviewWorld, id: string): string[] {
  const database = new DatabaseSync(world.databasePath, { readOnly: true });
  const tables = database
    .prepare("select name from sqlite_master where type = 'table' and name not like 'audit%'")
    .all();
  const found = tables.flatMap(({ name }) => {
    const rows = database.prepare(`select * from "${name}"`).all();
    return rows.some((row) => Object.values(row).includes(id)) ? [String(name)] : [];
  });
  database.close();
  return found.sort();
}

/** An accepted customer with everything a customer can have. */
async function acceptedCustomer(world: ReviewWorld): Promise<{ id: string; wallet: TestWallet }> {
  const { id, wallet } = await world.customer();
  await world.put(
    wallet,
    { city: 'London' },
    { type: 'basic', file: Buffer.from('ffd8fffe000300ffc0000b080010001001011100aaffd9', 'hex') },
  );
  await world.runChecks();
  await world.act(rob, id, { act: 'note', note: 'seen before' });
  await world.act(rob, id, { act: 'accept', type: 'basic' });
  assert.equal((await world.get(wallet, { type: 'basic' })).status, 'ACCEPTED');
  return { id, wallet };
}

test('[erase.at-once] without a retention nothing is kept of an accepted customer but that they are to be shredded and told of', async () => {
  await using world = await openWorld({});
  const { id, wallet } = await acceptedCustomer(world);
  assert.equal(await deleted(world, wallet), 'done');
  assert.deepEqual(tablesWith(world, id), ['outbox_events', 'shred_queue']);
  await world.builtIn.erasures.shred();
  assert.deepEqual(tablesWith(world, id), ['outbox_events']);
  assert.deepEqual(await world.store.erasures.listRetained(10), []);
});

test('[erase.at-once] who was never accepted and has no transaction is destroyed whatever the program keeps', async () => {
  await using world = await openWorld();
  const { id, wallet } = await world.customer();
  assert.equal(await deleted(world, wallet), 'done');
  assert.deepEqual(tablesWith(world, id), ['outbox_events', 'shred_queue']);
});

test('[erase.retained] who was ever accepted is kept sealed, out of the sight of wallets, queues and checks', async () => {
  await using world = await openWorld();
  const { id, wallet } = await acceptedCustomer(world);
  await world.act(rob, id, { act: 'reopen', type: 'basic' });
  const stranger = await world.get({ account: wallet.account.replace(/.$/, 'x') }, { type: 'basic' });
  assert.equal(await deleted(world, wallet), 'done');
  assert.deepEqual(await world.get(wallet, { type: 'basic' }), stranger);
  assert.equal(await codeOf(world.get(wallet, { id })), 'customer_not_found');
  assert.equal(await codeOf(world.put(wallet, person, { id })), 'customer_not_found');
  assert.equal(await deleted(world, wallet), 'customer_not_found', 'a second DELETE');
  assert.deepEqual((await world.desk.queue(ada, {})).items, []);
  assert.equal(await codeOf(world.desk.show(ada, id, 'en')), 'customer_not_found');
  assert.equal(await codeOf(world.act(rob, id, { act: 'note', note: 'x' })), 'customer_not_found');
  assert.equal(await world.store.findCustomerById(id), undefined);
  const [kept] = (await world.desk.retained(lea)).items;
  assert.deepEqual([kept?.customerId, kept?.ground, kept?.hold], [id, 'AMLR Art. 77', undefined]);
  assert.equal(kept?.deleteAfter.toISOString(), '2035-01-01T00:00:00.000Z');
  for (const table of ['identities', 'standings', 'check_runs', 'codes', 'callbacks', 'blind_indexes', 'review_claims'])
    assert.ok(!tablesWith(world, id).includes(table), table);
  for (const table of ['customers', 'field_values', 'files', 'moves', 'review_notes', 'review_acts'])
    assert.ok(tablesWith(world, id).includes(table), table);
});

test('[erase.retained] the kept data opens, and says by which identities the customer went', async () => {
  await using world = await openWorld();
  const { id, wallet } = await acceptedCustomer(world);
  await deleted(world, wallet);
  const kept = await world.store.erasures.findRetained(id);
  assert.ok(kept);
  const { keyRing } = world.builtIn.parts;
  const vault = await openVault(keyRing, id, kept.record.wrappedKey);
  const [identity] = JSON.parse(vault.open(identitiesName, kept.sealedIdentities ?? assert.fail())) as {
    account: string;
  }[];
  assert.equal(identity?.account, wallet.account);
  const values = await world.store.listValues(id, kept.version);
  assert.ok(values?.some(({ field, sealed }) => field === 'city' && vault.open(field, sealed) === 'London'));
});

test('[erase.retained] who comes back is a new customer with nothing of before', async () => {
  await using world = await openWorld();
  const { id, wallet } = await acceptedCustomer(world);
  await deleted(world, wallet);
  const again = await world.put(wallet, { first_name: 'Ada' }, { type: 'basic' });
  assert.notEqual(again, id);
  const { providedFields = {} } = await world.get(wallet, { type: 'basic' });
  assert.deepEqual(Object.keys(providedFields), ['first_name']);
});

test('[erase.retained] an acceptance that only time or the program has brought counts though no job wrote it', async () => {
  await using world = await openWorld();
  const wallet = { account: 'G'.padEnd(56, 'A') };
  const id = await world.put(wallet, person, { type: 'quick' });
  await world.runChecks();
  assert.equal((await world.get(wallet, { type: 'quick' })).status, 'ACCEPTED');
  await deleted(world, wallet);
  assert.equal((await world.store.erasures.listRetained(10))[0]?.customerId, id);
});

test('[erase.retained] an erasure by two operators keeps what must be kept, too', async () => {
  await using world = await openWorld();
  const { id } = await acceptedCustomer(world);
  const { proposal = '' } = await world.act(lea, id, { act: 'erase' });
  assert.equal((await world.desk.settle(ada, proposal, { approve: true })).outcome, 'done');
  assert.equal((await world.store.erasures.listRetained(10))[0]?.customerId, id);
});

test('[erase.retained] a change that was under way when the customer was erased is written nowhere', async () => {
  await using world = await openWorld();
  for (let round = 0; round < 10; round++) {
    const { id, wallet } = await acceptedCustomer(world);
    const [put, gone] = await Promise.all([
      world.put(wallet, { city: `Rome ${round}` }, { type: 'basic' }),
      deleted(world, wallet),
    ]);
    assert.equal(gone, 'done');
    const kept = await world.store.erasures.findRetained(id);
    assert.ok(kept, 'it is kept once');
    const vault = await openVault(world.builtIn.parts.keyRing, id, kept.record.wrappedKey);
    const values = (await world.store.listValues(id, kept.version)) ?? [];
    const city = values.find(({ field }) => field === 'city');
    const written = city && vault.open('city', city.sealed);
    // Either it was before and is kept, or it is another customer's.
    assert.equal(written, put === id ? `Rome ${round}` : 'London');
  }
});

test('[erase.purge] at its date it is destroyed, with a certificate; months late and twice is no matter', async () => {
  await using world = await openWorld();
  const { id, wallet } = await acceptedCustomer(world);
  const files = await world.store.files.listFiles(id);
  assert.equal(files.length, 1);
  await deleted(world, wallet);
  world.now += 4 * yearMs;
  assert.equal(await world.builtIn.erasures.purge(), 0, 'not yet');
  world.now += 2 * yearMs;
  const purges = await Promise.all([world.builtIn.erasures.purge(), world.builtIn.erasures.purge()]);
  assert.equal(purges[0] + purges[1], 1);
  assert.deepEqual(tablesWith(world, id), ['outbox_events', 'shred_queue']);
  assert.deepEqual([...(await world.store.findLiveFiles(files.map((file) => file.id)))], []);
  const lines = await world.store.audit.list({ customerId: id }, 100);
  const ends = lines.filter(({ action }) => ['customer.retained', 'purge.done'].includes(action));
  const dates = { erasedAt: '2030-01-01T00:00:00.000Z', deleteAfter: '2035-01-01T00:00:00.000Z' };
  assert.deepEqual(
    ends.map(({ action, actor, about }) => [action, actor.kind, about]),
    [
      ['customer.retained', 'wallet', { ground: 'AMLR Art. 77', deleteAfter: dates.deleteAfter }],
      ['purge.done', 'job', { ground: 'AMLR Art. 77', ...dates, values: 4, files: 1 }],
    ],
  );
});

/** As when the shred store was damaged, or restored from a copy that is too old. */
function loseKey({ shredPath }: ReviewWorld, id: string): Buffer {
  const database = new DatabaseSync(shredPath);
  const row = database.prepare('delete from shred_keys where owner = ? returning key').get(id);
  database.close();
  return Buffer.from(row?.['key'] as Uint8Array);
}

test('[erase.lost] whose data key is lost can go: what must be kept is, unread, and its certificate says what was lost', async () => {
  await using world = await openWorld({ retention }, true);
  const { id, wallet } = await acceptedCustomer(world);
  const shredKey = loseKey(world, id);
  assert.equal(await deleted(world, wallet), 'done');
  assert.equal((await world.get(wallet, { type: 'basic' })).id, undefined, 'the wallet sees a stranger');
  assert.equal(await deleted(world, wallet), 'customer_not_found');
  assert.notEqual(await world.put(wallet, person, { type: 'basic' }), id);
  const [kept] = (await world.desk.retained(lea)).items;
  assert.deepEqual([kept?.customerId, kept?.isLost, kept?.ground], [id, true, 'AMLR Art. 77']);
  assert.equal((await world.store.erasures.findRetained(id))?.sealedIdentities, undefined);
  const order = { customerId: id, reason: 'audit', isForSubject: false, by: { kind: 'cli' } } as const;
  await assert.rejects(exportCustomer(world.builtIn.parts, order), { name: 'DataKeyLost' });
  const shreds = await openSqliteShredKeys(world.shredPath);
  await shreds.add([{ owner: id, key: shredKey }]);
  await shreds.close();
  const { held: found } = (await exportCustomer(world.builtIn.parts, order)).export;
  assert.ok(
    found.field_values?.some(({ opened }) => opened === 'London'),
    'it opens again if the key is found',
  );
  world.now += 6 * yearMs;
  assert.equal(await world.builtIn.erasures.purge(), 1);
  const lines = await world.store.audit.list({ customerId: id }, 100);
  const ends = lines.filter(({ action }) => ['customer.retained', 'purge.done'].includes(action));
  assert.deepEqual(
    ends.map(({ about }) => about?.['lost']),
    ['data key', 'data key'],
  );
});

test('[erase.lost] whose data key is lost two operators can erase, and do nothing else of; a hold keeps them all the same', async () => {
  await using world = await openWorld({ retention }, true);
  const [{ id }, held] = [await world.customer(), await acceptedCustomer(world)];
  await world.act(lea, held.id, { act: 'hold', reason: 'a subpoena' });
  for (const each of [id, held.id]) loseKey(world, each);
  const message = async (work: Promise<unknown>): Promise<string> => work.then(String, (error) => String(error));
  assert.match(await message(world.desk.show(rob, id, 'en')), /data key is lost.* erase them \(version 2\)/);
  assert.equal(await codeOf(world.act(rob, id, { act: 'accept', type: 'basic' })), 'not_possible');
  assert.equal(await codeOf(world.act(lea, id, { act: 'hold', reason: 'another' })), 'not_possible');
  for (const each of [id, held.id]) {
    const { proposal = '' } = await world.act(lea, each, { act: 'erase', note: 'lost with the disk' });
    assert.equal(await codeOf(world.desk.settle(liz, proposal, { approve: true })), 'forbidden');
    assert.equal((await world.desk.settle(ada, proposal, { approve: true })).outcome, 'done');
  }
  const lines = await world.store.audit.list({ customerId: id }, 100);
  const line = lines.find(({ action }) => action === 'customer.erased');
  assert.deepEqual([line?.actor.id, line?.about], ['ada', { proposedBy: 'lea', lost: 'data key' }]);
  world.now += 20 * yearMs;
  assert.equal(await world.builtIn.erasures.purge(), 0, 'held');
  const [kept] = (await world.desk.retained(lea)).items;
  assert.deepEqual([kept?.customerId, kept?.isLost, kept?.hold?.operator], [held.id, true, 'lea']);
});

test('[erase.hold] what is held outlives DELETE and its date until two people lift it', async () => {
  await using world = await openWorld({});
  const { id, wallet } = await world.customer();
  await world.act(lea, id, { act: 'hold', reason: 'SUBPOENA 7 of the court' });
  assert.equal(await codeOf(world.act(lea, id, { act: 'hold', reason: 'again' })), 'not_possible');
  assert.equal(await deleted(world, wallet), 'done');
  assert.equal((await world.get(wallet, { type: 'basic' })).id, undefined, 'the wallet sees a stranger');
  world.now += 20 * yearMs;
  assert.equal(await world.builtIn.erasures.purge(), 0);
  const [kept] = (await world.desk.retained(lea)).items;
  assert.deepEqual([kept?.ground, kept?.hold?.operator], ['legal hold', 'lea']);
  const body = { act: 'lift-hold', version: kept?.version };
  const { proposal = '', approver } = await world.desk.act(liz, id, body);
  assert.equal(approver, 'admin');
  assert.equal(await codeOf(world.desk.settle(liz, proposal, { approve: true })), 'forbidden');
  assert.equal(await codeOf(world.desk.settle(lea, proposal, { approve: true })), 'forbidden', 'a lead is no admin');
  assert.equal((await world.desk.settle(ada, proposal, { approve: true })).outcome, 'done');
  assert.equal(await world.builtIn.erasures.purge(), 1);
  assert.deepEqual(tablesWith(world, id), ['outbox_events', 'shred_queue']);
  assert.doesNotMatch(JSON.stringify(world.lines), /SUBPOENA/);
});

test('[erase.hold] retained data can be held, too, and whoever is held cannot be merged away', async () => {
  await using world = await openWorld();
  const { id, wallet } = await acceptedCustomer(world);
  await deleted(world, wallet);
  const { version } = await getAnyRecord(partsOf(world), id);
  await world.desk.act(lea, id, { act: 'hold', version, reason: 'a subpoena' });
  world.now += 20 * yearMs;
  assert.equal(await world.builtIn.erasures.purge(), 0);
  const [one, two] = [await world.customer(), await world.customer()];
  await world.act(lea, one.id, { act: 'hold', reason: 'a subpoena' });
  const into = { into: two.id, intoVersion: await world.version(two.id) };
  assert.equal(await codeOf(world.act(lea, one.id, { act: 'merge', ...into })), 'not_possible');
  const other = { into: one.id, intoVersion: await world.version(one.id) };
  assert.equal(await codeOf(world.act(lea, two.id, { act: 'merge', ...other })), 'done');
});

test('[erase.hold] of two who lift one hold at once one does', async () => {
  await using world = await openWorld();
  const { id } = await world.customer();
  await world.act(lea, id, { act: 'hold', reason: 'a subpoena' });
  const { proposal = '' } = await world.act(lea, id, { act: 'lift-hold' });
  const word = { approve: true };
  const codes = await Promise.all([ada, abe].map((admin) => codeOf(world.desk.settle(admin, proposal, word))));
  assert.equal(codes.filter((code) => code === 'done').length, 1);
});

type Parts = Parameters<typeof getAnyRecord>[0];

/** As the desk has them. */
function partsOf({ store }: ReviewWorld): Parts {
  return { store } as Parts;
}
