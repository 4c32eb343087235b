import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RailsContext, RailsOutcome } from '../../src/payments/rails.ts';
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
