import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RailsContext, RailsOutcome } from '../../src/payments/rails.ts';
import type { Store } from '../../src/store/store.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { complete, lead, openPaymentWorld, type PaymentWorld, statusOf } from './world.ts';

interface Funded {
  readonly id: string;
  readonly receiverId: string;
  /** The receiver's account. */
  readonly to: string;
}

/** A payment that is due to be paid out. */
async function funded(world: PaymentWorld): Promise<Funded> {
  const { deciding, payments } = world;
  const to = randomAccount();
  const senderId = await deciding.put(randomAccount(), 'sender', { fields: complete.sender });
  const receiverId = await deciding.put(to, 'receiver', { fields: complete.receiver });
  await deciding.runChecks();
  const id = await world.create(senderId, receiverId);
  await payments.paymentReceived(id, { stellarTransactionId: id, amount: '100' });
  return { id, receiverId, to };
}

/** Has a worker die after the rails were asked, and its lease end. */
async function askAndDie(world: PaymentWorld, meanwhile: () => Promise<unknown>): Promise<void> {
  const { payments } = world.parts.store;
  const { settle } = payments;
  payments.settle = () => Promise.reject(new Error('killed'));
  const ask = async (): Promise<RailsOutcome> => {
    await meanwhile();
    throw new Error('killed');
  };
  await world.runner(ask).runDue();
  payments.settle = settle.bind(payments);
  world.deciding.now += 60_000;
}

test('[payments.model] a payment that somebody has ended or paid while its worker died is not paid by the next one', async () => {
  for (const status of ['refunded', 'error', 'completed', 'pending_external'] as const) {
    await using world = await openPaymentWorld();
    const { id } = await funded(world);
    const refunds = { amountRefunded: '100', amountFee: '0', payments: [{ id: 'back', amount: '100', fee: '0' }] };
    await askAndDie(world, () => world.payments.update(id, { status, refunds }));
    const asked: string[] = [];
    const pay = (): RailsOutcome => {
      asked.push(status);
      return { status: 'completed' };
    };
    await world.runner(pay).runDue();
    await world.runner(pay).runDue();
    assert.deepEqual([asked, await statusOf(world, id)], [[], status]);
    assert.equal(await world.runner(pay).nextAt(), undefined, 'nothing is due any more');
  }
});

test('[payments.guard] rails are given only data that is clear for the payment, whatever happens after they were called', async () => {
  const happenings: Readonly<Record<string, (world: PaymentWorld, payment: Funded) => Promise<unknown>>> = {
    'another account': ({ deciding }, { to }) => deciding.put(to, 'receiver', { fields: { first_name: 'Mallory' } }),
    rejected: async ({ deciding }, { receiverId }) => {
      const { version = 0 } = (await deciding.store.findCustomerById(receiverId)) ?? {};
      const reject = { act: 'reject', type: 'receiver', reason: 'not-eligible', version };
      return deciding.builtIn.desk.act(lead, receiverId, reject);
    },
    ended: ({ payments }, { id }) => payments.update(id, { status: 'error' }),
    erased: ({ deciding }, { receiverId }) => deciding.store.deleteCustomer(receiverId, {}),
    expired: async ({ deciding }) => {
      deciding.now += 12 * 86_400_000;
    },
  };
  for (const [what, happen] of Object.entries(happenings)) {
    await using world = await openPaymentWorld();
    const payment = await funded(world);
    if (what === 'expired') {
      const { to } = payment;
      await world.deciding.put(to, 'receiver', { fields: { id_expiration_date: '2030-01-09' } });
      await world.deciding.runChecks();
    }
    const given: unknown[] = [];
    const pay = async (_: unknown, { customer }: RailsContext): Promise<RailsOutcome> => {
      await happen(world, payment);
      given.push(await customer('receiver'));
      return { status: 'completed' };
    };
    await world.runner(pay, { pace: { leaseMs: 20 * 86_400_000 } }).runDue();
    assert.deepEqual(given, [], what);
    assert.notEqual(await statusOf(world, payment.id), 'completed', what);
  }
});

test('[payments.model] what a bank refuses days later is tried anew under another key, as nothing was paid', async () => {
  await using world = await openPaymentWorld();
  const { deciding, payments } = world;
  const { id, to } = await funded(world);
  const answers = new Map<string, RailsOutcome>();
  const pay = (_: unknown, { idempotencyKey }: RailsContext): RailsOutcome => {
    const answer = answers.get(idempotencyKey) ?? { status: 'pending_external', externalTransactionId: 'bank-1' };
    answers.set(idempotencyKey, answer);
    return answer;
  };
  await world.runner(pay).runDue();
  assert.equal(await statusOf(world, id), 'pending_external');
  const fields = [{ role: 'receiver', field: 'bank_account_number' }] as const;
  await payments.update(id, { status: 'pending_customer_info_update', fields });
  await deciding.put(to, 'receiver', { fields: { bank_account_number: '999' } });
  await deciding.runChecks();
  assert.equal(await statusOf(world, id), 'pending_receiver');
  await world.runner(pay).runDue();
  assert.deepEqual([...answers.keys()], [`${id}-1`, `${id}-2`]);
});

test('[payments.guard] a customer who is merged after the rails were called is paid by as the one they are now, if that one is clear, or by nobody', async () => {
  const steps = ['before it is read', 'once the payment is read', 'once the customer is read'] as const;
  for (const step of steps) {
    for (const name of ['Grace', 'BadGrace']) {
      await using world = await openPaymentWorld();
      const { deciding, parts } = world;
      deciding.judge = (_, { values }) =>
        values.get('given_name') === 'BadGrace'
          ? { outcome: 'fail', reason: 'name-mismatch', fields: ['given_name'] }
          : { outcome: 'pass' };
      const { id, receiverId } = await funded(world);
      const other = { first_name: name, bank_account_number: '777' };
      const into = await deciding.put(randomAccount(), 'receiver', { fields: other });
      await deciding.runChecks();
      const merge = () => mergeInto(world, receiverId, into);
      const given: unknown[] = [];
      let isFirst = true;
      const pay = async (_: unknown, { customer }: RailsContext): Promise<RailsOutcome> => {
        if (isFirst) {
          isFirst = false;
          await mergeAt(parts.store, step, merge);
        }
        const receiver = await customer('receiver');
        given.push([receiver?.id, receiver?.values.get('bank_account_number')]);
        return { status: 'completed' };
      };
      const runner = world.runner(pay);
      for (let round = 0; round < 3; round++) {
        await runner.runDue();
        await deciding.runChecks();
        deciding.now += 60_000;
      }
      const [isClear, what] = [name === 'Grace', `${name} ${step}`];
      assert.deepEqual(given, isClear ? [[into, '777']] : [], what);
      assert.equal(await statusOf(world, id), isClear ? 'completed' : 'pending_customer_info_update', what);
      assert.equal((await world.payments.get(id)).parties.at(-1)?.customerId, into, what);
    }
  }
});

async function mergeInto({ deciding }: PaymentWorld, from: string, into: string): Promise<void> {
  const versionOf = async (id: string): Promise<number> => (await deciding.store.findCustomerById(id))?.version ?? 0;
  const order = { act: 'merge', into, version: await versionOf(from), intoVersion: await versionOf(into) };
  await deciding.builtIn.desk.act(lead, from, order);
}

/** Merges at that step of what follows, once. */
async function mergeAt(store: Store, step: string, merge: () => Promise<void>): Promise<void> {
  if (step === 'before it is read') return merge();
  const { find } = store.payments;
  const { listValues } = store;
  if (step === 'once the payment is read') {
    store.payments.find = async (id) => {
      const payment = await find.call(store.payments, id);
      store.payments.find = find;
      await merge();
      return payment;
    };
    return;
  }
  store.listValues = async (...args) => {
    store.listValues = listValues;
    await merge();
    return listValues.apply(store, args);
  };
}
