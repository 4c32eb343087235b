import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { KycError } from '../../src/errors.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { checkKeys } from '../../src/vault/check-keys.ts';
import { openIndexKey } from '../../src/vault/index-key.ts';
import { type KeyRing, LocalKeyRing } from '../../src/vault/key-ring.ts';
import { keyPlaces, type Pace, retireKey, rotateKey, type WrappedRows } from '../../src/vault/rotate-keys.ts';
import { createVault, openVault } from '../../src/vault/vault.ts';
import { noConsequences } from '../store/consequences.ts';
import { randomAccount, temporaryDirectory } from '../support/test-anchor.ts';

const pace: Pace = { batchSize: 10, atOnce: 4, rest: async () => {} };
const nothing = (): void => {};
const [a, b] = [randomBytes(32), randomBytes(32)];
const before = new LocalKeyRing(new Map([['a', a]]));
const after = new LocalKeyRing(
  new Map([
    ['b', b],
    ['a', a],
  ]),
);
const onlyB = new LocalKeyRing(new Map([['b', b]]));

interface Ground extends AsyncDisposable {
  readonly store: Store;
  readonly path: string;
  readonly ids: readonly string[];
}

async function open(customers: number): Promise<Ground> {
  const directory = await temporaryDirectory();
  const path = join(directory.path, 'kyc.db');
  const store = await openSqliteStore(path, systemClock);
  await checkKeys(before, store.keys);
  await openIndexKey(before, store.keys);
  const ids = Array.from({ length: customers }, (_, n) => `customer-${n}`);
  for (const id of ids) await addCustomer(store, before, id);
  const dispose = async (): Promise<void> => {
    await store.close();
    await directory[Symbol.asyncDispose]();
  };
  return { store, path, ids, [Symbol.asyncDispose]: dispose };
}

async function addCustomer(store: Store, ring: KeyRing, id: string): Promise<void> {
  const vault = await createVault(ring, id);
  const set = [{ field: 'city', sealed: vault.seal('city', `Lyon of ${id}`) }];
  const rest = { withdraw: [], files: [], consequences: noConsequences };
  await store.createCustomer({
    id,
    identity: { account: randomAccount() },
    wrappedKey: vault.wrappedKey,
    set,
    ...rest,
  });
}

async function cityOf(store: Store, ring: KeyRing, id: string): Promise<string | undefined> {
  const record = await store.findCustomerById(id);
  const [city] = (record && (await store.listValues(id, record.version))) ?? [];
  return record && city && (await openVault(ring, id, record.wrappedKey)).open('city', city.sealed);
}

test('[keys.rotate] after it every value opens with the new key alone, and the old one wraps nothing', async () => {
  await using ground = await open(35);
  const { store, ids } = ground;
  const indexKey = await openIndexKey(before, store.keys);
  const counts: number[] = [];
  const done = await rotateKey({ ring: after, rows: store.keys }, 'a', pace, (count) => counts.push(count));
  assert.deepEqual(done, { rewrapped: 36, unrotated: [] });
  assert.deepEqual(counts, [10, 10, 10, 5, 1]);
  for (const id of ids) assert.equal(await cityOf(store, onlyB, id), `Lyon of ${id}`);
  assert.deepEqual(await openIndexKey(onlyB, store.keys), indexKey);
  assert.ok((await store.keys.listKeyUses()).every(({ kekId }) => kekId === 'b'));
});

test('[keys.rotate] broken off anywhere it goes on where it was, and what was done is not done again', async () => {
  await using ground = await open(35);
  const { store, ids } = ground;
  let batches = 0;
  const rest = async (): Promise<void> => {
    if (++batches === 2) throw new Error('the power is out');
  };
  await assert.rejects(rotateKey({ ring: after, rows: store.keys }, 'a', { ...pace, rest }, nothing), /power/);
  assert.deepEqual(
    (await store.keys.listKeyUses())
      .filter(({ place }) => place === 'customers')
      .map(({ kekId, count }) => [kekId, count]),
    [
      ['a', 15],
      ['b', 20],
    ],
  );
  for (const id of ids) assert.equal(await cityOf(store, after, id), `Lyon of ${id}`);
  assert.equal((await rotateKey({ ring: after, rows: store.keys }, 'a', pace, nothing)).rewrapped, 16);
  for (const id of ids) assert.equal(await cityOf(store, onlyB, id), `Lyon of ${id}`);
});

test('[keys.rotate] two rotations at once end in one whole one', async () => {
  await using ground = await open(60);
  const { store, ids } = ground;
  const parts = { ring: after, rows: store.keys };
  const both = await Promise.all([rotateKey(parts, 'a', pace, nothing), rotateKey(parts, 'a', pace, nothing)]);
  assert.equal(both[0].rewrapped + both[1].rewrapped, 61);
  for (const id of ids) assert.equal(await cityOf(store, onlyB, id), `Lyon of ${id}`);
});

test('[keys.rotate] a data key that does not open is named and left alone; the others go on', async () => {
  await using ground = await open(25);
  const { store, path } = ground;
  const database = new DatabaseSync(path);
  database.exec(`update customers set wrapped_key = zeroblob(60) where id in ('customer-7', 'customer-20')`);
  database.close();
  const { rewrapped, unrotated } = await rotateKey({ ring: after, rows: store.keys }, 'a', pace, nothing);
  assert.equal(rewrapped, 24);
  assert.deepEqual(unrotated, [
    { place: 'customers', id: 'customer-20' },
    { place: 'customers', id: 'customer-7' },
  ]);
  await assert.rejects(retireKey({ ring: after, rows: store.keys, now: () => new Date() }, 'a'), isInUse);
});

test('[keys.retire] a key in use is not retired, nor is the current one; afterwards servers start without it', async () => {
  await using ground = await open(3);
  const { store } = ground;
  const parts = { ring: after, rows: store.keys, now: () => new Date() };
  await checkKeys(after, store.keys);
  await assert.rejects(retireKey(parts, 'a'), isInUse);
  await assert.rejects(retireKey(parts, 'b'), isInUse);
  await assert.rejects(checkKeys(onlyB, store.keys), /key 'a' is missing/);
  await rotateKey(parts, 'a', pace, nothing);
  await retireKey(parts, 'a');
  await checkKeys(onlyB, store.keys);
  await checkKeys(after, store.keys);
  await assert.rejects(checkKeys(before, store.keys), /key 'a' was retired.*key 'b' is missing/);
});

test('[keys.retire] what a server of before stores meanwhile is noticed, and the key stays in use', async () => {
  await using ground = await open(3);
  const { store, path } = ground;
  const parts = { ring: after, rows: store.keys, now: () => new Date() };
  await checkKeys(after, store.keys);
  await rotateKey(parts, 'a', pace, nothing);
  const late = async (): Promise<void> => {
    const database = new DatabaseSync(path);
    database.exec(`update customers set kek_id = 'a' where id = 'customer-1'`);
    database.close();
  };
  const { keys } = store;
  const rows: WrappedRows = {
    listKeyUses: () => keys.listKeyUses(),
    listWrapped: (...given) => keys.listWrapped(...given),
    replaceWrapped: (...given) => keys.replaceWrapped(...given),
    reinstateKey: (kekId) => keys.reinstateKey(kekId),
    async retireKey(kekId, at) {
      await late();
      await keys.retireKey(kekId, at);
    },
  };
  await assert.rejects(retireKey({ ...parts, rows }, 'a'), isInUse);
  assert.ok((await store.keys.listKeyChecks()).every(({ retiredAt }) => retiredAt === undefined));
});

test('[keys.retire] a server of before is refused rather than left to store what dies with the key', async () => {
  await using ground = await open(1);
  const { store } = ground;
  const parts = { ring: after, rows: store.keys, now: () => new Date() };
  await checkKeys(after, store.keys);
  await rotateKey(parts, 'a', pace, nothing);
  await retireKey(parts, 'a');
  await assert.rejects(addCustomer(store, before, 'late'), (error) => (error as KycError).code === 'unavailable');
  await addCustomer(store, after, 'in-time');
});

test('[keys.places] every table that holds wrapped keys is rotated', async () => {
  await using ground = await open(0);
  const database = new DatabaseSync(ground.path);
  const tables = database
    .prepare(
      `select distinct m.name from sqlite_schema m, pragma_table_info(m.name) c where m.type = 'table' and c.name = 'kek_id'`,
    )
    .all();
  database.close();
  const names = tables.map(({ name }) => String(name));
  assert.deepEqual(names.sort(), [...keyPlaces, 'key_checks'].sort());
});

function isInUse(error: unknown): boolean {
  return error instanceof KycError && error.code === 'not_possible';
}
