import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { BlindIndexEntry } from '../../src/store/standing-store.ts';
import type { Store } from '../../src/store/store.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { noConsequences } from './consequences.ts';
import type { StoreCase } from './store-cases.ts';

let made = 0;
const entryOf = (index: string): BlindIndexEntry => ({ index, digest: randomBytes(32) });
const standing = {
  ...{ type: 'person', transactionId: '', state: 'in-review', since: new Date(), dueAt: undefined },
  ...{ program: 'p', risk: 'low', reason: undefined },
};

async function customer(store: Store, entries: readonly BlindIndexEntry[]): Promise<string> {
  const id = `sought-${String(made++).padStart(4, '0')}`;
  const indexes = { names: entries.map(({ index }) => index), entries };
  await store.createCustomer({
    ...{ id, identity: { account: randomAccount() }, wrappedKey: { kekId: 'a', bytes: Buffer.from('key') } },
    ...{ set: [{ field: 'tax_id', sealed: Buffer.from('sealed') }], withdraw: [], files: [] },
    consequences: { ...noConsequences, indexes, standings: [standing] },
  });
  return id;
}

async function found(store: Store, entry: BlindIndexEntry, limit = 50): Promise<readonly string[]> {
  return (await store.search.find(entry, limit)).map(({ customerId }) => customerId);
}

async function indexed(store: Store, scheme: string): Promise<readonly string[]> {
  const all: string[] = [];
  for (let some = await store.search.nextToIndex(scheme, 3); some !== undefined; ) {
    all.push(...some);
    some = await store.search.nextToIndex(scheme, 3, some.at(-1));
  }
  return all;
}

/** What every adapter must do about finding customers. */
export const searchCases: readonly StoreCase[] = [
  {
    name: 'customers are found by an entry of that index, in order, with where they stand, and no more than asked for',
    run: async (store) => {
      const entry = entryOf('search.tax_id');
      const ids = [await customer(store, [entry]), await customer(store, [entry]), await customer(store, [])];
      const { type, transactionId, state } = standing;
      const standings = [{ type, transactionId, state }];
      const expected = ids.slice(0, 2).map((customerId) => ({ customerId, standings }));
      assert.deepEqual(await store.search.find(entry, 50), expected);
      assert.deepEqual(await found(store, entry, 1), ids.slice(0, 1));
      assert.deepEqual(await found(store, { ...entry, index: 'search.id_number' }), []);
      assert.deepEqual(await found(store, entryOf('search.tax_id')), []);
    },
  },
  {
    name: 'a customer may have several entries of one index; a change replaces those of the indexes that it names',
    run: async (store) => {
      const [one, two, other] = [entryOf('search.name'), entryOf('search.name'), entryOf('search.tax_id')];
      const id = await customer(store, [one, two, other]);
      for (const entry of [one, two, other]) assert.deepEqual(await found(store, entry), [id]);
      const next = entryOf('search.name');
      const indexes = { names: ['search.name'], entries: [next] };
      const consequences = { ...noConsequences, indexes };
      await store.updateCustomer({ id, version: 1, set: [], withdraw: [], files: [], consequences });
      for (const entry of [one, two]) assert.deepEqual(await found(store, entry), []);
      for (const entry of [next, other]) assert.deepEqual(await found(store, entry), [id]);
    },
  },
  {
    name: 'who is gone is not found, nor who is kept, whatever else is kept to know them by',
    run: async (store) => {
      for (const keepIndexes of [true, false, undefined]) {
        const [entry, known] = [entryOf('search.tax_id'), entryOf('tax_id')];
        const id = await customer(store, [entry, known]);
        const sealedIdentities = Buffer.from('sealed');
        const retain = { deleteAfter: new Date(), ground: 'law', sealedIdentities, keepIndexes: keepIndexes === true };
        await store.deleteCustomer(id, keepIndexes === undefined ? {} : { retain });
        assert.deepEqual(await found(store, entry), []);
        assert.equal((await store.standings.findSame('other', [known])).length, keepIndexes === true ? 1 : 0);
        assert.deepEqual(await store.standings.findSame('other', [entry]), [], 'no entry is left');
      }
    },
  },
  {
    name: 'a tombstone is not left by what people are found by',
    run: async (store) => {
      const [entry, known] = [entryOf('search.tax_id'), entryOf('tax_id')];
      const id = await customer(store, [entry, known]);
      const times = { at: new Date(0), expiresAt: new Date(Date.UTC(2100, 0)) };
      const tombstone = { id: `t-${id}`, entries: [], reason: 'sanctions', effect: 'reject', ...times } as const;
      await store.deleteCustomer(id, { tombstone });
      const left = await store.erasures.findTombstones([entry, known], new Date());
      assert.deepEqual(
        left.map(({ index }) => index),
        ['tax_id'],
      );
    },
  },
  {
    name: 'entries are made anew at the version they were made of, and for nobody who is gone',
    run: async (store) => {
      const [old, known, next] = [entryOf('search.tax_id'), entryOf('tax_id'), entryOf('search.city')];
      const id = await customer(store, [old, known]);
      const renewed = { customerId: id, version: 2, entries: [next], opened: ['city'] };
      assert.equal(await store.search.renew(renewed), false);
      assert.deepEqual(await found(store, next), []);
      for (let times = 0; times < 2; times++) assert.equal(await store.search.renew({ ...renewed, version: 1 }), true);
      assert.deepEqual([await found(store, old), await found(store, next)], [[], [id]]);
      assert.equal((await store.standings.findSame('other', [known])).length, 1, 'that of others stays');
      assert.equal((await store.findCustomerById(id))?.version, 1);
      await store.deleteCustomer(id);
      assert.equal(await store.search.renew({ ...renewed, version: 1 }), false);
    },
  },
  {
    name: 'everybody of before is come to once, going on where it was stopped, and again for another scheme alone',
    run: async (store) => {
      const ids = [await customer(store, []), await customer(store, []), await customer(store, [])];
      assert.equal(await store.search.nextToIndex('one', 3), undefined, 'nobody has begun');
      await store.search.begin('one');
      const [first, ...rest] = (await store.search.nextToIndex('one', 1000)) ?? [];
      await store.search.nextToIndex('one', 1, first);
      await store.search.begin('one');
      const all = await indexed(store, 'one');
      assert.deepEqual(all, rest, 'the first was done');
      for (const id of ids) assert.ok([first, ...all].includes(id));
      await store.search.begin('one');
      assert.equal(await store.search.nextToIndex('one', 3), undefined, 'done is done');
      await store.search.begin('two');
      assert.deepEqual(await indexed(store, 'two'), [first, ...rest]);
      assert.equal(await store.search.nextToIndex('one', 3), undefined, 'given up');
    },
  },
];
