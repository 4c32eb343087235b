import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Upload } from '../../src/store/file-store.ts';
import type { Identity } from '../../src/store/identity.ts';
import type { NewCustomer } from '../../src/store/store.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { noConsequences } from './consequences.ts';
import type { StoreCase } from './store-cases.ts';

const roomy = { count: 100, bytes: 1000 };
const soon = (): Date => new Date(Date.now() + 60_000);
const past = new Date(1);

function uploadOf(owner: Identity, changes: Partial<Upload> = {}): Upload {
  return {
    id: randomBytes(16).toString('hex'),
    owner,
    wrappedKey: { kekId: 'a', bytes: Buffer.from('key') },
    sealed: Buffer.from('reference'),
    contentType: 'image/png',
    sizeBytes: 10,
    expiresAt: soon(),
    ...changes,
  };
}

/** A new customer who takes these uploads, one field each. */
function taker(identity: Identity, uploads: readonly Upload[]): NewCustomer {
  return {
    id: randomBytes(8).toString('hex'),
    identity,
    wrappedKey: { kekId: 'a', bytes: Buffer.from('key') },
    set: uploads.map((_, n) => ({ field: `f${n}`, sealed: Buffer.from('reference') })),
    withdraw: [],
    consequences: noConsequences,
    files: uploads.map(({ id, contentType, sizeBytes }, n) => ({ id, field: `f${n}`, contentType, sizeBytes })),
    take: uploads.map(({ id }) => id),
    quota: roomy,
  };
}

const user = (account: string, value: string): Identity => ({ account, memo: { type: 'id', value } });

/** What every adapter of the Store port must do with files. */
export const fileCases: readonly StoreCase[] = [
  {
    name: 'an upload is found by its id and owner, whole',
    run: async ({ files }) => {
      for (const owner of [{ account: randomAccount() }, user(randomAccount(), '7')]) {
        const upload = uploadOf(owner);
        assert.deepEqual(await files.addUpload(upload, roomy), { outcome: 'stored' });
        const found = await files.findUpload(upload.id, owner);
        assert.deepEqual(Buffer.from(found?.sealed ?? []), upload.sealed);
        assert.deepEqual(Buffer.from(found?.wrappedKey.bytes ?? []), upload.wrappedKey.bytes);
        assert.deepEqual({ ...found, sealed: upload.sealed, wrappedKey: upload.wrappedKey }, upload);
      }
    },
  },
  {
    name: 'an upload is not found by another account, memo or type of memo, nor once it expired',
    run: async ({ files }) => {
      const account = randomAccount();
      const upload = uploadOf(user(account, '7'));
      await files.addUpload(upload, roomy);
      const others: Identity[] = [
        { account },
        user(account, '8'),
        { account, memo: { type: 'text', value: '7' } },
        user(randomAccount(), '7'),
      ];
      for (const other of others) assert.equal(await files.findUpload(upload.id, other), undefined);
      const expired = uploadOf({ account }, { expiresAt: past });
      await files.addUpload(expired, roomy);
      assert.equal(await files.findUpload(expired.id, { account }), undefined);
    },
  },
  {
    name: 'taking an upload makes it a file of the customer, and of nobody else',
    run: async (store) => {
      const owner = { account: randomAccount() };
      const upload = uploadOf(owner);
      await store.files.addUpload(upload, roomy);
      const customer = taker(owner, [upload]);
      assert.equal((await store.createCustomer(customer)).outcome, 'stored');
      assert.equal(await store.files.findUpload(upload.id, owner), undefined);
      const row = { id: upload.id, field: 'f0', contentType: 'image/png', sizeBytes: 10 };
      assert.deepEqual(await store.files.findFile(upload.id), { ...row, customerId: customer.id });
      assert.deepEqual(await store.files.listFiles(customer.id), [row]);
      assert.deepEqual(await store.createCustomer(taker(user(owner.account, '7'), [upload])), { outcome: 'conflict' });
    },
  },
  {
    name: 'of twenty customers that take one upload, exactly one is created',
    run: async (store) => {
      const owner = { account: randomAccount() };
      const upload = uploadOf(owner);
      await store.files.addUpload(upload, roomy);
      const takers = Array.from({ length: 20 }, (_, n) =>
        store.createCustomer(taker(user(owner.account, String(n)), [upload])),
      );
      const outcomes = (await Promise.all(takers)).map(({ outcome }) => outcome).sort();
      assert.deepEqual(outcomes, [...Array<string>(19).fill('conflict'), 'stored']);
    },
  },
  {
    name: 'a change that is a conflict takes no upload, neither for its version nor for another upload that is gone',
    run: async (store) => {
      const owner = { account: randomAccount() };
      const [upload, gone] = [uploadOf(owner), uploadOf(owner)];
      await store.files.addUpload(upload, roomy);
      assert.deepEqual(await store.createCustomer(taker(owner, [upload, gone])), { outcome: 'conflict' });
      assert.equal(await store.findCustomer(owner), undefined);
      const { id, ...changes } = taker(owner, []);
      await store.createCustomer({ id, ...changes });
      const stale = await store.updateCustomer({ ...taker(owner, [upload]), id, version: 7 });
      assert.deepEqual(stale, { outcome: 'conflict' });
      assert.ok(await store.files.findUpload(upload.id, owner));
    },
  },
  {
    name: 'the quota counts the files of the customer and the uploads of its identity, once each, and none that expired',
    run: async (store) => {
      const owner = { account: randomAccount() };
      const quota = { count: 3, bytes: 29 };
      const over = (exceeded: string): unknown => ({ outcome: 'over-quota', exceeded });
      await store.files.addUpload(uploadOf(owner, { expiresAt: past }), quota);
      const [first, second] = [uploadOf(owner), uploadOf(owner)];
      await store.files.addUpload(first, quota);
      assert.equal((await store.createCustomer({ ...taker(owner, [first]), quota })).outcome, 'stored');
      assert.deepEqual(await store.files.addUpload(second, quota), { outcome: 'stored' });
      assert.deepEqual(await store.files.addUpload(uploadOf(owner), quota), over('bytes'));
      assert.deepEqual(await store.files.addUpload(uploadOf(owner), { count: 2, bytes: 1000 }), over('count'));
      const id = (await store.findCustomer(owner))?.id ?? '';
      const add = { ...taker(owner, [uploadOf(owner)]), id, version: 1, take: [], quota };
      const files = add.files.map((file) => ({ ...file, field: 'other' }));
      assert.deepEqual(await store.updateCustomer({ ...add, files, set: [] }), over('bytes'));
      assert.equal((await store.updateCustomer(add)).outcome, 'stored', 'in place of the file of that field');
      assert.equal((await store.findCustomer(owner))?.version, 2);
    },
  },
  {
    name: 'uploads of an owner, and those that expired, are removed and answered',
    run: async ({ files }) => {
      const owner = { account: randomAccount() };
      const [one, two, expired, other] = [
        uploadOf(owner),
        uploadOf(owner),
        uploadOf({ account: randomAccount() }, { expiresAt: past }),
        uploadOf({ account: randomAccount() }),
      ];
      for (const upload of [one, two, expired, other]) await files.addUpload(upload, roomy);
      assert.deepEqual([...(await files.removeUploads(owner))].sort(), [one.id, two.id].sort());
      assert.deepEqual(await files.removeUploads(owner), []);
      const removed = await files.removeExpired();
      assert.ok(removed.includes(expired.id));
      assert.ok(!removed.includes(other.id));
    },
  },
  {
    name: 'uploads are live, and a deleted customer loses those of its identity',
    run: async (store) => {
      const owner = { account: randomAccount() };
      const [taken, waiting, foreign] = [uploadOf(owner), uploadOf(owner), uploadOf(user(owner.account, '7'))];
      for (const upload of [taken, waiting, foreign]) await store.files.addUpload(upload, roomy);
      const customer = taker(owner, [taken]);
      await store.createCustomer(customer);
      const all = [taken.id, waiting.id, foreign.id];
      assert.deepEqual(await store.findLiveFiles([...all, 'nobody']), new Set(all));
      const deleted = await store.deleteCustomer(customer.id);
      assert.deepEqual(
        deleted.outcome === 'stored' && [...deleted.orphanedFiles].sort(),
        [taken.id, waiting.id].sort(),
      );
      assert.deepEqual(await store.findLiveFiles(all), new Set([foreign.id]));
    },
  },
];
