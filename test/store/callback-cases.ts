import assert from 'node:assert/strict';
import type { Store } from '../../src/store/store.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { noConsequences } from './consequences.ts';

/** What the callbacks of every adapter of the Store port must do, by name. */
export interface CallbackCase {
  readonly name: string;
  readonly run: (store: Store) => Promise<void>;
}

let made = 0;

async function createCustomer(store: Store): Promise<string> {
  const id = `called-${made++}`;
  const wrappedKey = { kekId: 'a', bytes: Buffer.from('key') };
  const identity = { account: randomAccount() };
  await store.createCustomer({
    id,
    identity,
    wrappedKey,
    set: [],
    withdraw: [],
    files: [],
    consequences: noConsequences,
  });
  return id;
}

async function urlOf({ callbacks }: Store, id: string): Promise<string | undefined> {
  const found = await callbacks.findCallback(id);
  return found && Buffer.from(found.sealedUrl).toString();
}

export const callbackCases: readonly CallbackCase[] = [
  {
    name: 'a callback is found with the moment it was set',
    run: async (store) => {
      const id = await createCustomer(store);
      assert.equal(await store.callbacks.findCallback(id), undefined);
      const before = Date.now();
      assert.equal(await store.callbacks.setCallback(id, Buffer.from('url'), 'wallet.example'), true);
      assert.equal(await urlOf(store, id), 'url');
      const setAt = (await store.callbacks.findCallback(id))?.setAt.getTime() ?? 0;
      assert.ok(before <= setAt && setAt <= Date.now());
    },
  },
  {
    name: 'a callback replaces the earlier one, of this customer alone',
    run: async (store) => {
      const [one, other] = [await createCustomer(store), await createCustomer(store)];
      for (const url of ['first', 'second', 'second'])
        assert.equal(await store.callbacks.setCallback(one, Buffer.from(url), 'wallet.example'), true);
      assert.equal(await store.callbacks.setCallback(other, Buffer.from('third'), 'wallet.example'), true);
      assert.deepEqual([await urlOf(store, one), await urlOf(store, other)], ['second', 'third']);
    },
  },
  {
    name: 'for nobody no callback is kept',
    run: async (store) => {
      assert.equal(await store.callbacks.setCallback('nobody', Buffer.from('url'), 'wallet.example'), false);
      assert.equal(await store.callbacks.findCallback('nobody'), undefined);
    },
  },
  {
    name: 'a callback goes with its customer, and cannot be set afterwards',
    run: async (store) => {
      const id = await createCustomer(store);
      await store.callbacks.setCallback(id, Buffer.from('url'), 'wallet.example');
      await store.deleteCustomer(id);
      assert.equal(await store.callbacks.findCallback(id), undefined);
      assert.equal(await store.callbacks.setCallback(id, Buffer.from('url'), 'wallet.example'), false);
    },
  },
  {
    name: 'a callback leaves the version of its customer alone',
    run: async (store) => {
      const id = await createCustomer(store);
      await store.callbacks.setCallback(id, Buffer.from('url'), 'wallet.example');
      const update = { id, version: 1, set: [], withdraw: [], files: [], consequences: noConsequences };
      assert.equal((await store.updateCustomer(update)).outcome, 'stored');
      assert.equal(await urlOf(store, id), 'url', 'and an update leaves the callback alone');
    },
  },
];
