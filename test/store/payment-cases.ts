import assert from 'node:assert/strict';
import type { Payment } from '../../src/payments/payment.ts';
import type { ClaimedPayment, NewPayment, PaymentChange } from '../../src/store/payment-store.ts';
import type { CustomerUpdate, Store } from '../../src/store/store.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { noConsequences } from './consequences.ts';

/** What the payments of every adapter of the Store port must do, by name. */
export interface PaymentCase {
  readonly name: string;
  readonly run: (store: Store) => Promise<void>;
}

let made = 0;
const wrappedKey = { kekId: 'a', bytes: Buffer.from('key') };
const farOff = new Date(Date.now() + 3_600_000);

async function customer(store: Store): Promise<string> {
  const id = `paid-${made++}`;
  const identity = { account: randomAccount() };
  const values = { set: [], withdraw: [], files: [], consequences: noConsequences };
  await store.createCustomer({ id, identity, wrappedKey, ...values });
  return id;
}

function paymentOf(customerId: string, more: Partial<NewPayment> = {}): NewPayment {
  const party = { customerId, knownAs: customerId, clearance: 'clear', asks: [] } as const;
  return {
    ...{ id: `payment-${made++}`, protocol: 'sep-31', kind: 'receive', status: 'pending_sender' },
    owner: { account: randomAccount() },
    parties: [{ ...party, role: 'receiver', type: 'receiver' }],
    details: { amountIn: '100', amountInAsset: 'stellar:native' },
    stellarAccount: randomAccount(),
    stellarMemo: { type: 'id', value: String(made++) },
    wrappedKey: undefined,
    fields: undefined,
    ...more,
  };
}

/** A change of the customer that says where they stand for a payment. */
function standingOf(
  id: string,
  version: number,
  payment: NewPayment,
  clearance: 'clear' | 'asks' | 'rejected',
): CustomerUpdate {
  const payments = [{ transactionId: payment.id, type: 'receiver', clearance }];
  return { id, version, set: [], withdraw: [], files: [], consequences: { ...noConsequences, payments } };
}

async function get(store: Store, id: string): Promise<Payment> {
  return (await store.payments.find(id)) ?? assert.fail('no such payment');
}

/** A payment whose money has come and that is to be paid out. */
async function released(
  store: Store,
): Promise<{ readonly id: string; readonly customerId: string; readonly payment: NewPayment }> {
  const customerId = await customer(store);
  const payment = paymentOf(customerId);
  assert.equal(await store.payments.create(payment, []), 'stored');
  const change: PaymentChange = { cause: { kind: 'funds' }, to: 'pending_receiver', fundedAt: new Date() };
  assert.equal(await store.payments.change({ id: payment.id, version: 1 }, change), 'stored');
  return { id: payment.id, customerId, payment };
}

async function claimOf(store: Store, id: string): Promise<ClaimedPayment | undefined> {
  const claims = await store.payments.claim(new Date(), farOff, 1000);
  return claims.find(({ payment }) => payment.id === id);
}

async function moved(store: Store, id: string): Promise<string[]> {
  return (await store.payments.listMoves(id)).map(({ to, cause }) => `${cause}:${to}`);
}

export const paymentCases: readonly PaymentCase[] = [
  {
    name: "a customer's payments that are not over are listed, each once, the first asked for first",
    run: async (store) => {
      const [customerId, other] = [await customer(store), await customer(store)];
      const party = { knownAs: customerId, clearance: 'asks', asks: [], type: 'receiver' } as const;
      const status = 'pending_customer_info_update';
      const both = paymentOf(customerId, {
        status,
        parties: [
          { ...party, customerId, role: 'sender' },
          { ...party, customerId, role: 'receiver' },
        ],
      });
      const second = paymentOf(customerId, { status, parties: [{ ...party, customerId, role: 'receiver' }] });
      const foreign = paymentOf(other);
      for (const payment of [both, second, foreign]) await store.payments.create(payment, []);
      const listed = async (limit = 10): Promise<string[]> =>
        (await store.payments.listOpen(customerId, limit)).map(({ id }) => id);
      assert.deepEqual((await listed()).sort(), [both.id, second.id].sort());
      assert.equal((await listed(1)).length, 1);
      const { version } = await get(store, both.id);
      await store.payments.change({ id: both.id, version }, { cause: { kind: 'operator', who: 'ada' }, to: 'expired' });
      assert.deepEqual(await listed(), [second.id], 'one that is over is not among them');
      assert.deepEqual(await store.payments.listOpen('nobody', 10), []);
    },
  },
  {
    name: 'a payment is found by its id, its memo, its references and its owner',
    run: async (store) => {
      const owner = { account: randomAccount(), memo: { type: 'id', value: '7' } } as const;
      const details = { amountIn: '1.5', amountInAsset: 'stellar:native', externalTransactionId: `bank-${made}` };
      const payment = paymentOf(await customer(store), { owner, details });
      assert.equal(await store.payments.create(payment, []), 'stored');
      const found = await get(store, payment.id);
      const { id, status, version, parties, stellarMemo } = found;
      assert.deepEqual([id, status, version], [payment.id, 'pending_sender', 1]);
      assert.deepEqual(
        [found.owner, found.details, parties, stellarMemo],
        [owner, details, payment.parties, payment.stellarMemo],
      );
      const memo = payment.stellarMemo ?? assert.fail();
      assert.equal((await store.payments.findByMemo(payment.stellarAccount ?? '', memo))?.id, id);
      assert.equal(await store.payments.findByMemo(randomAccount(), memo), undefined);
      const { externalTransactionId } = details;
      assert.deepEqual(
        (await store.payments.findByReference({ externalTransactionId })).map((one) => one.id),
        [id],
      );
      const ids = async (memoValue?: string): Promise<string[]> => {
        const by = { account: owner.account, ...(memoValue && { memo: { type: 'id', value: memoValue } as const }) };
        return (await store.payments.list({ protocol: 'sep-31', owner: by }, 10)).map((one) => one.id);
      };
      assert.deepEqual([await ids('7'), await ids(), await ids('8')], [[id], [id], []]);
      const exact = async (by: typeof owner | { readonly account: string }): Promise<number> =>
        (await store.payments.list({ protocol: 'sep-31', owner: by, isExact: true }, 10)).length;
      assert.deepEqual([await exact(owner), await exact({ account: owner.account })], [1, 0]);
      assert.deepEqual(await store.payments.list({ protocol: 'sep-6', owner }, 10), []);
      assert.equal(await store.payments.find('none'), undefined);
    },
  },
  {
    name: 'lists go from the newest on, page by page',
    run: async (store) => {
      const owner = { account: randomAccount() };
      const customerId = await customer(store);
      const made = [
        paymentOf(customerId, { owner }),
        paymentOf(customerId, { owner }),
        paymentOf(customerId, { owner }),
      ];
      for (const payment of made) await store.payments.create(payment, []);
      const all = await store.payments.list({ protocol: 'sep-31', owner }, 10);
      const [first] = await store.payments.list({ protocol: 'sep-31', owner }, 1);
      assert.equal(first?.id, all[0]?.id);
      const rest = await store.payments.list({ protocol: 'sep-31', owner, beforeId: first?.id ?? '' }, 10);
      assert.deepEqual(
        [first?.id, ...rest.map(({ id }) => id)],
        all.map(({ id }) => id),
      );
      assert.equal(all.length, 3);
      assert.deepEqual(await store.payments.list({ protocol: 'sep-31', owner, kinds: ['deposit'] }, 10), []);
      assert.equal((await store.payments.list({ protocol: 'sep-31', owner, asset: 'stellar:native' }, 10)).length, 3);
    },
  },
  {
    name: 'a payment is kept with the change of its customer, or neither is',
    run: async (store) => {
      const id = await customer(store);
      const payment = paymentOf(id, { status: 'pending_customer_info_update' });
      assert.equal(await store.payments.create(payment, [standingOf(id, 7, payment, 'asks')]), 'conflict');
      assert.equal(await store.payments.find(payment.id), undefined);
      assert.equal(await store.payments.create(payment, [standingOf(id, 1, payment, 'asks')]), 'stored');
      assert.equal((await store.findCustomerById(id))?.version, 2);
      assert.equal((await get(store, payment.id)).parties[0]?.clearance, 'asks');
    },
  },
  {
    name: 'a payment is released, held again and ended in the transaction of its customer’s standing',
    run: async (store) => {
      const id = await customer(store);
      const payment = paymentOf(id, { status: 'pending_customer_info_update' });
      await store.payments.create(payment, [standingOf(id, 1, payment, 'asks')]);
      const becomes = async (
        version: number,
        clearance: 'clear' | 'asks' | 'rejected',
        status: string,
      ): Promise<void> => {
        await store.updateCustomer(standingOf(id, version, payment, clearance));
        assert.equal((await get(store, payment.id)).status, status);
      };
      await becomes(2, 'clear', 'pending_sender');
      await becomes(3, 'clear', 'pending_sender');
      await becomes(4, 'asks', 'pending_customer_info_update');
      await becomes(5, 'rejected', 'error');
      await becomes(6, 'clear', 'error');
      assert.equal((await get(store, payment.id)).details.fault, 'customer-rejected');
      assert.deepEqual(await moved(store, payment.id), [
        'created:pending_customer_info_update',
        'kyc:pending_receiver',
        'kyc:pending_sender',
        'kyc:pending_customer_info_update',
        'kyc:error',
      ]);
    },
  },
  {
    name: 'an erased customer ends what is not over, and nothing else',
    run: async (store) => {
      const { id, customerId } = await released(store);
      const done = paymentOf(customerId, { status: 'completed' });
      await store.payments.create(done, []);
      await store.deleteCustomer(customerId);
      assert.deepEqual([(await get(store, id)).status, (await get(store, done.id)).status], ['error', 'completed']);
      assert.equal((await get(store, id)).details.fault, 'customer-erased');
      assert.equal(await claimOf(store, id), undefined);
    },
  },
  {
    name: 'a change names the version it was computed from, and an unlawful one changes nothing',
    run: async (store) => {
      const { id } = await released(store);
      const { version } = await get(store, id);
      const change = (to: 'completed' | 'expired' | 'pending_stellar') =>
        ({ cause: { kind: 'integration' }, to }) as const;
      assert.equal(await store.payments.change({ id, version: version - 1 }, change('completed')), 'conflict');
      await assert.rejects(store.payments.change({ id, version }, change('pending_stellar')), /unlawful move/);
      assert.equal((await get(store, id)).version, version);
      assert.equal(await store.payments.change({ id, version }, change('completed')), 'stored');
      const after = await get(store, id);
      assert.ok(after.completedAt);
      assert.equal(await claimOf(store, id), undefined);
    },
  },
  {
    name: 'a quote is of one payment: another one by it is not kept, also when both come at once',
    run: async (store) => {
      const details = { amountIn: '1', amountInAsset: 'stellar:native', quoteId: `quote-${made++}` };
      const id = await customer(store);
      const both = [paymentOf(id, { details }), paymentOf(id, { details })];
      const outcomes = await Promise.all(both.map((payment) => store.payments.create(payment, [])));
      assert.deepEqual(outcomes.toSorted(), ['quote-taken', 'stored']);
      const kept = await Promise.all(both.map((payment) => store.payments.find(payment.id)));
      assert.equal(kept.filter((payment) => payment !== undefined).length, 1);
      const none = [paymentOf(id), paymentOf(id)];
      for (const payment of none) assert.equal(await store.payments.create(payment, []), 'stored');
    },
  },
  {
    name: 'money that came is written down once, in the order in which it was told of, and leaves the payment as it is',
    run: async (store) => {
      const { id } = await released(store);
      const before = await get(store, id);
      const receiptOf = (reference: string, via: 'stellar' | 'external', amount?: string) =>
        ({ via, reference, amount, asset: undefined, outcome: 'twice', at: new Date(1000) }) as const;
      const all = [receiptOf('b', 'stellar', '1.5'), receiptOf('a', 'stellar'), receiptOf('b', 'external', '2')];
      for (const receipt of [...all, ...all]) {
        const { version } = await get(store, id);
        const change: PaymentChange = { cause: { kind: 'funds' }, receipt };
        assert.equal(await store.payments.change({ id, version }, change), 'stored');
      }
      assert.deepEqual(await store.payments.listReceipts(id), all);
      assert.deepEqual(await store.payments.listReceipts('none'), []);
      const { version: _, ...after } = await get(store, id);
      const { version: __, ...same } = before;
      assert.deepEqual(after, same);
    },
  },
  {
    name: 'a change that was judged at versions of customers is made at just those',
    run: async (store) => {
      const id = await customer(store);
      const payment = paymentOf(id);
      await store.payments.create(payment, []);
      const at = { id: payment.id, version: 1 };
      const change: PaymentChange = { cause: { kind: 'integration' }, to: 'pending_stellar' };
      assert.equal(await store.payments.change(at, { ...change, judgedAt: new Map([[id, 2]]) }), 'conflict');
      assert.equal((await get(store, payment.id)).status, 'pending_sender');
      assert.equal(await store.payments.change(at, { ...change, judgedAt: new Map([[id, 1]]) }), 'stored');
    },
  },
  {
    name: 'at which versions the rails were first asked stays known until they are asked anew',
    run: async (store) => {
      const { id, customerId } = await released(store);
      const first = (await claimOf(store, id)) ?? assert.fail('not due');
      assert.equal(first.askedAt.size, 0);
      assert.ok(await store.payments.begin(first, new Map([[customerId, 1]])));
      await store.payments.settle(first, { step: 'again', at: new Date(0) });
      await store.updateCustomer({
        id: customerId,
        version: 1,
        set: [],
        withdraw: [],
        files: [],
        consequences: noConsequences,
      });
      const second = (await claimOf(store, id)) ?? assert.fail('not due');
      assert.ok(await store.payments.begin(second, new Map([[customerId, 2]])));
      await store.payments.settle(second, { step: 'again', at: new Date(0) });
      const third = (await claimOf(store, id)) ?? assert.fail('not due');
      assert.deepEqual([third.round, third.attempts, [...third.askedAt]], [1, 2, [[customerId, 1]]]);
      await store.payments.settle(third, { step: 'anew', at: new Date(0) });
      const anew = (await claimOf(store, id)) ?? assert.fail('not due');
      assert.deepEqual([anew.round, anew.attempts, anew.askedAt.size], [2, 0, 0]);
      await store.payments.settle(anew, { step: 'back' });
    },
  },
  {
    name: 'a payment is claimed by one, until the lease ends',
    run: async (store) => {
      const { id } = await released(store);
      const claim = await claimOf(store, id);
      assert.deepEqual([claim?.round, claim?.attempts, claim?.payment.status], [1, 0, 'pending_receiver']);
      assert.equal(await claimOf(store, id), undefined);
      const later = await store.payments.claim(
        new Date(farOff.getTime() + 1),
        new Date(farOff.getTime() + 60_000),
        1000,
      );
      const second = later.find(({ payment }) => payment.id === id);
      assert.ok(claim && second);
      assert.equal(await store.payments.begin(claim, new Map()), false, 'the first one is too late');
      assert.equal(await store.payments.renew(claim, farOff), false);
      assert.equal(await store.payments.settle(claim, { step: 'again', at: new Date() }), 'lost');
      assert.equal(await store.payments.begin(second, new Map()), true);
      assert.equal(await store.payments.settle(second, { step: 'again', at: farOff }), 'stored');
      assert.equal(await claimOf(store, id), undefined, 'not due yet');
    },
  },
  {
    name: 'nothing is begun once a customer has changed since they were looked at',
    run: async (store) => {
      const { id, customerId, payment } = await released(store);
      const claim = (await claimOf(store, id)) ?? assert.fail('not claimed');
      await store.updateCustomer(standingOf(customerId, 1, payment, 'asks'));
      assert.equal((await get(store, id)).status, 'pending_receiver', 'who holds it judges');
      assert.equal(await store.payments.begin(claim, new Map([[customerId, 1]])), false);
      assert.equal(await store.payments.settle(claim, { step: 'back' }), 'stored');
      assert.equal((await get(store, id)).status, 'pending_customer_info_update');
      await store.updateCustomer(standingOf(customerId, 2, payment, 'clear'));
      const again = (await claimOf(store, id)) ?? assert.fail('not claimed again');
      assert.equal(await store.payments.begin(again, new Map([[customerId, 3]])), true);
      const change: PaymentChange = { cause: { kind: 'rails' }, to: 'completed' };
      assert.equal(await store.payments.settle(again, { step: 'said', change, isNewRound: false }), 'stored');
      assert.equal((await get(store, id)).status, 'completed');
    },
  },
  {
    name: 'what rails ask of a customer is noted with the customer, or neither is; and is a new round',
    run: async (store) => {
      const { id, customerId, payment } = await released(store);
      const claim = (await claimOf(store, id)) ?? assert.fail('not claimed');
      await store.payments.begin(claim, new Map([[customerId, 1]]));
      const asks = [{ role: 'receiver', fields: ['bank_number'] }] as const;
      const change: PaymentChange = { cause: { kind: 'rails' }, to: 'pending_customer_info_update', asks };
      const said = { step: 'said', change, isNewRound: true } as const;
      assert.equal(await store.payments.settle(claim, said, [standingOf(customerId, 9, payment, 'asks')]), 'conflict');
      assert.equal((await get(store, id)).status, 'pending_receiver');
      assert.equal(await store.payments.settle(claim, said, [standingOf(customerId, 1, payment, 'asks')]), 'stored');
      const held = await get(store, id);
      assert.deepEqual([held.status, held.parties[0]?.asks], ['pending_customer_info_update', ['bank_number']]);
      await store.updateCustomer(standingOf(customerId, 2, payment, 'clear'));
      const again = await claimOf(store, id);
      assert.deepEqual([again?.round, again?.attempts], [2, 0]);
    },
  },
  {
    name: 'whoever moved a payment while its rails were asked knew better',
    run: async (store) => {
      const { id } = await released(store);
      const claim = (await claimOf(store, id)) ?? assert.fail('not claimed');
      await store.payments.begin(claim, new Map());
      const { version } = await get(store, id);
      await store.payments.change({ id, version }, { cause: { kind: 'integration' }, to: 'completed' });
      const said = { step: 'said', change: { cause: { kind: 'rails' }, to: 'error' }, isNewRound: false } as const;
      assert.equal(await store.payments.settle(claim, said), 'conflict');
      const current = { ...claim, payment: await get(store, id) };
      assert.equal(await store.payments.settle(current, said), 'stored');
      assert.equal((await get(store, id)).status, 'completed');
    },
  },
  {
    name: 'what customers hold of payments that are over is closed, and of one that goes on after all is looked for again',
    run: async (store) => {
      const { id } = await released(store);
      const change = async (to: 'error' | 'pending_receiver'): Promise<void> => {
        const { version } = await get(store, id);
        assert.equal(await store.payments.change({ id, version }, { cause: { kind: 'operator' }, to }), 'stored');
      };
      const closable = async () => (await store.payments.listClosable(1000)).some(({ payment }) => payment.id === id);
      const lost = async () =>
        (await store.payments.listLost(['receiver'], 1000)).some(({ payment }) => payment.id === id);
      assert.deepEqual([await closable(), await lost()], [false, false]);
      await change('error');
      assert.deepEqual([await closable(), await lost()], [true, false]);
      await store.payments.closeParty(id, 'receiver');
      assert.deepEqual([await closable(), await lost()], [false, false]);
      await change('pending_receiver');
      assert.deepEqual([await closable(), await lost()], [false, true]);
      assert.equal(await claimOf(store, id), undefined, 'not while nobody knows where its customer stands');
      await store.payments.closeParty(id, 'receiver');
      assert.equal((await get(store, id)).status, 'error', 'a customer who is not there is not asked');
    },
  },
  {
    name: 'a callback is kept under one data key, and posts follow it',
    run: async (store) => {
      const { id } = await released(store);
      const callback = (url: string, key = wrappedKey) => ({
        sealedUrl: Buffer.from(url),
        wrappedKey: key,
        target: `${url}.example`,
      });
      assert.equal(await store.payments.setCallback(id, callback('one')), true);
      assert.equal(
        await store.payments.setCallback(id, callback('two', { kekId: 'a', bytes: Buffer.from('other') })),
        false,
      );
      const { version } = await get(store, id);
      await store.payments.change({ id, version }, { cause: { kind: 'integration' }, to: 'pending_external' });
      await store.payments.change({ id, version: version + 1 }, { cause: { kind: 'integration' }, to: 'completed' });
      const waiting = (await store.deliveries.list({ kind: 'payment', state: 'pending', target: 'one.example' }, 10))
        .length;
      assert.equal(waiting, 1, 'the later one takes the place of the one that waits');
      assert.equal(await store.payments.setCallback(id, callback('two')), true);
      const [ready] = (await store.outbox.claim([{ target: 'two.example', limit: 5 }], new Date(), farOff)) ?? [];
      assert.equal(ready?.message.kind, 'payment');
      assert.equal(await store.payments.setCallback('none', callback('one')), false);
    },
  },
];
