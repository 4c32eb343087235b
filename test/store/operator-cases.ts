import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Store } from '../../src/store/store.ts';
import type { StoreCase } from './store-cases.ts';

const now = new Date('2026-11-24T10:00:00Z');
const later = (ms: number): Date => new Date(now.getTime() + ms);
const hourMs = 3_600_000;
const by = { kind: 'cli' } as const;

/** Somebody who was invited, by a name that no other case uses. */
async function invited({ operators }: Store, role = 'reviewer') {
  const [id, name, tokenHash] = [randomUUID(), `Op-${randomUUID()}`, randomUUID()];
  assert.ok(await operators.invite({ id, name, role }, { tokenHash, expiresAt: later(hourMs) }, by));
  return { id, name, tokenHash };
}

async function active(store: Store, role?: string) {
  const operator = await invited(store, role);
  assert.ok(await store.operators.accept(operator.tokenHash, { password: 'p' }, now));
  return operator;
}

function session(createdAt = now) {
  return { publicId: randomUUID(), createdAt, seenAt: createdAt, by: 'password' };
}

/** What every engine keeps of those who sign in to the console. */
export const operatorCases: readonly StoreCase[] = [
  {
    name: 'two names that differ in case alone are one',
    run: async (store) => {
      const { operators } = store;
      const { name } = await invited(store);
      const link = { tokenHash: randomUUID(), expiresAt: later(hourMs) };
      assert.equal(
        await operators.invite({ id: randomUUID(), name: name.toUpperCase(), role: 'viewer' }, link, by),
        false,
      );
      assert.equal((await operators.findByName(name.toLowerCase()))?.name, name);
      assert.equal(await operators.findInvited(link.tokenHash, now), undefined);
    },
  },
  {
    name: 'an invitation is taken up once, in time, by one of those who try at the same time',
    run: async (store) => {
      const { tokenHash } = await invited(store);
      assert.equal(await store.operators.accept(tokenHash, { password: 'p' }, later(hourMs)), false);
      const tries = ['a', 'b', 'c'].map((password) => store.operators.accept(tokenHash, { password }, now));
      assert.deepEqual((await Promise.all(tries)).filter(Boolean), [true]);
    },
  },
  {
    name: 'another invitation voids the first, and ends all that was when it is taken up',
    run: async (store) => {
      const { id, tokenHash } = await invited(store);
      const second = { tokenHash: randomUUID(), expiresAt: later(hourMs) };
      assert.ok(await store.operators.inviteAgain(id, second, by));
      assert.equal(await store.operators.accept(tokenHash, { password: 'p' }, now), false);
      assert.ok(await store.operators.accept(second.tokenHash, { password: 'p', totpSalt: 's' }, now));
      const passkey = {
        id: randomUUID(),
        operatorId: id,
        publicKey: Buffer.from('k'),
        counter: 0,
        label: 'x',
        createdAt: now,
      };
      assert.ok(await store.signIns.addPasskey(passkey));
      const hash = randomUUID();
      await store.signIns.openSession(id, hash, session());
      assert.equal((await store.signIns.findSession(hash))?.operator.id, id);
      const third = { tokenHash: randomUUID(), expiresAt: later(hourMs) };
      await store.operators.inviteAgain(id, third, by);
      assert.ok(await store.operators.accept(third.tokenHash, { subject: randomUUID() }, now));
      assert.equal(await store.signIns.findSession(hash), undefined);
      assert.deepEqual(await store.signIns.listPasskeys(id), []);
      const record = await store.operators.find(id);
      assert.deepEqual([record?.password, record?.totpSalt], [undefined, undefined]);
    },
  },
  {
    name: 'whoever the single sign-on names is one operator',
    run: async (store) => {
      const [one, other] = [await invited(store), await invited(store)];
      const subject = randomUUID();
      assert.ok(await store.operators.accept(one.tokenHash, { subject }, now));
      assert.equal(await store.operators.accept(other.tokenHash, { subject }, now), false);
      assert.equal((await store.operators.findBySubject(subject))?.id, one.id);
    },
  },
  {
    name: 'whoever is disabled has no session, and gets none; enabled again, what ended stays ended',
    run: async (store) => {
      const { id } = await active(store);
      const [before, after] = [randomUUID(), randomUUID()];
      await store.signIns.openSession(id, before, session());
      assert.equal(await store.operators.change(id, { state: 'disabled' }, by), 'stored');
      await store.signIns.openSession(id, after, session());
      assert.equal(await store.operators.change(id, { state: 'active' }, by), 'stored');
      for (const hash of [before, after]) assert.equal(await store.signIns.findSession(hash), undefined);
      assert.equal(await store.operators.change(randomUUID(), { role: 'lead' }, by), 'unknown');
    },
  },
  {
    name: 'of the last two admins, who disable each other at the same time, one stays',
    run: async (store) => {
      const others = (await store.operators.list()).filter(({ role, state }) => role === 'admin' && state === 'active');
      const pair = [await active(store, 'admin'), await active(store, 'admin')];
      for (const { id } of others) assert.equal(await store.operators.change(id, { role: 'lead' }, by), 'stored');
      const outcomes = await Promise.all(pair.map(({ id }) => store.operators.change(id, { state: 'disabled' }, by)));
      assert.deepEqual(outcomes.toSorted(), ['last', 'stored']);
    },
  },
  {
    name: 'attempts are counted one by one however many come at once, and wait longer each time',
    run: async ({ signIns }) => {
      const bucket = randomUUID();
      const tries = await Promise.all(Array.from({ length: 9 }, () => signIns.countAttempt(bucket, now)));
      assert.equal(tries.filter((until) => until === undefined).length, 5);
      assert.deepEqual(await signIns.countAttempt(bucket, later(1000)), later(30_000));
      assert.equal(await signIns.countAttempt(bucket, later(30_000)), undefined);
      assert.deepEqual(await signIns.countAttempt(bucket, later(31_000)), later(90_000));
      await signIns.forgetAttempts(bucket);
      assert.equal(await signIns.countAttempt(bucket, now), undefined);
    },
  },
  {
    name: 'a code and the count of a passkey are used once, and never go back',
    run: async (store) => {
      const { id } = await active(store);
      const used = await Promise.all([7, 7, 7].map((step) => store.signIns.useTotpStep(id, step)));
      assert.equal(used.filter(Boolean).length, 1);
      assert.equal(await store.signIns.useTotpStep(id, 6), false);
      const key = randomUUID();
      const passkey = { id: key, operatorId: id, publicKey: Buffer.from('k'), counter: 0, label: 'x', createdAt: now };
      assert.ok(await store.signIns.addPasskey(passkey));
      assert.equal(await store.signIns.addPasskey(passkey), false);
      assert.ok(await store.signIns.usePasskey(key, 0), 'one that does not count');
      assert.ok(await store.signIns.usePasskey(key, 5));
      for (const counter of [5, 4, 0]) assert.equal(await store.signIns.usePasskey(key, counter), false);
    },
  },
  {
    name: 'sessions end by name, but for one, and when they are old',
    run: async (store) => {
      const { id } = await active(store);
      const hashes = [randomUUID(), randomUUID(), randomUUID()];
      for (const hash of hashes) await store.signIns.openSession(id, hash, session());
      const [first = '', second = '', third = ''] = hashes;
      const { publicId } = (await store.signIns.findSession(first))?.session ?? assert.fail();
      await store.signIns.endSessions(id, { publicId });
      await store.signIns.endSessions(id, { exceptHash: second });
      const left = await Promise.all(hashes.map(async (hash) => (await store.signIns.findSession(hash)) !== undefined));
      assert.deepEqual(left, [false, true, false], third);
      await store.signIns.touchSession(second, later(hourMs));
      assert.deepEqual((await store.signIns.listSessions(id))[0]?.seenAt, later(hourMs));
      await store.signIns.forgetSessions(later(-1), later(1));
      assert.notEqual(await store.signIns.findSession(second), undefined);
      await store.signIns.forgetSessions(later(1), later(-1));
      assert.equal(await store.signIns.findSession(second), undefined);
    },
  },
];
