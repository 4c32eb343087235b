import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { NewCallback } from '../../src/store/callback-store.ts';
import type { Upload } from '../../src/store/file-store.ts';
import type { Identity } from '../../src/store/identity.ts';
import type { CustomerUpdate, NewCustomer, Store } from '../../src/store/store.ts';
import type { KeyRing } from '../../src/vault/key-ring.ts';
import { retireKey } from '../../src/vault/rotate-keys.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { noConsequences } from './consequences.ts';

/** What must hold whoever comes first, between two processes on one database. */
export interface RaceCase {
  readonly name: string;
  run(one: Store, other: Store): Promise<void>;
}

const rounds = 25;
const wrappedKey = { kekId: 'a', bytes: Buffer.from('key') };
const newId = (): string => randomBytes(12).toString('hex');

function customerOf(identity: Identity = { account: randomAccount() }): NewCustomer {
  return { id: newId(), identity, wrappedKey, set: [], withdraw: [], files: [], consequences: noConsequences };
}

async function added(store: Store, identity?: Identity): Promise<string> {
  const customer = customerOf(identity);
  assert.equal((await store.createCustomer(customer)).outcome, 'stored');
  return customer.id;
}

function update(id: string, version = 1, changes: Partial<CustomerUpdate> = {}): CustomerUpdate {
  return { id, version, set: [], withdraw: [], files: [], consequences: noConsequences, ...changes };
}

function uploadOf(owner: Identity): Upload {
  const rest = { contentType: 'image/png', sizeBytes: 10, expiresAt: new Date(Date.now() + 60_000) };
  return { id: newId(), owner, wrappedKey, sealed: Buffer.from('reference'), ...rest };
}

function fileOf(id: string, field = 'photo'): NewCustomer['files'][number] {
  return { id, field, contentType: 'image/png', sizeBytes: 10 };
}

function callbackOf(customerId: string, identity: Identity): NewCallback {
  const by = { ...identity, knownAs: customerId };
  return { id: newId(), customerId, by, sealedUrl: Buffer.from('url'), target: 'wallet.example' };
}

/** Both at once, many times over. */
async function race(round: (n: number) => Promise<void>): Promise<void> {
  for (let n = 0; n < rounds; n++) await round(n);
}

const count = <T>(items: readonly T[], holds: (item: T) => boolean): number => items.filter(holds).length;
const act = { act: 'note', operator: 'ann' } as const;

/** Every case is about a place where one write relies on what it has read. */
export const raceCases: readonly RaceCase[] = [
  {
    name: 'a key that is retired while customers are stored under it wraps none of them, or stays in use',
    run: async (one, other) => {
      const ring = { currentId: 'another' } as KeyRing;
      await race(async (n) => {
        const kekId = `key-${n}`;
        await one.keys.addKeyCheck({ kekId, bytes: Buffer.from('check') });
        const customers = [1, 2, 3].map(() => ({ ...customerOf(), wrappedKey: { kekId, bytes: Buffer.from('key') } }));
        const [retired, ...stored] = await Promise.allSettled([
          retireKey({ ring, rows: other.keys, now: () => new Date() }, kekId),
          ...customers.map((customer) => one.createCustomer(customer)),
        ]);
        const wrapped = (await one.keys.listKeyUses()).find((use) => use.kekId === kekId)?.count ?? 0;
        assert.equal(
          wrapped,
          count(stored, ({ status }) => status === 'fulfilled'),
        );
        assert.ok(retired?.status === 'rejected' || wrapped === 0);
        const check = (await one.keys.listKeyChecks()).find((known) => known.kekId === kekId);
        assert.equal(check?.retiredAt !== undefined, retired?.status === 'fulfilled');
      });
    },
  },
  {
    name: 'of forty creations of one identity one is stored and the others are conflicts',
    run: async (one, other) => {
      const identity = { account: randomAccount() };
      const made = Array.from({ length: 40 }, (_, n) => (n % 2 ? one : other).createCustomer(customerOf(identity)));
      const outcomes = (await Promise.all(made)).map(({ outcome }) => outcome);
      assert.equal(
        count(outcomes, (outcome) => outcome === 'stored'),
        1,
      );
      assert.equal(
        count(outcomes, (outcome) => outcome === 'conflict'),
        39,
      );
    },
  },
  {
    name: 'uploads and files together never exceed the quota',
    run: async (one, other) => {
      const quota = { count: 5, bytes: 1000 };
      const owner = { account: randomAccount() };
      const id = await added(one, owner);
      const uploads = Array.from({ length: 20 }, (_, n) =>
        (n % 2 ? one : other).files.addUpload(uploadOf(owner), quota),
      );
      const file = other.updateCustomer(update(id, 1, { files: [fileOf(newId())], quota }));
      const outcomes = [...(await Promise.all(uploads)), await file];
      assert.equal(
        count(outcomes, ({ outcome }) => outcome === 'stored'),
        5,
      );
      assert.equal(
        count(outcomes, ({ outcome }) => outcome === 'over-quota'),
        16,
      );
    },
  },
  {
    name: 'an upload is taken by one',
    run: (one, other) =>
      race(async () => {
        const upload = uploadOf({ account: randomAccount() });
        await one.files.addUpload(upload, { count: 5, bytes: 1000 });
        const taking = [one, other, one].map((store) =>
          store.createCustomer({ ...customerOf(), take: [upload.id], files: [fileOf(upload.id)] }),
        );
        const outcomes = (await Promise.all(taking)).map(({ outcome }) => outcome);
        assert.deepEqual(outcomes.sort(), ['conflict', 'conflict', 'stored']);
      }),
  },
  {
    name: 'who is deleted leaves no file, no note and no callback behind, whatever is written about them at that moment',
    run: (one, other) =>
      race(async () => {
        const identity = { account: randomAccount() };
        const id = await added(one, identity);
        const file = fileOf(newId());
        const [deleted, updated] = await Promise.all([
          one.deleteCustomer(id),
          other.updateCustomer(update(id, 1, { files: [file] })),
          other.callbacks.setCallback(callbackOf(id, identity)),
          other.reviews.claim(id, { type: 't', operator: 'ann', until: new Date(2e12) }, new Date()),
          other.reviews.addNote(id, 1, { id: newId(), operator: 'ann', sealed: Buffer.from('note') }),
          other.codes.requestCode({ customerId: id, field: 'email_address', rev: 1 }, new Date()),
        ]);
        assert.equal(deleted.outcome, 'stored');
        const orphans = deleted.outcome === 'stored' ? deleted.orphanedFiles : [];
        assert.deepEqual(orphans, updated.outcome === 'stored' ? [file.id] : []);
        assert.deepEqual(await one.callbacks.listCallbacks(id), []);
        assert.equal((await one.reviews.findFile(id)).notes.length, 0);
        assert.equal(await one.codes.findCode(id, 'email_address'), undefined);
      }),
  },
  {
    name: 'a proposal is either withdrawn or carried out',
    run: (one, other) =>
      race(async () => {
        const [customerId, id] = [await added(one), newId()];
        await one.reviews.propose({ id, customerId, version: 1, act: '{"act":"approve"}', operator: 'ann' });
        const consequences = { ...noConsequences, review: { act, proposal: id } };
        const [carriedOut, withdrawn] = await Promise.all([
          one.updateCustomer(update(customerId, 1, { consequences })),
          other.reviews.withdraw(id, 'ann'),
        ]);
        assert.notEqual(carriedOut.outcome === 'stored', withdrawn);
      }),
  },
  {
    name: 'a run that a change still needs is not dropped',
    run: (one, other) =>
      race(async (n) => {
        const run = { check: `drop-${n}`, inputs: 'a:1', round: 1, runAt: new Date(n) };
        const id = await added(one);
        await one.updateCustomer(update(id, 1, { consequences: { ...noConsequences, runs: [run] } }));
        const [claimed] = await one.runs.claimRuns(new Date(n), new Date(2e12), 1);
        assert.ok(claimed);
        const [, updated] = await Promise.all([
          one.runs.dropRun(claimed, 2),
          other.updateCustomer(update(id, 2, { consequences: { ...noConsequences, runs: [run] } })),
        ]);
        assert.equal(updated.outcome, 'stored');
        await other.runs.retryRun(claimed, new Date(n));
        const [again] = await one.runs.claimRuns(new Date(n), new Date(2e12), 1);
        assert.equal(again?.customerId, id);
      }),
  },
  {
    name: 'a cap on codes holds for all who send',
    run: async (one, other) => {
      const cap = { bucket: randomBytes(8), max: 3, withinMs: 60_000, whenFull: 'give-up' } as const;
      const now = new Date();
      for (let n = 0; n < 12; n++)
        await one.codes.requestCode({ customerId: await added(one), field: 'email_address', rev: 1 }, now);
      const claims = (
        await Promise.all([one, other].map(({ codes }) => codes.claimCodes(now, new Date(2e12), 6)))
      ).flat();
      assert.equal(new Set(claims.map(({ customerId }) => customerId)).size, 12);
      const code = { id: 'c', hash: randomBytes(8), expiresAt: new Date(2e12) };
      const armed = claims.map((claim, n) => (n % 2 ? one : other).codes.armCode(claim, code, [cap], now));
      assert.equal(
        count(await Promise.all(armed), (outcome) => outcome === 'armed'),
        3,
      );
    },
  },
  {
    name: 'a note that comes while its customer is merged is there afterwards, or the writer is told that it is not',
    run: (one, other) =>
      race(async () => {
        const [from, into] = [await added(one), await added(one)];
        const none = { evidence: [], notes: [], files: [], callbacks: [] };
        const [merged, noted] = await Promise.all([
          one.accounts.merge({ from: { id: from, version: 1 }, into: update(into), ...none }),
          other.reviews.addNote(from, 1, { id: newId(), operator: 'ann', sealed: Buffer.from('note') }),
        ]);
        assert.notEqual(merged.outcome === 'stored', noted);
      }),
  },
  {
    name: 'of callbacks that one subject sets at once for the first time one is kept, and the others are told',
    run: (one, other) =>
      race(async () => {
        const identity = { account: randomAccount() };
        const id = await added(one, identity);
        const outcomes = await Promise.all(
          [one, other, one].map((store) => store.callbacks.setCallback(callbackOf(id, identity))),
        );
        assert.deepEqual(outcomes.sort(), ['conflict', 'conflict', 'stored']);
        assert.equal((await one.callbacks.listCallbacks(id)).length, 1);
      }),
  },
  {
    name: 'a callback that comes while its account is taken from the customer is not there afterwards',
    run: (one, other) =>
      race(async () => {
        const [identity, second] = [{ account: randomAccount() }, { account: randomAccount() }];
        const customerId = await added(one, identity);
        const change = { customerId, entry: { index: 'identity', digest: randomBytes(8) }, act };
        assert.equal(await one.accounts.link({ ...change, version: 1, identity: second }), 'stored');
        await Promise.all([
          one.accounts.unlink({ ...change, version: 2, identity }),
          other.callbacks.setCallback(callbackOf(customerId, identity)),
        ]);
        assert.deepEqual(await one.callbacks.listCallbacks(customerId), []);
      }),
  },
  {
    name: 'a callback that comes while its customer is merged is there afterwards, or the merge is refused',
    run: (one, other) =>
      race(async () => {
        const identity = { account: randomAccount() };
        const [from, into] = [await added(one, identity), await added(one)];
        const none = { evidence: [], notes: [], files: [], callbacks: [] };
        const [merged, set] = await Promise.all([
          one.accounts.merge({ from: { id: from, version: 1 }, into: update(into), ...none }),
          other.callbacks.setCallback(callbackOf(from, identity)),
        ]);
        assert.deepEqual(
          [merged.outcome, set].sort(),
          merged.outcome === 'stored' ? ['stored', 'unknown'] : ['conflict', 'stored'],
        );
      }),
  },
  {
    name: 'each event is made a delivery of once',
    run: async (one, other) => {
      await Promise.all(Array.from({ length: 20 }, () => added(one)));
      const subscription = { id: newId(), events: new Set(['customer.created'] as const) };
      await Promise.all([one, other, one, other].map(({ outbox }) => outbox.fanOut([subscription], new Date())));
      const made = await one.deliveries.list({ target: `events/${subscription.id}` }, 1000);
      assert.equal(made.length, 20);
    },
  },
];
