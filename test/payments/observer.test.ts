import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LedgerPayment, LedgerTransaction } from '../support/stand-ins/horizon-stand-in.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { money, openObserved, pause, usdc } from './observed-world.ts';
import { statusOf } from './world.ts';

interface Case {
  readonly what: string;
  readonly payments: (memo: string) => readonly LedgerPayment[];
  readonly transaction?: (memo: string) => LedgerTransaction;
  readonly status: string;
  /** What is logged of it. */
  readonly logged?: string;
}

const unmatched = 'warn money came that belongs to no payment';
const lookedAt = 'error money has to be looked at';

/** What one transaction means for a payment of 100 that waits. */
const cases: readonly Case[] = [
  { what: 'the whole amount', payments: () => [money()], status: 'pending_receiver' },
  {
    what: 'a path payment that received it',
    payments: () => [money({ type: 'path_payment_strict_receive' })],
    status: 'pending_receiver',
  },
  {
    what: 'a path payment that sent for it',
    payments: () => [money({ type: 'path_payment_strict_send' })],
    status: 'pending_receiver',
  },
  {
    what: 'two operations of one transaction that make it up',
    payments: () => [money({ amount: '60.0000000' }), money({ amount: '40.0000000' })],
    status: 'pending_receiver',
  },
  {
    what: 'the whole amount twice in one transaction',
    payments: () => [money(), money()],
    ...{ status: 'error', logged: lookedAt },
  },
  {
    what: 'the amount, and something else beside it in one transaction',
    payments: () => [money(), money({ asset: 'native', amount: '1.0000000' })],
    ...{ status: 'error', logged: lookedAt },
  },
  {
    what: 'the muxed address of the memo',
    payments: (memo) => [money({ muxedId: memo })],
    transaction: () => ({}),
    status: 'pending_receiver',
  },
  {
    what: 'the muxed address of the memo beside another memo',
    payments: (memo) => [money({ muxedId: memo })],
    transaction: () => ({ memo: '1' }),
    ...{ status: 'pending_sender', logged: unmatched },
  },
  {
    what: 'a transaction that failed',
    payments: () => [money()],
    transaction: (memo) => ({ memo, isSuccessful: false }),
    status: 'pending_sender',
  },
  {
    what: 'less',
    payments: () => [money({ amount: '99.9999999' })],
    ...{ status: 'error', logged: lookedAt },
  },
  { what: 'more', payments: () => [money({ amount: '100.0000001' })], status: 'error', logged: lookedAt },
  {
    what: 'another asset of that code',
    payments: () => [money({ asset: `USDC:${randomAccount()}` })],
    ...{ status: 'error', logged: lookedAt },
  },
  { what: 'lumens', payments: () => [money({ asset: 'native' })], status: 'error', logged: lookedAt },
  {
    what: 'an asset of a long code',
    payments: () => [money({ asset: usdc.replace('USDC', 'USDCX') })],
    ...{ status: 'error', logged: lookedAt },
  },
  {
    what: 'no memo',
    payments: () => [money()],
    transaction: () => ({}),
    ...{ status: 'pending_sender', logged: unmatched },
  },
  {
    what: 'the number as a text',
    payments: () => [money()],
    transaction: (memo) => ({ memo, memoType: 'text' }),
    ...{ status: 'pending_sender', logged: unmatched },
  },
  {
    what: 'a memo of the type return',
    payments: () => [money()],
    transaction: () => ({ memo: Buffer.alloc(32, 1).toString('base64'), memoType: 'return' }),
    ...{ status: 'pending_sender', logged: unmatched },
  },
  {
    what: 'an account that is made',
    payments: () => [money({ type: 'create_account', asset: 'native' })],
    status: 'pending_sender',
  },
  {
    what: 'money for somebody else',
    payments: () => [money({ to: randomAccount() })],
    status: 'pending_sender',
  },
];

suite('[seed.s8] what comes on Stellar for a payment', () => {
  for (const joins of [true, false]) {
    test(`[payments.observer] each kind of transaction means what it should, ${joins ? 'joined' : 'asked for'}`, async (t) => {
      await using observed = await openObserved();
      const { world, horizon, lines } = observed;
      horizon.conduct.joins = joins;
      observed.observe();
      while (!(await observed.seen())) await pause(5);
      for (const { what, payments, transaction, status, logged } of cases) {
        await t.test(`${what}: ${status}`, async () => {
          lines.length = 0;
          const { id, memo } = await observed.awaited();
          horizon.pay(payments(memo), transaction?.(memo) ?? { memo });
          // What comes after it was seen, so it was.
          horizon.pay([money({ type: 'create_account' })]);
          await observed.caughtUp();
          assert.equal(await statusOf(world, id), status);
          const said = lines.filter((line) => line === unmatched || line === lookedAt);
          assert.deepEqual(said, logged === undefined ? [] : [logged]);
        });
      }
    });
  }

  test('[payments.observer] what was paid wrongly is never executed, what was paid rightly is, once', async () => {
    await using observed = await openObserved();
    const { world, horizon } = observed;
    observed.observe();
    while (!(await observed.seen())) await pause(5);
    const [right, wrong] = [await observed.awaited(), await observed.awaited()];
    horizon.pay([money()], right);
    horizon.pay([money({ amount: '1.0000000' })], wrong);
    horizon.pay([money()], right);
    await observed.caughtUp();
    const paid: string[] = [];
    const runner = world.runner(({ id }) => {
      paid.push(id);
      return { status: 'completed' };
    });
    while ((await runner.runDue()) > 0);
    assert.deepEqual(paid, [right.id]);
    assert.deepEqual([await statusOf(world, right.id), await statusOf(world, wrong.id)], ['completed', 'error']);
    assert.ok(observed.lines.includes(lookedAt), 'money that came a second time is somebody’s to send back');
  });
});

suite('[payments.observer] where it goes on', () => {
  test('[payments.observer] a place that Horizon has not come to is told of', async () => {
    await using observed = await openObserved();
    const said = 'error payments were seen that Horizon does not know: another network, or a reset one?';
    observed.observe({ from: '9223372036854775807' });
    for (let n = 0; n < 200 && !observed.lines.includes(said); n++) await pause(10);
    assert.ok(observed.lines.includes(said));
  });

  test('[payments.observer] from now on begins at the first start, and what comes between two starts is seen', async () => {
    await using observed = await openObserved();
    const { world, horizon } = observed;
    const before = await observed.awaited();
    horizon.pay([money()], before);
    const stop = observed.observe();
    while (!(await observed.seen())) await pause(5);
    await stop();
    const between = await observed.awaited();
    horizon.pay([money()], between);
    observed.observe();
    await observed.caughtUp();
    assert.equal(await statusOf(world, before.id), 'pending_sender');
    assert.equal(await statusOf(world, between.id), 'pending_receiver');
  });

  test('[payments.observer] from a place on, the history is read page by page', async () => {
    await using observed = await openObserved();
    const { world, horizon } = observed;
    horizon.conduct.isReordered = true;
    const all = [];
    for (let n = 0; n < 30; n++) all.push(await observed.awaited());
    for (const { memo } of all) for (let n = 0; n < 15; n++) horizon.pay([money({ amount: '100' })], { memo });
    observed.observe({ from: '0' });
    await observed.caughtUp();
    for (const { id } of all) {
      assert.equal(await statusOf(world, id), 'pending_receiver');
      assert.equal(await observed.fundings(id), 1);
    }
  });

  for (const streams of ['page', 'refuses', 'mute'] as const) {
    test(`[payments.observer] a server that ${streams === 'page' ? 'answers a page' : streams === 'mute' ? 'says nothing' : 'refuses'} in place of a stream is asked page by page`, async () => {
      await using observed = await openObserved();
      const { world, horizon } = observed;
      horizon.conduct.streams = streams;
      observed.observe();
      while (!(await observed.seen())) await pause(5);
      for (let n = 0; n < 3; n++) {
        const { id, memo } = await observed.awaited();
        horizon.pay([money()], { memo });
        await observed.caughtUp();
        assert.equal(await statusOf(world, id), 'pending_receiver');
      }
    });
  }
});

suite('[payments.observer] every payment is seen, and moves once', () => {
  test('[payments.observer] over streams that drop, repeat and come out of order, and a server that is away', async () => {
    await using observed = await openObserved();
    const { world, horizon } = observed;
    Object.assign(horizon.conduct, { breakAfter: 3, tells: 2, isReordered: true });
    observed.observe();
    while (!(await observed.seen())) await pause(5);
    const all = [];
    for (let n = 0; n < 20; n++) {
      const one = await observed.awaited();
      all.push(one);
      horizon.pay([money()], one);
      if (n % 7 === 0) horizon.conduct.failing = 2;
      await pause(n % 5);
    }
    await observed.caughtUp();
    for (const { id } of all) {
      assert.equal(await statusOf(world, id), 'pending_receiver');
      assert.equal(await observed.fundings(id), 1);
    }
  });

  test('[payments.observer] when it dies between the payment and the note of it, whoever comes next repeats and changes nothing', async () => {
    await using observed = await openObserved();
    const { world, horizon } = observed;
    const { store } = world.parts;
    const killed = { at: 0, deaths: 0 };
    const { observers } = store;
    const dying = {
      hold: observers.hold.bind(observers),
      release: () => Promise.resolve(),
      advance: (...args: Parameters<typeof observers.advance>) => {
        if (killed.at++ % 3 !== 2) return observers.advance(...args);
        killed.deaths++;
        throw new Error('dies');
      },
    };
    observed.observe({ store: { observers: dying, payments: store.payments }, from: '0' });
    const all = [];
    for (let n = 0; n < 6; n++) {
      const one = await observed.awaited();
      all.push(one);
      horizon.pay([money()], one);
    }
    await observed.caughtUp();
    assert.ok(killed.deaths > 0);
    for (const { id } of all) assert.equal(await observed.fundings(id), 1);
    for (const { id } of all) assert.equal(await statusOf(world, id), 'pending_receiver');
  });

  test('[payments.observer] of several processes one looks, and another goes on when it is gone', async () => {
    await using observed = await openObserved();
    const { world, horizon } = observed;
    const stops = [observed.observe(), observed.observe(), observed.observe()];
    while (!(await observed.seen())) await pause(5);
    for (const stop of stops) {
      const { id, memo } = await observed.awaited();
      horizon.pay([money()], { memo });
      await observed.caughtUp();
      assert.equal(await observed.fundings(id), 1);
      assert.equal(await statusOf(world, id), 'pending_receiver');
      if (stop !== stops.at(-1)) await stop();
    }
  });

  test('[payments.observer] stopping does not wait for the stream', async () => {
    await using observed = await openObserved();
    const stop = observed.observe();
    while (!(await observed.seen())) await pause(5);
    await pause(50);
    const startedAt = Date.now();
    await stop();
    assert.ok(Date.now() - startedAt < 500);
  });
});
