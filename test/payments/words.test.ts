import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Payment } from '../../src/payments/payment.ts';
import type { RailsOutcome } from '../../src/payments/rails.ts';
import { transactionReply as ofSep6 } from '../../src/sep6/transaction-reply.ts';
import { transactionReply as ofSep31 } from '../../src/sep31/transaction-reply.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { asset, complete, lead, openPaymentWorld, type PaymentWorld } from './world.ts';

/** What is said of a status, as both protocols tell it. */
function saidOf(payment: Payment): unknown[] {
  const told = (payment.protocol === 'sep-6' ? ofSep6(payment, {}) : ofSep31(payment).transaction) as Record<
    string,
    unknown
  >;
  const { status, status_eta: eta, status_message: message = told['message'], required_info_message: required } = told;
  return [status, eta, message, required];
}

async function funded(
  world: PaymentWorld,
): Promise<{ readonly id: string; readonly to: string; readonly receiverId: string }> {
  const { deciding, payments } = world;
  const to = randomAccount();
  const senderId = await deciding.put(randomAccount(), 'sender', { fields: complete.sender });
  const receiverId = await deciding.put(to, 'receiver', { fields: complete.receiver });
  await deciding.runChecks();
  const id = await world.create(senderId, receiverId);
  await payments.paymentReceived(id, { stellarTransactionId: id });
  return { id, to, receiverId };
}

test('[payments.words] what was said of a status is not told of the next one, and is a request for data only where data is asked for', async () => {
  await using world = await openPaymentWorld();
  const { deciding, payments } = world;
  const { id, to, receiverId } = await funded(world);
  const fields = [{ role: 'receiver', field: 'bank_account_number' }] as const;
  const message = 'The bank knows no such account';
  const answer: RailsOutcome = { status: 'pending_customer_info_update', fields, message, statusEta: 60 };
  await world.runner(() => answer).runDue();
  assert.deepEqual(saidOf(await payments.get(id)), ['pending_customer_info_update', 60, message, message]);
  await deciding.put(to, 'receiver', { fields: { bank_account_number: '999' } });
  await deciding.runChecks();
  assert.deepEqual(saidOf(await payments.get(id)), ['pending_receiver', undefined, undefined, undefined]);
  await world.runner(() => ({ status: 'pending_external', message: 'Sent by SEPA', statusEta: 9 })).runDue();
  assert.deepEqual(saidOf(await payments.get(id)), ['pending_external', 9, 'Sent by SEPA', undefined]);
  await payments.update(id, { status: 'pending_customer_info_update', fields, message });
  const { version = 0 } = (await deciding.store.findCustomerById(receiverId)) ?? {};
  const reject = { act: 'reject', type: 'receiver', reason: 'not-eligible', version };
  await deciding.builtIn.desk.act(lead, receiverId, reject);
  const [status, , why] = saidOf(await payments.get(id));
  assert.equal(status, 'error');
  assert.notEqual(why, message, 'why it failed is told, not what was asked for before');
});

test('[payments.words] how long the money was expected to take is not told of what is done with it', async () => {
  await using world = await openPaymentWorld();
  const { deciding, payments } = world;
  const account = randomAccount();
  const customerId = await deciding.put(account, 'receiver', { fields: complete.receiver });
  await deciding.runChecks();
  const id = await payments.create({
    ...({ protocol: 'sep-6', kind: 'deposit', owner: { account } } as const),
    parties: [{ role: 'customer', customerId, knownAs: customerId, type: 'receiver' }],
    details: { amountIn: '100', amountInAsset: asset },
  });
  await payments.update(id, { status: 'pending_user_transfer_start', statusEta: 3600 });
  await payments.paymentReceived(id, { externalTransactionId: 'wire' });
  assert.deepEqual(saidOf(await payments.get(id)), ['pending_anchor', undefined, undefined, undefined]);
});

test('[payments.words] what could not be told afterwards is refused, and nothing is changed', async () => {
  await using world = await openPaymentWorld();
  const { payments } = world;
  const { id } = await funded(world);
  const refund = { id: 'e', amount: '100', fee: '0' };
  const refunds = { amountRefunded: '100', amountFee: '0', payments: [refund] };
  const fee = { total: '1', asset };
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ status: 'refunded' }, /^refunds: expected/],
    [{ status: 'refunded', refunds: 'all' }, /^refunds: expected an object/],
    [{ status: 'refunded', refunds: { ...refunds, payments: undefined } }, /^refunds.payments: expected a list/],
    [{ status: 'refunded', refunds: { ...refunds, amountFee: undefined } }, /^refunds.amountFee: expected an amount/],
    [
      { status: 'refunded', refunds: { ...refunds, payments: [{ ...refund, amount: 100 }] } },
      /^refunds.payments.amount/,
    ],
    [{ status: 'completed', amountOut: 99 }, /^amountOut: expected an amount, a text/],
    [{ status: 'completed', feeDetails: { ...fee, asset: undefined } }, /^feeDetails.asset: expected a text/],
    [{ status: 'completed', feeDetails: { ...fee, details: {} } }, /^feeDetails.details: expected a list/],
    [
      { status: 'completed', feeDetails: { ...fee, details: [{ name: 'a', amount: '-1' }] } },
      /^feeDetails.details.amount/,
    ],
    [{ status: 'pending_customer_info_update' }, /^fields: expected a list/],
    [{ status: 'pending_transaction_info_update' }, /^fields: expected at least one/],
    [{ status: 'pending_transaction_info_update', fields: { a: 'b' } }, /^fields: expected at least one/],
  ];
  for (const [update, message] of wrong) {
    await assert.rejects(payments.update(id, update), { name: 'TypeError', message }, JSON.stringify(update));
    const { status, details } = await payments.get(id);
    assert.deepEqual([status, details], ['pending_receiver', { amountIn: '100', amountInAsset: asset }]);
  }
  assert.equal((await payments.update(id, { status: 'refunded', refunds })).status, 'refunded');
});
