import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PaymentDraft } from '../../src/payments/create-payment.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { asset, complete, openPaymentWorld, type PaymentWorld, statusOf } from './world.ts';

/** A transfer by SEP-6 whose customer is clear. */
async function transfer(
  { deciding, payments }: PaymentWorld,
  more: Partial<PaymentDraft> = {},
): Promise<{ readonly id: string; readonly account: string; readonly customerId: string }> {
  const account = randomAccount();
  const customerId = await deciding.put(account, 'receiver', { fields: complete.receiver });
  await deciding.runChecks();
  const id = await payments.create({
    ...({ protocol: 'sep-6', kind: 'withdrawal', owner: { account } } as const),
    parties: [{ role: 'customer', customerId, knownAs: customerId, type: 'receiver' }],
    details: { amountInAsset: asset },
    ...more,
  });
  return { id, account, customerId };
}

/** What operators were told of a payment by an event of that name. */
async function told({ deciding }: PaymentWorld, name: string, id: string): Promise<unknown[]> {
  const rows = await deciding.db.selectFrom('outbox_events').selectAll().where('name', '=', name).execute();
  const all = rows.map(({ payload }) => (JSON.parse(payload) as { data: Record<string, unknown> }).data);
  return all.filter((data) => data['transaction_id'] === id).map(({ status, protocol }) => `${protocol} ${status}`);
}

test('[payments.receipt] money that was announced by its transaction is received when it comes, and so is that of another transaction', async () => {
  for (const came of ['announced', 'another']) {
    await using world = await openPaymentWorld();
    const { payments, deciding } = world;
    const senderId = await deciding.put(randomAccount(), 'sender', { fields: complete.sender });
    const receiverId = await deciding.put(randomAccount(), 'receiver', { fields: complete.receiver });
    await deciding.runChecks();
    const id = await world.create(senderId, receiverId);
    await payments.update(id, { status: 'pending_stellar', stellarTransactionId: 'announced' });
    assert.equal(await payments.paymentReceived(id, { stellarTransactionId: came, amount: '100' }), 'received');
    const { status, fundedAt, stellarTransactionId } = await payments.get(id);
    assert.deepEqual([status, fundedAt !== undefined, stellarTransactionId], ['pending_receiver', true, came]);
    assert.equal(await payments.paymentReceived(id, { stellarTransactionId: came, amount: '100' }), 'known');
    assert.equal(await payments.paymentReceived(id, { stellarTransactionId: 'more', amount: '100' }), 'twice');
  }
});

test('[payments.receipt] an amount that is none is refused, and taken neither for right nor for wrong', async () => {
  await using world = await openPaymentWorld();
  const { payments } = world;
  const { id } = await transfer(world);
  const stellarAccount = randomAccount();
  await payments.update(id, { status: 'pending_user_transfer_start', stellarAccount });
  for (const amount of ['1,000', '1e3', '-5', '0', '0.00000001', 'all', ' 1']) {
    await assert.rejects(payments.paymentReceived(id, { stellarTransactionId: id, amount }), TypeError, amount);
    assert.equal(await statusOf(world, id), 'pending_user_transfer_start');
  }
});

test('[payments.receipt] a quote holds for money that comes before its end, and not at its end', async () => {
  await using world = await openPaymentWorld();
  const { payments, deciding } = world;
  const quoteExpiresAt = new Date(deciding.now + 60_000);
  for (const [at, amountOut] of [
    [new Date(quoteExpiresAt.getTime() - 1), '500'],
    [quoteExpiresAt, undefined],
  ] as const) {
    const quoted = { quoteId: String(at.getTime()), quoteExpiresAt: quoteExpiresAt.toISOString() };
    const amounts = { amountIn: '100', amountOut: '500', amountOutAsset: 'iso4217:BRL' };
    const { id } = await transfer(world, { details: { amountInAsset: asset, ...amounts, ...quoted } });
    await payments.update(id, { status: 'pending_user_transfer_start', stellarAccount: randomAccount() });
    assert.equal(await payments.paymentReceived(id, { stellarTransactionId: id, amount: '100', at }), 'received');
    assert.equal((await payments.get(id)).details.amountOut, amountOut);
  }
});

test('[payments.funded] operators are told once of money that came, by whatever protocol, and also where it is too late', async () => {
  await using world = await openPaymentWorld();
  const { payments, deciding } = world;
  const { id, customerId } = await transfer(world);
  await payments.update(id, { status: 'pending_user_transfer_start', stellarAccount: randomAccount() });
  const senderId = await deciding.put(randomAccount(), 'sender', { fields: complete.sender });
  const [paid, late] = [await world.create(senderId, customerId), await world.create(senderId, customerId)];
  await payments.update(late, { status: 'expired' });
  for (const one of [id, paid, late, id, paid, late])
    await payments.paymentReceived(one, { stellarTransactionId: one, amount: '100' });
  assert.deepEqual(await told(world, 'transaction.funded', id), ['sep-6 pending_anchor']);
  assert.deepEqual(await told(world, 'transaction.funded', paid), ['sep-31 pending_receiver']);
  assert.deepEqual(await told(world, 'transaction.funded', late), ['sep-31 expired']);
});
