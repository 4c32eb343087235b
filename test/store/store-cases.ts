import assert from 'node:assert/strict';
import type { Memo } from '../../src/stellar/memo.ts';
import type { FileRow } from '../../src/store/file-store.ts';
import type { Identity } from '../../src/store/identity.ts';
import type { ChangeOutcome, NewCustomer, Store } from '../../src/store/store.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { noConsequences } from './consequences.ts';

/** What every adapter of the Store port must do, by name. */
export interface StoreCase {
  readonly name: string;
  readonly run: (store: Store) => Promise<void>;
}

let made = 0;

function customerOf(identity: Identity, fields: Readonly<Record<string, string>> = {}): NewCustomer {
  const set = Object.entries(fields).map(([field, value]) => ({ field, sealed: Buffer.from(value) }));
  return {
    id: `customer-${made++}`,
    identity,
    wrappedKey: { kekId: 'a', bytes: Buffer.from('key') },
    set,
    withdraw: [],
    files: [],
    consequences: noConsequences,
  };
}

function fileOf(id: string, field: string): FileRow {
  return { id, field, contentType: 'image/jpeg', sizeBytes: 3 };
}

function orphans(outcome: ChangeOutcome): readonly string[] {
  assert.equal(outcome.outcome, 'stored');
  return outcome.outcome === 'stored' ? outcome.orphanedFiles : [];
}

async function valuesOf(store: Store, identity: Identity): Promise<Record<string, string>> {
  const found = await store.findCustomer(identity);
  const values = found && (await store.listValues(found.id, found.version));
  return Object.fromEntries((values ?? []).map(({ field, sealed }) => [field, Buffer.from(sealed).toString()]));
}

const id = (value: string): Memo => ({ type: 'id', value });

export const storeCases: readonly StoreCase[] = [
  {
    name: 'a customer is found by its identity, with version, wrapped key and values',
    run: async (store) => {
      const identity = { account: randomAccount(), memo: id('7') };
      const customer = customerOf(identity, { city: 'sealed' });
      assert.deepEqual(orphans(await store.createCustomer(customer)), []);
      const found = await store.findCustomer(identity);
      assert.equal(found?.id, customer.id);
      assert.equal(found?.version, 1);
      assert.equal(found?.wrappedKey.kekId, 'a');
      assert.deepEqual(Buffer.from(found?.wrappedKey.bytes ?? []), Buffer.from('key'));
      assert.deepEqual(await valuesOf(store, identity), { city: 'sealed' });
    },
  },
  {
    name: 'identities differ by account, memo and memo type, and by having a memo at all',
    run: async (store) => {
      const account = randomAccount();
      const identities: Identity[] = [
        { account },
        { account, memo: id('7') },
        { account, memo: { type: 'text', value: '7' } },
        { account, memo: id('8') },
        { account: randomAccount(), memo: id('7') },
      ];
      for (const identity of identities)
        assert.equal((await store.createCustomer(customerOf(identity))).outcome, 'stored');
      const found = await Promise.all(identities.map((identity) => store.findCustomer(identity)));
      assert.equal(new Set(found.map((customer) => customer?.id)).size, identities.length);
    },
  },
  {
    name: 'a second customer of one identity is a conflict and changes nothing',
    run: async (store) => {
      const identity = { account: randomAccount() };
      const [first, second] = [customerOf(identity, { city: 'one' }), customerOf(identity, { city: 'two' })];
      await store.createCustomer(first);
      assert.deepEqual(await store.createCustomer(second), { outcome: 'conflict' });
      assert.deepEqual(await valuesOf(store, identity), { city: 'one' });
      assert.equal(await store.findCustomerOfAccount(second.id, identity.account), undefined);
    },
  },
  {
    name: 'fifty creations of one identity at once end in one customer',
    run: async (store) => {
      const identity = { account: randomAccount() };
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => store.createCustomer(customerOf(identity))));
      assert.equal(outcomes.filter(({ outcome }) => outcome === 'stored').length, 1);
    },
  },
  {
    name: 'an update sets, replaces and withdraws values and raises the version by one',
    run: async (store) => {
      const identity = { account: randomAccount() };
      const customer = customerOf(identity, { city: 'one', address: 'street' });
      await store.createCustomer(customer);
      const set = [
        { field: 'city', sealed: Buffer.from('two') },
        { field: 'postal_code', sealed: Buffer.from('123') },
      ];
      await store.updateCustomer({
        id: customer.id,
        version: 1,
        set,
        withdraw: ['address'],
        files: [],
        consequences: noConsequences,
      });
      assert.deepEqual(await valuesOf(store, identity), { city: 'two', postal_code: '123' });
      assert.equal((await store.findCustomer(identity))?.version, 2);
    },
  },
  {
    name: 'an update from a version that is no longer the newest is a conflict and changes nothing',
    run: async (store) => {
      const identity = { account: randomAccount() };
      const customer = customerOf(identity, { city: 'one' });
      await store.createCustomer(customer);
      const update = { id: customer.id, withdraw: [], files: [], consequences: noConsequences };
      await store.updateCustomer({ ...update, version: 1, set: [{ field: 'city', sealed: Buffer.from('two') }] });
      const stale = await store.updateCustomer({
        ...update,
        version: 1,
        set: [{ field: 'city', sealed: Buffer.from('three') }],
      });
      assert.deepEqual(stale, { outcome: 'conflict' });
      assert.deepEqual(await valuesOf(store, identity), { city: 'two' });
    },
  },
  {
    name: 'of twenty updates from one version exactly one is stored',
    run: async (store) => {
      const identity = { account: randomAccount() };
      const customer = customerOf(identity);
      await store.createCustomer(customer);
      const update = (city: number): Promise<ChangeOutcome> => {
        const set = [{ field: 'city', sealed: Buffer.from(String(city)) }];
        return store.updateCustomer({
          id: customer.id,
          version: 1,
          set,
          withdraw: [],
          files: [],
          consequences: noConsequences,
        });
      };
      const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => update(index)));
      assert.equal(outcomes.filter(({ outcome }) => outcome === 'stored').length, 1);
    },
  },
  {
    name: 'replacing, withdrawing and deleting answer the files that nothing refers to any more',
    run: async (store) => {
      const identity = { account: randomAccount() };
      const sealed = Buffer.from('reference');
      const set = [
        { field: 'photo_id_front', sealed },
        { field: 'photo_id_back', sealed },
        { field: 'proof_of_income', sealed },
      ];
      const [front, back, income] = [`${made++}front`, `${made++}back`, `${made++}income`];
      const files = [fileOf(front, 'photo_id_front'), fileOf(back, 'photo_id_back'), fileOf(income, 'proof_of_income')];
      const customer = { ...customerOf(identity), set, files };
      await store.createCustomer(customer);
      assert.deepEqual(await store.findLiveFiles([front, back, 'nobody']), new Set([front, back]));
      const newer = `${made++}newer`;
      const update = {
        consequences: noConsequences,
        id: customer.id,
        version: 1,
        set: [{ field: 'photo_id_front', sealed }],
        files: [fileOf(newer, 'photo_id_front')],
      };
      const orphaned = orphans(await store.updateCustomer({ ...update, withdraw: ['photo_id_back'] }));
      assert.deepEqual([...orphaned].sort(), [front, back].sort());
      assert.deepEqual([...orphans(await store.deleteCustomer(customer.id))].sort(), [income, newer].sort());
      assert.deepEqual(await store.findLiveFiles([front, back, income, newer]), new Set());
    },
  },
  {
    name: 'a customer is found by id only through an account of its own, with all identities under it',
    run: async (store) => {
      const identity = { account: randomAccount(), memo: id('7') };
      const customer = customerOf(identity);
      await store.createCustomer(customer);
      const found = await store.findCustomerOfAccount(customer.id, identity.account);
      assert.equal(found?.customer.id, customer.id);
      assert.deepEqual(found?.identities, [identity]);
      assert.equal(await store.findCustomerOfAccount(customer.id, randomAccount()), undefined);
      assert.equal(await store.findCustomerOfAccount('nobody', identity.account), undefined);
    },
  },
  {
    name: 'a deleted customer is gone by identity and id, deleting it again is a conflict, and its identity is free',
    run: async (store) => {
      const identity = { account: randomAccount() };
      const customer = customerOf(identity, { city: 'one' });
      await store.createCustomer(customer);
      await store.deleteCustomer(customer.id);
      assert.equal(await store.findCustomer(identity), undefined);
      assert.equal(await store.findCustomerOfAccount(customer.id, identity.account), undefined);
      assert.deepEqual(await store.deleteCustomer(customer.id), { outcome: 'conflict' });
      const update = { id: customer.id, version: 1, set: [], withdraw: [], files: [], consequences: noConsequences };
      assert.deepEqual(await store.updateCustomer(update), { outcome: 'conflict' });
      assert.equal((await store.createCustomer(customerOf(identity))).outcome, 'stored');
      assert.deepEqual(await valuesOf(store, identity), {});
    },
  },
  {
    name: 'a challenge is used once, also when twenty try at once, and forgotten after it expired',
    run: async (store) => {
      const now = new Date('2026-01-01T00:00:00Z');
      const expiresAt = new Date('2026-01-01T00:15:00Z');
      const hash = `hash-${made++}`;
      const uses = await Promise.all(Array.from({ length: 20 }, () => store.useChallenge(hash, expiresAt, now)));
      assert.equal(uses.filter(Boolean).length, 1);
      assert.equal(await store.useChallenge(hash, expiresAt, now), false);
      assert.equal(await store.isUsedChallenge(hash), true);
      assert.equal(await store.isUsedChallenge(`${hash}0`), false);
      // By the clock of another process, or within its last second, it may still be good.
      assert.equal(await store.useChallenge(hash, expiresAt, new Date('2026-01-01T00:15:30Z')), false);
      assert.equal(await store.useChallenge(hash, expiresAt, new Date('2026-01-01T00:16:01Z')), true);
    },
  },
  {
    name: 'the first use of an account fixes it',
    run: async (store) => {
      const account = randomAccount();
      assert.equal(await store.fixAccountUse(account, 'shared'), 'shared');
      assert.equal(await store.fixAccountUse(account, 'own'), 'shared');
    },
  },
  {
    name: 'a key check is kept as it was first',
    run: async (store) => {
      await store.keys.addKeyCheck({ kekId: 'k', bytes: Buffer.from('one') });
      await store.keys.addKeyCheck({ kekId: 'k', bytes: Buffer.from('two') });
      const checks = (await store.keys.listKeyChecks()).filter(({ kekId }) => kekId === 'k');
      assert.deepEqual(
        checks.map(({ bytes }) => Buffer.from(bytes).toString()),
        ['one'],
      );
    },
  },
  { name: 'a store that is open answers a ping', run: (store) => store.ping() },
];
