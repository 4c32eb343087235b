import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { NewRetention } from '../../src/store/erasure-store.ts';
import type { Store } from '../../src/store/store.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { noConsequences } from './consequences.ts';
import type { StoreCase } from './store-cases.ts';

let made = 0;
const day = (n: number): Date => new Date(Date.UTC(2030, 0, n));

async function customer(store: Store): Promise<{ id: string; account: string; digest: Buffer }> {
  const [id, account, digest] = [`erased-${made++}`, randomAccount(), randomBytes(32)];
  await store.createCustomer({
    ...{ id, identity: { account }, wrappedKey: { kekId: 'a', bytes: Buffer.from('key') } },
    ...{ set: [{ field: 'city', sealed: Buffer.from('London') }], withdraw: [], files: [] },
    consequences: { ...noConsequences, indexes: { names: ['document'], entries: [{ index: 'document', digest }] } },
  });
  return { id, account, digest };
}

const until = (deleteAfter: Date): NewRetention => {
  return { deleteAfter, ground: 'law', sealedIdentities: Buffer.from('sealed'), keepIndexes: false };
};

/** What every adapter must do about customers who go. */
export const erasureCases: readonly StoreCase[] = [
  {
    name: 'who is kept is found by nobody, until they are purged at their date, once',
    run: async (store) => {
      const { id, account } = await customer(store);
      assert.deepEqual(await store.deleteCustomer(id, { version: 2 }), { outcome: 'conflict' });
      assert.equal((await store.deleteCustomer(id, { version: 1, retain: until(day(10)) })).outcome, 'stored');
      assert.equal(await store.findCustomerById(id), undefined);
      assert.equal(await store.findCustomer({ account }), undefined);
      assert.equal((await store.deleteCustomer(id)).outcome, 'conflict');
      const kept = await store.erasures.findRetained(id);
      assert.deepEqual([kept?.version, kept?.ground, kept?.deleteAfter], [2, 'law', day(10)]);
      assert.equal((await store.listValues(id, 2))?.length, 1);
      assert.ok((await store.erasures.listRetained(100)).some(({ customerId }) => customerId === id));
      assert.equal(await store.erasures.purge(id, day(9)), undefined);
      const purges = await Promise.all([1, 2].map(() => store.erasures.purge(id, day(10))));
      assert.deepEqual(purges.map((purge) => purge?.values).sort(), [1, undefined]);
      assert.equal(await store.erasures.findRetained(id), undefined);
    },
  },
  {
    name: 'who is held is not purged until the hold is lifted by a proposal that stands',
    run: async (store) => {
      const { id } = await customer(store);
      const hold = { operator: 'lea', sealedReason: Buffer.from('why'), act: { act: 'hold', operator: 'lea' } };
      assert.equal(await store.erasures.hold(id, 7, hold), 'conflict');
      assert.equal(await store.erasures.hold(id, 1, hold), 'stored');
      assert.equal(await store.erasures.hold(id, 2, hold), 'conflict', 'held already');
      await store.deleteCustomer(id, { version: 2, retain: until(day(1)) });
      assert.ok(!(await store.erasures.findPurgeable(day(5), 1000)).includes(id));
      assert.equal(await store.erasures.purge(id, day(5)), undefined);
      const act = { act: 'lift-hold', operator: 'ada' };
      assert.equal(await store.erasures.lift(id, 3, 'none', act), 'conflict');
      const proposal = { id: `p-${id}`, customerId: id, version: 3, act: '{"act":"lift-hold"}', operator: 'lea' };
      assert.equal(await store.reviews.propose(proposal), true);
      assert.equal(await store.erasures.lift(id, 3, proposal.id, act), 'stored');
      assert.ok((await store.erasures.findPurgeable(day(5), 1000)).includes(id));
      assert.equal((await store.erasures.purge(id, day(5)))?.customerId, id);
    },
  },
  {
    name: 'a tombstone is found by what the customer had and by what is given, until it ends',
    run: async (store) => {
      const { id, digest } = await customer(store);
      const own = { index: 'identity', digest: randomBytes(32) };
      const said = { reason: 'sanctions', effect: 'reject', at: day(1), expiresAt: day(20) } as const;
      await store.deleteCustomer(id, { tombstone: { id: `t-${id}`, entries: [own], ...said } });
      const entries = [own, { index: 'document', digest }, { index: 'tax_id', digest }];
      const found = await store.erasures.findTombstones(entries, day(19));
      assert.deepEqual(
        found.map(({ index, reason, effect, at }) => [index, reason, effect, at]),
        ['identity', 'document'].map((index) => [index, 'sanctions', 'reject', day(1)]),
      );
      assert.deepEqual(await store.erasures.findTombstones(entries, day(20)), []);
      assert.ok((await store.erasures.removeTombstones(day(20))) >= 2);
    },
  },
  {
    name: 'a change that was computed before somebody left a tombstone by its entries is a conflict, and not one that knew of it',
    run: async (store) => {
      const { id, digest } = await customer(store);
      const other = await customer(store);
      const said = { reason: 'sanctions', effect: 'reject', at: day(1), expiresAt: day(9000) } as const;
      await store.deleteCustomer(id, { version: 1, tombstone: { id: `t-${id}`, entries: [], ...said } });
      const entries = [
        { index: 'identity', digest: randomBytes(32) },
        { index: 'document', digest },
      ];
      const none = { set: [], withdraw: [], files: [], consequences: noConsequences };
      const [before, since] = [
        { entries, found: ['another'] },
        { entries, found: [`t-${id}`] },
      ];
      const update = { id: other.id, version: 1, ...none };
      assert.deepEqual(await store.updateCustomer({ ...update, sought: before }), { outcome: 'conflict' });
      assert.equal((await store.findCustomerById(other.id))?.version, 1);
      assert.equal((await store.updateCustomer({ ...update, sought: since })).outcome, 'stored');
      const create = { identity: { account: randomAccount() }, wrappedKey: { kekId: 'a', bytes: Buffer.from('key') } };
      const fresh = { id: `erased-${made++}`, ...create, ...none };
      assert.deepEqual(await store.createCustomer({ ...fresh, sought: before }), { outcome: 'conflict' });
      assert.equal(await store.findCustomerById(fresh.id), undefined);
      assert.equal((await store.createCustomer({ ...fresh, sought: since })).outcome, 'stored');
    },
  },
  {
    name: 'whose data key is gone is to be shredded, until that is done',
    run: async (store) => {
      const { id } = await customer(store);
      await store.deleteCustomer(id);
      assert.ok((await store.erasures.listShreds(1000)).includes(id));
      await store.erasures.forgetShreds([id]);
      assert.ok(!(await store.erasures.listShreds(1000)).includes(id));
      assert.equal(typeof (await store.scrub()), 'boolean');
    },
  },
  {
    name: 'whom a backup brings back is destroyed, kept ones, too; a data key is replaced only if it is still that one',
    run: async (store) => {
      const [one, two] = [await customer(store), await customer(store)];
      const [from, to] = [
        { kekId: 'a', bytes: Buffer.from('key') },
        { kekId: 'b', bytes: Buffer.from('new') },
      ];
      assert.equal(await store.erasures.rewrap(one.id, to, from), false);
      assert.equal((await store.findCustomerById(one.id))?.wrappedKey.kekId, 'a');
      assert.equal(await store.erasures.rewrap(one.id, from, to), true);
      assert.equal((await store.findCustomerById(one.id))?.wrappedKey.kekId, 'b');
      await store.deleteCustomer(two.id, { retain: until(day(10)) });
      assert.equal(await store.erasures.destroyRestored([one.id, two.id, 'nobody']), 2);
      assert.equal(await store.erasures.findRetained(two.id), undefined);
      assert.equal(await store.findCustomerById(one.id), undefined);
    },
  },
];
