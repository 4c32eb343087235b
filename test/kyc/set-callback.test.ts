import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { CustomerNotFound } from '../../src/errors.ts';
import { setCallback } from '../../src/kyc/set-callback.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { callbackName } from '../../src/store/callback-store.ts';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { LocalKeyRing } from '../../src/vault/key-ring.ts';
import { createVault, type Vault } from '../../src/vault/vault.ts';
import { noConsequences } from '../store/consequences.ts';
import { randomAccount, temporaryDirectory } from '../support/test-anchor.ts';

const keyRing = new LocalKeyRing(new Map([['k1', Buffer.alloc(32, 7)]]));
const url = 'https://wallet.example/callback?user=ada';

async function createCustomer(store: Store, id: string, account: string): Promise<Vault> {
  const vault = await createVault(keyRing, id);
  const { wrappedKey } = vault;
  await store.createCustomer({
    id,
    identity: { account },
    wrappedKey,
    set: [],
    withdraw: [],
    files: [],
    consequences: noConsequences,
  });
  return vault;
}

test('[kyc.callback] a URL opens for its own callback and its own customer, and nowhere else', async () => {
  await using directory = await temporaryDirectory();
  const store = await openSqliteStore(join(directory.path, 'kyc.db'), systemClock);
  const account = randomAccount();
  const vault = await createCustomer(store, 'ada', account);
  const other = await createCustomer(store, 'bob', randomAccount());
  const context = { subject: { sub: account, account }, requestId: 'r' };
  await setCallback({ store, keyRing }, { account, url }, context);
  const [{ id, sealedUrl } = assert.fail(), ...more] = await store.callbacks.listCallbacks('ada');
  assert.deepEqual(more, []);
  assert.equal(vault.open(callbackName('ada', id), sealedUrl), url);
  for (const name of ['first_name', 'callback_url', callbackName('ada', 'another')])
    assert.throws(() => vault.open(name, sealedUrl));
  assert.throws(() => other.open(callbackName('ada', id), sealedUrl));
  await setCallback({ store, keyRing }, { account, url: `${url}&again` }, context);
  const [again = assert.fail()] = await store.callbacks.listCallbacks('ada');
  assert.equal(
    vault.open(callbackName('ada', id), again.sealedUrl),
    `${url}&again`,
    'one that is set again keeps its id',
  );
  await store.close();
});

test('[kyc.callback] for a customer who is deleted in between nothing is kept', async () => {
  await using directory = await temporaryDirectory();
  const store = await openSqliteStore(join(directory.path, 'kyc.db'), systemClock);
  const account = randomAccount();
  await createCustomer(store, 'ada', account);
  const slowRing = {
    currentId: keyRing.currentId,
    ids: keyRing.ids,
    wrap: keyRing.wrap.bind(keyRing),
    rewrap: keyRing.rewrap.bind(keyRing),
    describe: () => keyRing.describe(),
    forget: keyRing.forget.bind(keyRing),
    unwrap: async (...args: Parameters<typeof keyRing.unwrap>) => {
      await store.deleteCustomer('ada');
      return keyRing.unwrap(...args);
    },
  };
  const context = { subject: { sub: account, account }, requestId: 'r' };
  await assert.rejects(setCallback({ store, keyRing: slowRing }, { account, url }, context), CustomerNotFound);
  assert.deepEqual(await store.callbacks.listCallbacks('ada'), []);
  await store.close();
});

test('[kyc.callback] of requests of one wallet at once each is kept in turn, and one callback comes of them', async () => {
  await using directory = await temporaryDirectory();
  const store = await openSqliteStore(join(directory.path, 'kyc.db'), systemClock);
  const account = randomAccount();
  const vault = await createCustomer(store, 'ada', account);
  const context = { subject: { sub: account, account }, requestId: 'r' };
  await Promise.all([1, 2, 3].map(() => setCallback({ store, keyRing }, { account, url }, context)));
  const [{ id, sealedUrl } = assert.fail(), ...more] = await store.callbacks.listCallbacks('ada');
  assert.deepEqual([vault.open(callbackName('ada', id), sealedUrl), more], [url, []]);
  await store.close();
});
