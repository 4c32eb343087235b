import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { openShredKeys, openSqliteShredKeys } from '../../src/store/sql/sql-shred-keys.ts';
import { keyBytes, LocalKeyRing, SealBroken } from '../../src/vault/key-ring.ts';
import { ShreddedKeyRing } from '../../src/vault/shred-keys.ts';
import { createVault, openVault } from '../../src/vault/vault.ts';
import { engines } from '../support/engines.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';

const at = new Date(0);

async function openGround() {
  const directory = await temporaryDirectory();
  const path = join(directory.path, 'shreds.db');
  const shreds = await openSqliteShredKeys(path);
  const below = new LocalKeyRing(new Map([['a', randomBytes(keyBytes)]]));
  const dispose = async (): Promise<void> => {
    await shreds.close();
    await directory[Symbol.asyncDispose]();
  };
  return { path, shreds, below, ring: new ShreddedKeyRing(below, shreds), [Symbol.asyncDispose]: dispose };
}

test('[vault.shreds] what was sealed opens until its shred key is destroyed, and nobody else is touched', async () => {
  await using ground = await openGround();
  const { ring, shreds } = ground;
  const [ada, bob] = [await createVault(ring, 'ada'), await createVault(ring, 'bob')];
  const [hers, his] = [ada.seal('city', 'London'), bob.seal('city', 'Rome')];
  assert.equal((await openVault(ring, 'ada', ada.wrappedKey)).open('city', hers), 'London');
  await shreds.destroy(['ada', 'nobody'], at);
  await shreds.destroy(['ada'], at);
  await assert.rejects(openVault(ring, 'ada', ada.wrappedKey), SealBroken);
  assert.equal((await openVault(ring, 'bob', bob.wrappedKey)).open('city', his), 'Rome');
  assert.deepEqual(await shreds.listDestroyed(10), ['ada', 'nobody']);
  assert.deepEqual(await shreds.listDestroyed(10, 'ada'), ['nobody']);
});

test('[vault.shreds] the ring below is handed nothing that opens a value', async () => {
  await using ground = await openGround();
  const { ring, below } = ground;
  const ada = await createVault(ring, 'ada');
  const sealed = ada.seal('city', 'London');
  const hidden = await below.unwrap(ada.wrappedKey, 'ada');
  assert.equal(hidden.length, keyBytes + 1);
  for (const key of [hidden.subarray(1), hidden.subarray(0, keyBytes)]) {
    const guess = Object.assign(Object.create(below) as typeof below, { unwrap: async () => Buffer.from(key) });
    const vault = await openVault(guess, 'ada', ada.wrappedKey);
    assert.throws(() => vault.open('city', sealed), SealBroken);
  }
});

test('[vault.shreds] rotating the key below is no matter: it re-wraps what it sees', async () => {
  await using ground = await openGround();
  const { ring, below, shreds } = ground;
  const ada = await createVault(ring, 'ada');
  const sealed = ada.seal('city', 'London');
  const next = new LocalKeyRing(new Map([['b', randomBytes(keyBytes)]]));
  const rewrapped = await next.wrap(await below.unwrap(ada.wrappedKey, 'ada'), 'ada');
  const rotated = new ShreddedKeyRing(next, shreds);
  assert.equal((await openVault(rotated, 'ada', rewrapped)).open('city', sealed), 'London');
});

test('[vault.shreds] a data key of an earlier release opens, and is upgraded once', async () => {
  await using ground = await openGround();
  const { ring, below, shreds } = ground;
  const ada = await createVault(below, 'ada');
  const sealed = ada.seal('city', 'London');
  assert.equal((await openVault(ring, 'ada', ada.wrappedKey)).open('city', sealed), 'London');
  const upgraded = await ring.upgrade(ada.wrappedKey, 'ada');
  assert.ok(upgraded);
  assert.equal((await openVault(ring, 'ada', upgraded)).open('city', sealed), 'London');
  assert.equal((await openVault(ring, 'ada', ada.wrappedKey)).open('city', sealed), 'London', 'until it is written');
  assert.equal(await ring.upgrade(upgraded, 'ada'), undefined);
  await shreds.destroy(['ada'], at);
  await assert.rejects(openVault(ring, 'ada', upgraded), SealBroken);
});

test('[vault.shreds] a shred key is made once, by however many ask in how many processes, and is there after a crash', async () => {
  await using ground = await openGround();
  const other = await openSqliteShredKeys(ground.path);
  const keys = await Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 ? other : ground.shreds).make('ada')),
  );
  assert.equal(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size, 1);
  assert.deepEqual(Buffer.from((await other.find('ada')) ?? []), Buffer.from(keys[0] ?? []));
  assert.equal(other.id, ground.shreds.id);
  await other.close();
});

test('[vault.shreds] the key of one customer is none of another, though the shred keys are swapped', async () => {
  await using ground = await openGround();
  const { ring } = ground;
  const [ada] = [await createVault(ring, 'ada'), await createVault(ring, 'bob')];
  await assert.rejects(openVault(ring, 'bob', ada.wrappedKey), SealBroken);
});

for (const engine of engines) {
  test(`[vault.shreds] ${engine.name} keeps the contract of the shred store`, async () => {
    await using ground = await engine.open();
    const opened = await Promise.all([1, 2, 3].map(() => openShredKeys(ground.database)));
    const [one = assert.fail(), other = assert.fail()] = opened;
    assert.equal(new Set(opened.map(({ id }) => id)).size, 1, 'starters at the same time end with one store');
    const keys = await Promise.all(opened.map((shreds) => shreds.make('ada')));
    assert.equal(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size, 1);
    assert.equal((await other.find('ada'))?.length, keyBytes);
    assert.equal(await one.destroy(['ada', 'bob'], at), true);
    assert.equal(await one.destroy(['ada'], at), true);
    assert.equal(await other.find('ada'), undefined);
    assert.deepEqual(await other.listDestroyed(10), ['ada', 'bob']);
    for (const shreds of opened) await shreds.close();
  });
}
