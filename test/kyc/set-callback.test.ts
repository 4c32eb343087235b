import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { CustomerNotFound } from '../../src/errors.ts';
import { setCallback } from '../../src/kyc/set-callback.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { callbackField } from '../../src/store/callback-store.ts';
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

test('[kyc.callback] a URL opens under its own name and for its own customer, and nowhere else', async () => {
  await using directory = await temporaryDirectory();
  const store = await openSqliteStore(join(directory.path, 'kyc.db'), systemClock);
  const account = randomAccount();
  const vault = await createCustomer(store, 'ada', account);
  const other = await createCustomer(store, 'bob', randomAccount());
  const context = { subject: { sub: account, account }, requestId: 'r' };
  await setCallback({ store, keyRing }, { account, url }, context);
  const { sealedUrl = Buffer.alloc(0) } = (await store.callbacks.findCallback('ada')) ?? {};
  assert.equal(callbackField, 'callback_url');
  assert.equal(vault.open(callbackField, sealedUrl), url);
  assert.throws(() => vault.open('first_name', sealedUrl));
  assert.throws(() => other.open(callbackField, sealedUrl));
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
  assert.equal(await store.callbacks.findCallback('ada'), undefined);
  await store.close();
});
