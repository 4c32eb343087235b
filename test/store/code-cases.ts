import assert from 'node:assert/strict';
import { maxTries, type SendCap } from '../../src/store/code-store.ts';
import type { Store } from '../../src/store/store.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { noConsequences } from './consequences.ts';

/** What the codes of every adapter of the Store port must do, by name. Each case has a time of its own. */
export interface CodeCase {
  readonly name: string;
  readonly run: (store: Store) => Promise<void>;
}

const field = 'email_address';
const minuteMs = 60_000;
let made = 0;

function later(from: Date, ms: number): Date {
  return new Date(from.getTime() + ms);
}

/** A time at which nothing of an earlier case is under way any more. */
function freshTime(): Date {
  return new Date(Date.UTC(2030, 0, 1) + made++ * 7 * 24 * 60 * minuteMs);
}

async function createCustomer(store: Store): Promise<string> {
  const customerId = `coded-${made++}`;
  const wrappedKey = { kekId: 'a', bytes: Buffer.from('key') };
  const set = [field, 'language_code', 'city'].map((name) => ({ field: name, sealed: Buffer.from(`sealed ${name}`) }));
  const identity = { account: randomAccount(), memo: { type: 'id', value: '7' } } as const;
  await store.createCustomer({
    id: customerId,
    identity,
    wrappedKey,
    set,
    withdraw: [],
    files: [],
    consequences: noConsequences,
  });
  return customerId;
}

/** Claims everything that is due; answers the claim of this customer. */
async function claimOf({ codes }: Store, customerId: string, now: Date) {
  const claims = await codes.claimCodes(now, later(now, minuteMs), 1000);
  const others = claims.filter((claim) => claim.customerId !== customerId);
  for (const other of others) await codes.noteFailed(other, 'other_case');
  return claims.find((claim) => claim.customerId === customerId);
}

function codeAt(now: Date, id = 'code-1') {
  return { id, hash: Buffer.from(`hash of ${id}`), expiresAt: later(now, 10 * minuteMs) };
}

function capOf(max: number, withinMs: number, whenFull: SendCap['whenFull'], bucket = `bucket-${made++}`): SendCap {
  return { bucket: Buffer.from(bucket), max, withinMs, whenFull };
}

/** A customer whose code has been sent at `now`. */
async function sent(store: Store, now: Date) {
  const subject = { customerId: await createCustomer(store), field, rev: 1 };
  await store.codes.requestCode(subject, now);
  const claim = await claimOf(store, subject.customerId, now);
  assert.ok(claim);
  assert.equal(await store.codes.armCode(claim, codeAt(now), [], now), 'armed');
  await store.codes.noteSent(claim);
  return subject;
}

export const codeCases: readonly CodeCase[] = [
  {
    name: 'a code that is asked for is claimed once, with what it takes to send it',
    run: async (store) => {
      const now = freshTime();
      const subject = { customerId: await createCustomer(store), field, rev: 1 };
      assert.equal(await store.codes.requestCode(subject, now), true);
      const claim = await claimOf(store, subject.customerId, now);
      assert.ok(claim);
      assert.deepEqual([claim.field, claim.rev, claim.attempt, claim.askedAt], [field, 1, 0, now]);
      assert.deepEqual(claim.values.map((value) => value.field).sort(), [field, 'language_code']);
      assert.deepEqual(claim.identities[0]?.memo, { type: 'id', value: '7' });
      assert.equal(claim.wrappedKey.kekId, 'a');
      assert.equal(await claimOf(store, subject.customerId, later(now, minuteMs - 1)), undefined);
      const again = await claimOf(store, subject.customerId, later(now, minuteMs));
      assert.ok(again, 'when its lease has ended, another worker has it');
      assert.equal(await store.codes.armCode(claim, codeAt(now), [], now), 'lost');
      await store.codes.noteSent(claim);
      assert.equal((await store.codes.findCode(subject.customerId, field))?.state, 'due');
    },
  },
  {
    name: 'for nobody no code is kept, and a code goes with its customer',
    run: async (store) => {
      const now = freshTime();
      assert.equal(await store.codes.requestCode({ customerId: 'nobody', field, rev: 1 }, now), false);
      const subject = await sent(store, now);
      await store.deleteCustomer(subject.customerId);
      assert.equal(await store.codes.findCode(subject.customerId, field), undefined);
      assert.deepEqual(await store.codes.takeTry(subject, now), { outcome: 'none' });
    },
  },
  {
    name: 'asking again sends nothing while a code is due, on its way or good, and another one afterwards',
    run: async (store) => {
      const now = freshTime();
      const subject = { customerId: await createCustomer(store), field, rev: 1 };
      const ask = (at: Date): Promise<boolean> => store.codes.requestCode(subject, at);
      assert.equal(await ask(now), true);
      assert.equal(await ask(now), false, 'due');
      const claim = await claimOf(store, subject.customerId, now);
      assert.ok(claim);
      assert.equal(await ask(now), false, 'taken');
      await store.codes.armCode(claim, codeAt(now), [], now);
      await store.codes.noteSent(claim);
      assert.equal(await ask(later(now, 10 * minuteMs - 1)), false, 'good');
      assert.equal(await ask(later(now, 10 * minuteMs)), true, 'expired');
    },
  },
  {
    name: 'a code is asked for anew while it is good, but not while one is on its way',
    run: async (store) => {
      const now = freshTime();
      const subject = await sent(store, now);
      assert.equal(await store.codes.requestCode(subject, now, true), true);
      assert.equal(await store.codes.requestCode(subject, now, true), false);
      assert.equal((await store.codes.takeTry(subject, now)).outcome, 'counted', 'the earlier one is good until then');
    },
  },
  {
    name: 'another version of the value voids the code, and an older one asks for nothing',
    run: async (store) => {
      const now = freshTime();
      const subject = await sent(store, now);
      const next = { ...subject, rev: 2 };
      assert.equal(await store.codes.requestCode(next, now), true);
      assert.deepEqual(await store.codes.takeTry(subject, now), { outcome: 'none' });
      assert.deepEqual(await store.codes.takeTry(next, now), { outcome: 'none' });
      assert.equal(await store.codes.requestCode(subject, later(now, 60 * minuteMs)), false);
    },
  },
  {
    name: 'of a hundred guesses at once five are counted, and a new code has its own five',
    run: async (store) => {
      const now = freshTime();
      const subject = await sent(store, now);
      const guesses = await Promise.all(Array.from({ length: 100 }, () => store.codes.takeTry(subject, now)));
      assert.equal(guesses.filter(({ outcome }) => outcome === 'counted').length, maxTries);
      assert.equal(guesses.filter(({ outcome }) => outcome === 'exhausted').length, 100 - maxTries);
      assert.equal(await store.codes.requestCode(subject, now), true, 'one that was guessed too often is not good');
      assert.equal((await store.codes.takeTry(subject, now)).outcome, 'exhausted', 'until the new one is sent');
      const claim = await claimOf(store, subject.customerId, now);
      assert.ok(claim);
      await store.codes.armCode(claim, codeAt(now, 'code-2'), [], now);
      const next = await store.codes.takeTry(subject, now);
      assert.ok(next.outcome === 'counted' && next.code.id === 'code-2');
    },
  },
  {
    name: 'a code is good until it expires, not longer',
    run: async (store) => {
      const now = freshTime();
      const subject = await sent(store, now);
      const last = await store.codes.takeTry(subject, later(now, 10 * minuteMs - 1));
      assert.ok(last.outcome === 'counted' && !last.isUsed);
      assert.deepEqual(Buffer.from(last.code.hash).toString(), 'hash of code-1');
      assert.deepEqual(await store.codes.takeTry(subject, later(now, 10 * minuteMs)), { outcome: 'expired' });
    },
  },
  {
    name: 'a code that was right is used; one that was replaced meanwhile is not',
    run: async (store) => {
      const now = freshTime();
      const subject = await sent(store, now);
      await store.codes.consumeCode(subject, 'another');
      assert.equal((await store.codes.findCode(subject.customerId, field))?.state, 'sent');
      await store.codes.takeTry(subject, now);
      await store.codes.consumeCode(subject, 'code-1');
      const standing = await store.codes.findCode(subject.customerId, field);
      assert.deepEqual([standing?.state, standing?.tries], ['used', 0]);
      const again = await store.codes.takeTry(subject, now);
      assert.ok(again.outcome === 'counted' && again.isUsed);
    },
  },
  {
    name: 'a code typed in before its sending is noted stays used and is not sent again',
    run: async (store) => {
      const now = freshTime();
      const subject = { customerId: await createCustomer(store), field, rev: 1 };
      for (const note of ['sent', 'failed'] as const) {
        await store.codes.requestCode(subject, now, true);
        const claim = await claimOf(store, subject.customerId, now);
        assert.ok(claim);
        await store.codes.armCode(claim, codeAt(now), [], now);
        await store.codes.consumeCode(subject, 'code-1');
        await (note === 'sent' ? store.codes.noteSent(claim) : store.codes.noteFailed(claim, 'fault', now));
        assert.equal((await store.codes.findCode(subject.customerId, field))?.state, 'used', note);
        assert.equal(await claimOf(store, subject.customerId, later(now, minuteMs)), undefined, note);
      }
    },
  },
  {
    name: 'when the earlier code is right, the new one that was claimed is not sent',
    run: async (store) => {
      const now = freshTime();
      const subject = await sent(store, now);
      await store.codes.requestCode(subject, now, true);
      const claim = await claimOf(store, subject.customerId, now);
      assert.ok(claim);
      await store.codes.consumeCode(subject, 'code-1');
      assert.equal(await store.codes.armCode(claim, codeAt(now, 'code-2'), [], now), 'lost');
    },
  },
  {
    name: 'one that failed is due again when it says, and given up without a time',
    run: async (store) => {
      const now = freshTime();
      const subject = { customerId: await createCustomer(store), field, rev: 1 };
      await store.codes.requestCode(subject, now);
      const first = await claimOf(store, subject.customerId, now);
      assert.ok(first);
      await store.codes.armCode(first, codeAt(now), [], now);
      await store.codes.noteFailed(first, 'smtp_451', later(now, 1000));
      assert.equal(await claimOf(store, subject.customerId, later(now, 999)), undefined);
      const second = await claimOf(store, subject.customerId, later(now, 1000));
      assert.equal(second?.attempt, 1);
      assert.ok(second);
      await store.codes.noteFailed(second, 'smtp_550');
      const standing = await store.codes.findCode(subject.customerId, field);
      assert.deepEqual([standing?.state, standing?.fault], ['failed', 'smtp_550']);
      assert.equal(await claimOf(store, subject.customerId, later(now, minuteMs)), undefined);
      assert.equal(await store.codes.requestCode(subject, now), true, 'whoever still wants it asks again');
    },
  },
  {
    name: 'a cap counts sends of its bucket within its time, whoever asked, and lets one more in when the oldest is forgotten',
    run: async (store) => {
      const now = freshTime();
      const cap = capOf(2, 10 * minuteMs, 'wait');
      const attempt = async (ms: number): Promise<string> => {
        const at = later(now, ms);
        const customerId = await createCustomer(store);
        await store.codes.requestCode({ customerId, field, rev: 1 }, at);
        const claim = await claimOf(store, customerId, at);
        assert.ok(claim);
        const outcome = await store.codes.armCode(claim, codeAt(at), [cap, capOf(1, 1000, 'wait')], at);
        if (outcome === 'waiting') {
          assert.deepEqual(await store.codes.nextSendAt(), later(now, 10 * minuteMs), 'due when there is room');
          assert.ok(await claimOf(store, customerId, later(now, 10 * minuteMs)));
        }
        return outcome;
      };
      const outcomes = [];
      for (const ms of [0, minuteMs, 2 * minuteMs, 10 * minuteMs]) outcomes.push(await attempt(ms));
      assert.deepEqual(outcomes, ['armed', 'armed', 'waiting', 'armed']);
    },
  },
  {
    name: 'where a cap is full that is not waited for, nothing is counted and no code is good',
    run: async (store) => {
      const now = freshTime();
      const [full, free] = [capOf(1, minuteMs, 'give-up'), capOf(1, minuteMs, 'wait')];
      const outcomes = [];
      for (const caps of [[full], [full, free], [free]]) {
        const customerId = await createCustomer(store);
        await store.codes.requestCode({ customerId, field, rev: 1 }, now);
        const claim = await claimOf(store, customerId, now);
        assert.ok(claim);
        outcomes.push(await store.codes.armCode(claim, codeAt(now), caps, now));
        if (outcomes.at(-1) === 'capped')
          assert.deepEqual(await store.codes.takeTry({ customerId, field, rev: 1 }, now), { outcome: 'none' });
      }
      assert.deepEqual(outcomes, ['armed', 'capped', 'armed']);
    },
  },
  {
    name: 'the next code is due when the first one is, or when a lease ends',
    run: async (store) => {
      const now = freshTime();
      const subject = { customerId: await createCustomer(store), field, rev: 1 };
      await claimOf(store, 'nobody', now);
      assert.equal(await store.codes.nextSendAt(), undefined);
      await store.codes.requestCode(subject, now);
      assert.deepEqual(await store.codes.nextSendAt(), now);
      await store.codes.claimCodes(now, later(now, minuteMs), 10);
      assert.deepEqual(await store.codes.nextSendAt(), later(now, minuteMs));
    },
  },
];
