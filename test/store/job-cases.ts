import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Store } from '../../src/store/store.ts';

/** What holding jobs must do with every adapter of the Store port, by name. */
export interface JobCase {
  readonly name: string;
  readonly run: (store: Store) => Promise<void>;
}

const now = new Date('2030-01-01T00:00:00Z');
const end = new Date('2030-01-01T00:00:15Z');
const later = new Date('2030-01-01T00:00:20Z');
const lastEnd = new Date('2030-01-01T00:00:35Z');

export const jobCases: readonly JobCase[] = [
  {
    name: 'one process has a job until its lease ends; others are told who and until when',
    run: async ({ jobs }) => {
      const claim = { job: randomUUID(), now, leaseUntil: end };
      const [a, b] = [randomUUID(), randomUUID()];
      assert.deepEqual(await jobs.hold({ ...claim, holder: a }), { holder: a, until: end });
      assert.deepEqual(await jobs.hold({ ...claim, holder: b }), { holder: a, until: end });
      assert.deepEqual(await jobs.hold({ ...claim, job: randomUUID(), holder: b }), { holder: b, until: end });
      assert.deepEqual(await jobs.hold({ ...claim, holder: a, leaseUntil: later }), { holder: a, until: later });
      const after = { ...claim, now: later, leaseUntil: lastEnd };
      assert.deepEqual(await jobs.hold({ ...after, holder: b }), { holder: b, until: lastEnd }, 'it has run out');
      assert.deepEqual(await jobs.hold({ ...after, holder: a }), { holder: b, until: lastEnd }, 'it was taken over');
    },
  },
  {
    name: 'who lets go lets go of all that it has, and of nothing of others',
    run: async ({ jobs }) => {
      const claim = { now, leaseUntil: end };
      const [a, b] = [randomUUID(), randomUUID()];
      const [one, other, third] = [randomUUID(), randomUUID(), randomUUID()];
      for (const job of [one, other]) await jobs.hold({ ...claim, job, holder: a });
      await jobs.hold({ ...claim, job: third, holder: b });
      await jobs.release(a);
      for (const job of [one, other])
        assert.equal((await jobs.hold({ ...claim, job, holder: b })).holder, b, 'it need not be waited for');
      assert.equal((await jobs.hold({ ...claim, job: third, holder: a })).holder, b);
    },
  },
  {
    name: 'of many that ask at once one gets the job, and all are told that one',
    run: async ({ jobs }) => {
      const job = randomUUID();
      const holders = Array.from({ length: 20 }, () => randomUUID());
      for (const claim of [
        { job, now, leaseUntil: end },
        { job, now: later, leaseUntil: lastEnd },
      ]) {
        const held = await Promise.all(holders.map((holder) => jobs.hold({ ...claim, holder })));
        assert.equal(new Set(held.map(({ holder }) => holder)).size, 1);
      }
    },
  },
  {
    name: 'a lease that a clock gone wrong has taken for years is nobody to wait for',
    run: async ({ jobs }) => {
      const job = randomUUID();
      const wrong = { job, holder: randomUUID(), now: new Date('2040-01-01'), leaseUntil: new Date('2040-01-02') };
      await jobs.hold(wrong);
      const holder = randomUUID();
      assert.deepEqual(await jobs.hold({ job, holder, now, leaseUntil: end }), { holder, until: end });
    },
  },
];
