import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { KycError } from '../../src/errors.ts';
import { DataKeyCache } from '../../src/vault/data-key-cache.ts';
import { type KeyEncryptionKey, keyBytes, LocalKey, SealBroken, VersionedKeyRing } from '../../src/vault/key-ring.ts';
import { createVault, openVault, type Vault } from '../../src/vault/vault.ts';

/** A key that takes its time, as one in a service does, and counts how often it is asked. */
class SlowKey implements KeyEncryptionKey {
  readonly id = 'slow';
  readonly kind = 'slow';
  readonly isRemote = true;
  asked = 0;
  isAway = false;
  readonly #key = new LocalKey('slow', randomBytes(keyBytes));

  wrap(dataKey: Uint8Array, owner: string): Promise<Buffer> {
    return this.#key.wrap(dataKey, owner);
  }

  async unwrap(bytes: Uint8Array, owner: string): Promise<Buffer> {
    this.asked++;
    await delay(5);
    if (this.isAway) throw new KycError('unavailable', { key: 'error.keys_away' });
    return this.#key.unwrap(bytes, owner);
  }
}

interface Ground {
  readonly key: SlowKey;
  readonly cache: DataKeyCache;
  readonly ring: VersionedKeyRing;
  /** Vaults of owners that another process made, so that this one has to ask. */
  stranger(owner: string): Promise<Vault>;
  now: number;
}

function open(size: number, lifetimeMs = 1000): Ground {
  const key = new SlowKey();
  const cache = new DataKeyCache({ size, lifetimeMs }, () => ground.now);
  const ring = new VersionedKeyRing([key], cache);
  const stranger = (owner: string): Promise<Vault> => createVault(new VersionedKeyRing([key]), owner);
  const ground: Ground = { key, cache, ring, stranger, now: 0 };
  return ground;
}

test('[vault.cache] a service is asked once for each owner and lifetime', async () => {
  const ground = open(10);
  const { key, ring, stranger } = ground;
  const { wrappedKey } = await stranger('ada');
  for (let times = 0; times < 5; times++) await openVault(ring, 'ada', wrappedKey);
  assert.equal(key.asked, 1);
  ground.now = 999;
  await openVault(ring, 'ada', wrappedKey);
  assert.equal(key.asked, 1);
  ground.now = 1000;
  await openVault(ring, 'ada', wrappedKey);
  assert.equal(key.asked, 2, 'being used does not make it last longer');
});

test('[vault.cache] a hundred who ask at once are one call, and each gets the key', async () => {
  const { key, ring, stranger } = open(10);
  const ada = await stranger('ada');
  const sealed = ada.seal('city', 'Lyon');
  const vaults = await Promise.all(Array.from({ length: 100 }, () => openVault(ring, 'ada', ada.wrappedKey)));
  assert.equal(key.asked, 1);
  assert.ok(vaults.every((vault) => vault.open('city', sealed) === 'Lyon'));
});

test('[vault.cache] what this process made itself is not asked for', async () => {
  const { key, ring } = open(10);
  const { wrappedKey } = await createVault(ring, 'ada');
  await openVault(ring, 'ada', wrappedKey);
  assert.equal(key.asked, 0);
});

test('[vault.cache] no more are kept than the bound says; who was used the longest ago goes first', async () => {
  const { key, cache, ring, stranger } = open(3);
  const owners = await Promise.all(['a', 'b', 'c', 'd'].map(async (name) => ({ name, vault: await stranger(name) })));
  const ask = async (name: string): Promise<void> => {
    const owner = owners.find((one) => one.name === name);
    if (owner !== undefined) await openVault(ring, name, owner.vault.wrappedKey);
  };
  for (const name of ['a', 'b', 'c', 'a', 'd']) await ask(name);
  assert.equal(cache.size, 3);
  assert.equal(key.asked, 4);
  for (const name of ['a', 'c', 'd']) await ask(name);
  assert.equal(key.asked, 4);
  await ask('b');
  assert.equal(key.asked, 5);
});

test('[vault.cache] with a bound of 0 nothing is kept, and everything opens', async () => {
  const { key, cache, ring, stranger } = open(0);
  const ada = await stranger('ada');
  for (let times = 0; times < 3; times++)
    assert.equal((await openVault(ring, 'ada', ada.wrappedKey)).open('city', ada.seal('city', 'Lyon')), 'Lyon');
  assert.deepEqual([key.asked, cache.size], [3, 0]);
});

test('[vault.cache] wrapped bytes that were altered or swapped are refused, though the owner is in memory', async () => {
  const { ring, stranger } = open(10);
  const [ada, bob] = [await stranger('ada'), await stranger('bob')];
  for (const [name, { wrappedKey }] of [['ada', ada] as const, ['bob', bob] as const])
    await openVault(ring, name, wrappedKey);
  const bytes = Buffer.from(ada.wrappedKey.bytes);
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  for (const wrapped of [{ ...ada.wrappedKey, bytes }, bob.wrappedKey, { ...ada.wrappedKey, kekId: 'other' }])
    await assert.rejects(openVault(ring, 'ada', wrapped), SealBroken);
  await openVault(ring, 'ada', ada.wrappedKey);
});

test('[vault.cache] a failure is kept for nobody: when the service is back, it is asked', async () => {
  const { key, cache, ring, stranger } = open(10);
  const { wrappedKey } = await stranger('ada');
  key.isAway = true;
  const all = await Promise.allSettled([1, 2, 3].map(() => openVault(ring, 'ada', wrappedKey)));
  assert.ok(all.every(({ status }) => status === 'rejected'));
  assert.deepEqual([key.asked, cache.size], [1, 0]);
  key.isAway = false;
  await openVault(ring, 'ada', wrappedKey);
});

test('[vault.cache] while the service is away, whoever was asked for of late is still served', async () => {
  const { key, ring, stranger } = open(10);
  const { wrappedKey } = await stranger('ada');
  await openVault(ring, 'ada', wrappedKey);
  key.isAway = true;
  await openVault(ring, 'ada', wrappedKey);
});

test('[vault.cache] an owner who is gone is forgotten, also one who is being opened', async () => {
  const { key, cache, ring, stranger } = open(10);
  const ada = await stranger('ada');
  await openVault(ring, 'ada', ada.wrappedKey);
  ring.forget('ada');
  assert.equal(cache.size, 0);
  const opening = openVault(ring, 'ada', ada.wrappedKey);
  ring.forget('ada');
  assert.equal((await opening).open('city', ada.seal('city', 'Lyon')), 'Lyon');
  await turn();
  assert.deepEqual([key.asked, cache.size], [2, 0]);
});

test('[vault.cache] what is dropped is overwritten, and nobody who holds a copy seals with zeros', async () => {
  const cache = new DataKeyCache({ size: 1, lifetimeMs: 1000 });
  const inside: Buffer[] = [];
  const dataKey = randomBytes(keyBytes);
  const wrapped = { kekId: 'a', bytes: Buffer.from('wrapped') };
  const load = async (): Promise<Buffer> => {
    const opened = Buffer.from(dataKey);
    inside.push(opened);
    await turn();
    return opened;
  };
  const held = await Promise.all([cache.get('ada', wrapped, load), cache.get('ada', wrapped, load)]);
  const late = cache.get('ada', wrapped, load);
  cache.put('bob', wrapped, randomBytes(keyBytes));
  held.push(await late);
  await turn();
  await turn();
  assert.deepEqual(inside, [Buffer.alloc(keyBytes)], 'one call, and its answer is overwritten');
  for (const copy of held) assert.deepEqual(copy, dataKey);
});

test('[vault.cache] what nobody asks for again is dropped by itself when its time is over', async () => {
  const cache = new DataKeyCache({ size: 10, lifetimeMs: 40 });
  cache.put('ada', { kekId: 'a', bytes: Buffer.from('wrapped') }, randomBytes(keyBytes));
  assert.equal(cache.size, 1);
  for (let tries = 0; tries < 100 && cache.size > 0; tries++) await delay(10);
  assert.equal(cache.size, 0);
});

test('[vault.cache] local keys pass it by', async () => {
  const cache = new DataKeyCache({ size: 10, lifetimeMs: 1000 });
  const ring = new VersionedKeyRing([new LocalKey('a', randomBytes(keyBytes))], cache);
  const { wrappedKey } = await createVault(ring, 'ada');
  await openVault(ring, 'ada', wrappedKey);
  assert.equal(cache.size, 0);
});
