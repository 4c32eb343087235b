import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { associated, LocalKeyRing, SealBroken } from '../../src/vault/key-ring.ts';
import { createVault, openVault } from '../../src/vault/vault.ts';

const ring = new LocalKeyRing(new Map([['a', randomBytes(32)]]));

test('[vault.value] a value opens for its customer and field, and is nowhere to be seen in what is stored', async () => {
  const vault = await createVault(ring, 'customer-1');
  const sealed = vault.seal('first_name', 'Ada Lovelace');
  assert.equal(sealed.includes('Ada'), false);
  const again = await openVault(ring, 'customer-1', vault.wrappedKey);
  assert.equal(again.open('first_name', sealed), 'Ada Lovelace');
});

test('[vault.value] any text survives, and sealing it twice gives different bytes', async () => {
  const vault = await createVault(ring, 'customer-1');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const sealed = vault.seal('address', text);
      assert.equal(vault.open('address', sealed), text);
      assert.notDeepEqual(vault.seal('address', text), sealed);
    }),
  );
});

test('[vault.value] a value moved to another field or another customer does not open', async () => {
  const one = await createVault(ring, 'customer-1');
  const two = await createVault(ring, 'customer-2');
  const sealed = one.seal('first_name', 'Ada');
  assert.throws(() => one.open('last_name', sealed), SealBroken);
  assert.throws(() => two.open('first_name', sealed), SealBroken);
  await assert.rejects(openVault(ring, 'customer-2', one.wrappedKey), SealBroken);
});

test('[vault.value] a flipped bit or a missing byte anywhere is refused', async () => {
  const vault = await createVault(ring, 'customer-1');
  const sealed = vault.seal('first_name', 'Ada');
  for (let at = 0; at < sealed.length; at++) {
    const flipped = Buffer.from(sealed);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    assert.throws(() => vault.open('first_name', flipped), SealBroken);
    assert.throws(() => vault.open('first_name', sealed.subarray(0, at)), SealBroken);
  }
});

test('[vault.keys] the first key wraps, all unwrap, and a wrapped key opens under no other', async () => {
  const [a, b] = [randomBytes(32), randomBytes(32)];
  const before = await createVault(new LocalKeyRing(new Map([['a', a]])), 'customer-1');
  const rotated = new LocalKeyRing(
    new Map([
      ['b', b],
      ['a', a],
    ]),
  );
  assert.equal((await createVault(rotated, 'customer-2')).wrappedKey.kekId, 'b');
  const opened = await openVault(rotated, 'customer-1', before.wrappedKey);
  assert.equal(opened.open('city', before.seal('city', 'Lyon')), 'Lyon');
  await assert.rejects(openVault(new LocalKeyRing(new Map([['b', b]])), 'customer-1', before.wrappedKey), SealBroken);
  const impostor = new LocalKeyRing(new Map([['a', b]]));
  await assert.rejects(openVault(impostor, 'customer-1', before.wrappedKey), SealBroken);
});

test('[vault.aad] no two lists of parts spell the same associated data', () => {
  const parts = fc.array(fc.string({ maxLength: 5 }), { maxLength: 4 });
  fc.assert(
    fc.property(parts, parts, (one, two) => {
      assert.equal(associated(...one).equals(associated(...two)), JSON.stringify(one) === JSON.stringify(two));
    }),
  );
});
