import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { ErasureWork, type FinishingParts } from '../../src/kyc/finish-erasures.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { openSqliteShredKeys } from '../../src/store/sql/sql-shred-keys.ts';
import { keyBytes, LocalKeyRing, SealBroken } from '../../src/vault/key-ring.ts';
import { ShreddedKeyRing } from '../../src/vault/shred-keys.ts';
import { createVault, openVault } from '../../src/vault/vault.ts';
import { noConsequences } from '../store/consequences.ts';
import { testEngine } from '../support/engines.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { randomAccount } from '../support/test-anchor.ts';

test('[vault.shreds] a data key of an earlier release that is rotated while it gets its other half gets it the next time: none is passed over', async () => {
  await using ground = await testEngine.open();
  await using directory = await temporaryDirectory();
  const store = await ground.openStore();
  const shreds = await openSqliteShredKeys(join(directory.path, 'shreds.db'));
  const below = new LocalKeyRing(new Map([['a', randomBytes(keyBytes)]]));
  const ids = ['ada', 'bob', 'cyd'];
  for (const id of ids) {
    const vault = await createVault(below, id);
    const rest = { withdraw: [], files: [], consequences: noConsequences, identity: { account: randomAccount() } };
    const set = [{ field: 'city', sealed: vault.seal('city', 'London') }];
    assert.equal((await store.createCustomer({ id, set, wrappedKey: vault.wrappedKey, ...rest })).outcome, 'stored');
  }
  await store.erasures.fixShredStore(shreds.id);

  const ring = new ShreddedKeyRing(below, shreds);
  let rotations = 0;
  const shreddedRing = {
    async upgrade(...[wrapped, owner]: Parameters<ShreddedKeyRing['upgrade']>) {
      const upgraded = await ring.upgrade(wrapped, owner);
      if (owner !== 'bob' || rotations > 0) return upgraded;
      const to = await below.rewrap(wrapped, owner);
      rotations += await store.keys.replaceWrapped('customers', [{ id: owner, from: wrapped, to }]);
      return upgraded;
    },
  };
  const parts = { store, shreds, shreddedRing, clock: systemClock, log: silentLogger };
  const work = new ErasureWork(parts as unknown as FinishingParts);
  while ((await work.upgrade()) > 0);
  assert.equal(rotations, 1);
  await shreds.destroy(ids, new Date());
  for (const id of ids) {
    const record = await store.findCustomerById(id);
    await assert.rejects(openVault(ring, id, record?.wrappedKey ?? assert.fail()), SealBroken, `${id} was upgraded`);
  }
  await shreds.close();
  await store.close();
});
