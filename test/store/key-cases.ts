import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { KycError } from '../../src/errors.ts';
import type { Store } from '../../src/store/store.ts';
import type { WrappedKey } from '../../src/vault/key-ring.ts';
import type { KeyPlace, WrappedRow } from '../../src/vault/rotate-keys.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { noConsequences } from './consequences.ts';
import type { StoreCase } from './store-cases.ts';

let made = 0;

/** Names that no other case uses, so that all may run over one database. */
function fresh(what: string): string {
  return `${what}-${made++}`;
}

function wrappedBy(kekId: string): WrappedKey {
  return { kekId, bytes: randomBytes(60) };
}

async function addCustomer(store: Store, wrappedKey: WrappedKey): Promise<{ id: string; account: string }> {
  const [id, account] = [fresh('keyed'), randomAccount()];
  const nothing = { set: [], withdraw: [], files: [], consequences: noConsequences };
  await store.createCustomer({ id, identity: { account }, wrappedKey, ...nothing });
  return { id, account };
}

async function addUpload(store: Store, wrappedKey: WrappedKey): Promise<string> {
  const id = randomBytes(16).toString('hex');
  const about = { contentType: 'image/jpeg', sizeBytes: 3, expiresAt: new Date(Date.now() + 60_000) };
  const upload = { id, owner: { account: randomAccount() }, wrappedKey, sealed: Buffer.from('sealed'), ...about };
  const { outcome } = await store.files.addUpload(upload, { count: 20, bytes: 1000 });
  assert.equal(outcome, 'stored');
  return id;
}

async function usesOf(store: Store, kekId: string): Promise<Record<string, number>> {
  const uses = (await store.keys.listKeyUses()).filter((use) => use.kekId === kekId);
  return Object.fromEntries(uses.map(({ place, count }) => [place, count]));
}

async function rowsOf(store: Store, place: KeyPlace, kekId: string): Promise<readonly WrappedRow[]> {
  return store.keys.listWrapped(place, kekId, '', 100);
}

const plain = (bytes: Uint8Array | undefined): Buffer => Buffer.from(bytes ?? []);

/** What every adapter must do about wrapped keys. */
export const keyCases: readonly StoreCase[] = [
  {
    name: 'it is told which keys wrap how much where, and none that wrap nothing',
    run: async (store) => {
      const [one, other] = [fresh('kek'), fresh('kek')];
      for (let count = 0; count < 3; count++) await addCustomer(store, wrappedBy(one));
      await addCustomer(store, wrappedBy(other));
      await addUpload(store, wrappedBy(one));
      await store.keys.addIndexKey(fresh('index'), wrappedBy(one));
      assert.deepEqual(await usesOf(store, one), { customers: 3, uploads: 1, index_keys: 1 });
      assert.deepEqual(await usesOf(store, other), { customers: 1 });
      assert.deepEqual(await usesOf(store, fresh('kek')), {});
    },
  },
  {
    name: 'what a key wraps is listed by id, some at a time, each once',
    run: async (store) => {
      const kek = fresh('kek');
      const ids: string[] = [];
      for (let count = 0; count < 7; count++) ids.push((await addCustomer(store, wrappedBy(kek))).id);
      const seen: string[] = [];
      for (let after = ''; ; ) {
        const batch = await store.keys.listWrapped('customers', kek, after, 3);
        const last = batch.at(-1);
        if (last === undefined) break;
        seen.push(...batch.map(({ id }) => id));
        after = last.id;
      }
      assert.deepEqual(seen, ids.sort());
    },
  },
  {
    name: 'a wrapped key is replaced where it lies, and nothing else of the customer changes',
    run: async (store) => {
      const [old, current] = [fresh('kek'), fresh('kek')];
      const { id, account } = await addCustomer(store, wrappedBy(old));
      const upload = await addUpload(store, wrappedBy(old));
      const index = fresh('index');
      await store.keys.addIndexKey(index, wrappedBy(old));
      const before = await store.findCustomer({ account });
      const to = wrappedBy(current);
      for (const place of ['customers', 'uploads', 'index_keys'] as const) {
        const rows = await rowsOf(store, place, old);
        assert.equal(rows.length, 1, place);
        assert.ok([id, upload, index].includes(rows[0]?.id ?? ''), place);
        const rewrappings = rows.map((row) => ({ id: row.id, from: row, to }));
        assert.equal(await store.keys.replaceWrapped(place, rewrappings), 1, place);
      }
      assert.deepEqual(await usesOf(store, old), {});
      const after = await store.findCustomer({ account });
      assert.deepEqual({ ...after, wrappedKey: undefined }, { ...before, wrappedKey: undefined });
      assert.equal(after?.wrappedKey.kekId, current);
      assert.deepEqual(plain(after?.wrappedKey.bytes), to.bytes);
      assert.equal((await store.keys.findIndexKey(index))?.kekId, current);
    },
  },
  {
    name: 'what has changed since it was read, or is gone, is left alone, and the others of the batch are not',
    run: async (store) => {
      const [old, current] = [fresh('kek'), fresh('kek')];
      const customers = [];
      for (let count = 0; count < 3; count++) customers.push(await addCustomer(store, wrappedBy(old)));
      const rows = await rowsOf(store, 'customers', old);
      const [changed, gone, same] = rows;
      const toward = (row: WrappedRow | undefined) => ({
        id: row?.id ?? '',
        from: row ?? wrappedBy(old),
        to: wrappedBy(current),
      });
      const first = toward(changed);
      assert.equal(await store.keys.replaceWrapped('customers', [first]), 1);
      await store.deleteCustomer(gone?.id ?? '');
      assert.equal(await store.keys.replaceWrapped('customers', [toward(changed), toward(gone), toward(same)]), 1);
      const kept = await store.findCustomerById(changed?.id ?? '');
      assert.deepEqual(plain(kept?.wrappedKey.bytes), first.to.bytes);
      const wrong = { ...first, from: { kekId: current, bytes: randomBytes(60) } };
      assert.equal(await store.keys.replaceWrapped('customers', [wrong]), 0);
    },
  },
  {
    name: 'under a retired key nothing is stored any more, by nobody, until it is reinstated',
    run: async (store) => {
      const [kek, live] = [fresh('kek'), fresh('kek')];
      await store.keys.addKeyCheck(wrappedBy(kek));
      const { id } = await addCustomer(store, wrappedBy(live));
      const at = new Date(1_900_000_000_000);
      await store.keys.retireKey(kek, at);
      const check = (await store.keys.listKeyChecks()).find(({ kekId }) => kekId === kek);
      assert.deepEqual(check?.retiredAt, at);
      const [row] = await rowsOf(store, 'customers', live);
      const writes: readonly (() => Promise<unknown>)[] = [
        () => addCustomer(store, wrappedBy(kek)),
        () => addUpload(store, wrappedBy(kek)),
        () => store.keys.addIndexKey(fresh('index'), wrappedBy(kek)),
        () => store.erasures.rewrap(id, row ?? wrappedBy(live), wrappedBy(kek)),
        () => store.keys.replaceWrapped('customers', row ? [{ id, from: row, to: wrappedBy(kek) }] : []),
      ];
      for (const write of writes) await assert.rejects(write, isRetired);
      assert.deepEqual(await usesOf(store, kek), {});
      assert.deepEqual(await usesOf(store, live), { customers: 1 });
      await store.keys.reinstateKey(kek);
      await addCustomer(store, wrappedBy(kek));
      assert.deepEqual(await usesOf(store, kek), { customers: 1 });
    },
  },
  {
    name: 'a refusal for a retired key fails no other write of the same moment',
    run: async (store) => {
      const [retired, live] = [fresh('kek'), fresh('kek')];
      await store.keys.addKeyCheck(wrappedBy(retired));
      await store.keys.retireKey(retired, new Date());
      const keys = [live, retired, live, retired, live];
      const outcomes = await Promise.allSettled(keys.map((kek) => addCustomer(store, wrappedBy(kek))));
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        keys.map((kek) => (kek === live ? 'fulfilled' : 'rejected')),
      );
    },
  },
];

function isRetired(error: unknown): boolean {
  assert.ok(error instanceof KycError, String(error));
  return error.code === 'unavailable' && (error.cause as Error).name === 'RetiredKey';
}
