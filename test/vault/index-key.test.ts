import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type IndexKeys, openIndexKey } from '../../src/vault/index-key.ts';
import { LocalKeyRing, SealBroken, type WrappedKey } from '../../src/vault/key-ring.ts';

const key = randomBytes(32);
const ring = new LocalKeyRing(new Map([['a', key]]));

/** Rows by name, as a database keeps them: the first of a name stays. */
function rows(): IndexKeys & { readonly stored: Map<string, WrappedKey> } {
  const stored = new Map<string, WrappedKey>();
  return {
    stored,
    async findIndexKey(name) {
      await delay(Math.random() * 5);
      return stored.get(name);
    },
    async addIndexKey(name, wrapped) {
      await delay(Math.random() * 5);
      if (!stored.has(name)) stored.set(name, wrapped);
    },
  };
}

test('[vault.index-key] is made once, found again, and stored wrapped only', async () => {
  const keys = rows();
  const made = await openIndexKey(ring, keys);
  assert.equal(made.length, 32);
  assert.deepEqual(await openIndexKey(ring, keys), made);
  const [wrapped] = keys.stored.values();
  assert.equal(wrapped?.kekId, 'a');
  assert.ok(!Buffer.from(wrapped?.bytes ?? []).includes(made));
});

test('[vault.index-key] fifty starters at once end with the same key', async () => {
  const keys = rows();
  const all = await Promise.all(Array.from({ length: 50 }, () => openIndexKey(ring, keys)));
  assert.equal(new Set(all.map((one) => one.toString('hex'))).size, 1);
});

test('[vault.index-key] opens after the key-encryption key was changed, and not without the old one', async () => {
  const keys = rows();
  const made = await openIndexKey(ring, keys);
  const rotated = new LocalKeyRing(
    new Map([
      ['b', randomBytes(32)],
      ['a', key],
    ]),
  );
  assert.deepEqual(await openIndexKey(rotated, keys), made);
  await assert.rejects(openIndexKey(new LocalKeyRing(new Map([['a', randomBytes(32)]])), keys), SealBroken);
  await assert.rejects(openIndexKey(new LocalKeyRing(new Map([['b', key]])), keys), SealBroken);
});

test('[vault.index-key] a store that loses what it was given is noticed', async () => {
  const forgetful: IndexKeys = { findIndexKey: async () => undefined, addIndexKey: async () => {} };
  await assert.rejects(openIndexKey(ring, forgetful), /cannot read the index key/);
});
