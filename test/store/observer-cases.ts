import assert from 'node:assert/strict';
import type { Store } from '../../src/store/store.ts';
import { randomAccount } from '../support/test-anchor.ts';

/** What the notes of observers of every adapter of the Store port must do, by name. */
export interface ObserverCase {
  readonly name: string;
  readonly run: (store: Store) => Promise<void>;
}

const now = new Date('2030-01-01T00:00:00Z');
const later = new Date('2030-01-01T00:00:10Z');

export const observerCases: readonly ObserverCase[] = [
  {
    name: 'one observer has an account until its lease ends or it lets go',
    run: async ({ observers }) => {
      const account = randomAccount();
      const lease = { account, now, leaseUntil: later };
      assert.deepEqual(await observers.hold({ ...lease, holder: 'a' }), { cursor: undefined });
      assert.equal(await observers.hold({ ...lease, holder: 'b' }), undefined);
      assert.deepEqual(await observers.hold({ ...lease, holder: 'a' }), { cursor: undefined });
      assert.deepEqual(await observers.hold({ ...lease, account: randomAccount(), holder: 'b' }), {
        cursor: undefined,
      });
      await observers.release(account, 'b');
      assert.equal(await observers.hold({ ...lease, holder: 'b' }), undefined);
      await observers.release(account, 'a');
      assert.deepEqual(await observers.hold({ ...lease, holder: 'b' }), { cursor: undefined });
      assert.deepEqual(await observers.hold({ ...lease, holder: 'c', now: later }), { cursor: undefined });
      assert.equal(await observers.advance(account, 'b', '5'), false, 'overtaken');
      assert.equal(await observers.advance(account, 'c', '5'), true);
    },
  },
  {
    name: 'of many that ask at once one gets the account',
    run: async ({ observers }) => {
      const account = randomAccount();
      const holders = Array.from({ length: 20 }, (_, n) => `holder-${n}`);
      const places = await Promise.all(
        holders.map((holder) => observers.hold({ account, holder, now, leaseUntil: later })),
      );
      assert.equal(places.filter((place) => place !== undefined).length, 1);
    },
  },
  {
    name: 'how far was seen goes by number, beyond what a double holds, and never back',
    run: async ({ observers }) => {
      const account = randomAccount();
      const claim = { account, holder: 'a', now, leaseUntil: later };
      await observers.hold(claim);
      for (const [cursor, seen] of [
        ['0', '0'],
        ['9', '9'],
        ['10', '10'],
        ['9', '10'],
        ['219043332297658369', '219043332297658369'],
        ['219043332297658370', '219043332297658370'],
        ['219043332297658369', '219043332297658370'],
        ['9223372036854775807', '9223372036854775807'],
      ] as const) {
        assert.equal(await observers.advance(account, 'a', cursor), true);
        assert.deepEqual(await observers.hold(claim), { cursor: seen });
      }
    },
  },
];
