import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PaymentDraft } from '../../src/payments/create-payment.ts';
import type { Payment } from '../../src/payments/payment.ts';
import { PaymentDesk } from '../../src/payments/payment-desk.ts';
import type { PaymentUpdate } from '../../src/payments/payments.ts';
import type { RailsOutcome } from '../../src/payments/rails.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { asset, complete, lead, openPaymentWorld, type PaymentWorld, statusOf } from './world.ts';

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

/** A payment of 100 by SEP-31 whose customers are clear for it. */
async function payment({ deciding, create }: PaymentWorld, sender: object = complete.sender): Promise<string> {
  const senderId = await deciding.put(randomAccount(), 'sender', { fields: { ...sender } });
  const receiverId = await deciding.put(randomAccount(), 'receiver', { fields: complete.receiver });
  await deciding.runChecks();
  return create(senderId, receiverId);
}

/** What the rails are asked to pay from then on: what comes in, and what goes out. */
async function paidOut(world: PaymentWorld): Promise<unknown[]> {
  const paid: unknown[] = [];
  const pay = ({ details: { amountIn, amountOut } }: Payment): RailsOutcome => {
    paid.push([amountIn, amountOut]);
    return { status: 'completed' };
  };
  await world.runner(pay).runDue();
  return paid;
}

const otherAsset = `stellar:USDC:${randomAccount()}`;

test('[payments.receipt] [payments.covered] nothing is paid for more than came: a payment that got other money goes on by a person’s word of it alone', async () => {
  const less = { stellarTransactionId: 'less', amount: '60' };
  for (const outcome of ['wrong', 'late'] as const) {
    await using world = await openPaymentWorld();
    const { payments } = world;
    const id = await payment(world);
    if (outcome === 'late') await payments.update(id, { status: 'error' });
    assert.equal(await payments.paymentReceived(id, less), outcome);
    const refused: readonly PaymentUpdate[] = [
      ...[
        {},
        { amountOut: '59' },
        { amountIn: '60' },
        { amountIn: '0', amountOut: '0' },
        { amountIn: '6e1', amountOut: '1' },
      ],
      ...[
        { amountIn: '100', amountOut: '99' },
        { amountIn: '60.0000001', amountOut: '59' },
      ],
      ...[{ amountIn: '60', amountOut: '60.0000001' }],
    ];
    for (const word of refused) {
      const update = { status: 'pending_receiver', ...word } as const;
      await assert.rejects(payments.update(id, update), /amountIn|amountOut/, JSON.stringify(word));
    }
    assert.deepEqual([await statusOf(world, id), await paidOut(world)], ['error', []]);
    await payments.update(id, { status: 'pending_receiver', amountIn: '60', amountOut: '59.5' });
    assert.deepEqual([await paidOut(world), await statusOf(world, id)], [[['60', '59.5']], 'completed']);
  }
});

test('[payments.covered] what came in another asset is nothing, and what came in several transactions counts together', async () => {
  await using world = await openPaymentWorld();
  const { payments } = world;
  const id = await payment(world);
  assert.equal(
    await payments.paymentReceived(id, { stellarTransactionId: 'a', amount: '100', asset: otherAsset }),
    'wrong',
  );
  const whole = { status: 'pending_receiver', amountIn: '100', amountOut: '99' } as const;
  await assert.rejects(payments.update(id, whole), { code: 'not_possible' });
  for (const stellarTransactionId of ['b', 'c']) {
    await payments.paymentReceived(id, { stellarTransactionId, amount: '50', asset });
    // Told of again it is no more.
    await payments.paymentReceived(id, { stellarTransactionId, amount: '50', asset });
    if (stellarTransactionId === 'b') await assert.rejects(payments.update(id, whole), { code: 'not_possible' });
  }
  await payments.update(id, whole);
  assert.deepEqual(await paidOut(world), [['100', '99']]);
});

test('[payments.covered] customers are asked about the amount that a person says came, and only who mends a payment says one', async () => {
  await using world = await openPaymentWorld();
  const { payments } = world;
  const { occupation: _, ...sender } = complete.sender;
  const id = await payment(world, sender);
  await assert.rejects(payments.update(id, { status: 'expired', amountIn: '1' }), { code: 'not_possible' });
  assert.equal(await payments.paymentReceived(id, { stellarTransactionId: 'more', amount: '5000' }), 'wrong');
  await payments.update(id, { status: 'pending_receiver', amountIn: '5000', amountOut: '4999' });
  assert.deepEqual([await paidOut(world), await statusOf(world, id)], [[], 'pending_customer_info_update']);
});

test('[payments.covered] a transfer by SEP-6 that got other money, or got it when its quote was over, needs that word, too', async () => {
  await using world = await openPaymentWorld();
  const { payments, deciding } = world;
  const quoteExpiresAt = new Date(deciding.now - 1).toISOString();
  const quoted = { amountOut: '500', amountOutAsset: 'iso4217:BRL', quoteId: 'q', quoteExpiresAt };
  for (const [amount, details, amountIn] of [
    ['60', { amountIn: '100', amountInAsset: asset }, '60'],
    ['100', { amountIn: '100', amountInAsset: asset, ...quoted }, '100'],
    ['60', { amountInAsset: asset }, '60'],
  ] as const) {
    const { id } = await transfer(world, { details });
    await payments.update(id, { status: 'error' });
    assert.equal(await payments.paymentReceived(id, { stellarTransactionId: id, amount }), 'late');
    await assert.rejects(payments.update(id, { status: 'pending_anchor' }), { code: 'not_possible' });
    await payments.update(id, { status: 'pending_anchor', amountIn });
    const { details: after } = await payments.get(id);
    assert.deepEqual([after.amountIn, after.amountOut], [amountIn, undefined], 'what goes out is to be said anew');
  }
});

test('[payments.covered] a payment that failed after its money had come whole goes on without a word', async () => {
  await using world = await openPaymentWorld();
  const { payments } = world;
  for (const isLate of [false, true]) {
    const id = await payment(world);
    if (isLate) await payments.update(id, { status: 'error' });
    await payments.paymentReceived(id, { stellarTransactionId: id, amount: '100.0' });
    if (!isLate) await payments.update(id, { status: 'error' });
    await payments.update(id, { status: 'pending_receiver' });
    assert.equal((await paidOut(world)).length, 1);
  }
});

test('[payments.covered] of a payment of an earlier release nobody wrote down what came: it fails closed', async () => {
  await using world = await openPaymentWorld();
  const { payments, deciding } = world;
  const id = await payment(world);
  await payments.paymentReceived(id, { stellarTransactionId: id, amount: '60' });
  const details = JSON.stringify({ amountIn: '100', amountInAsset: asset });
  await deciding.db.transaction().execute(async (db) => {
    await db.deleteFrom('payment_receipts').execute();
    await db.updateTable('payments').set({ details }).execute();
  });
  await assert.rejects(payments.update(id, { status: 'pending_receiver' }), { code: 'not_possible' });
  await payments.update(id, { status: 'pending_receiver', amountIn: '60', amountOut: '59' });
  assert.deepEqual(await paidOut(world), [['60', '59']]);
  assert.equal(await payments.paymentReceived(id, { stellarTransactionId: id, amount: '60' }), 'known');
});

test('[payments.surplus] other money for the same payment is written down once, whatever its status, and operators are told', async () => {
  await using world = await openPaymentWorld();
  const { payments, deciding, parts } = world;
  const id = await payment(world);
  const more = { stellarTransactionId: 'more', amount: '7.5', asset: otherAsset, at: new Date(deciding.now - 1000) };
  await payments.paymentReceived(id, { stellarTransactionId: 'first', amount: '100', asset });
  const told = async (): Promise<unknown[]> => {
    const rows = await deciding.db
      .selectFrom('outbox_events')
      .selectAll()
      .where('name', '=', 'transaction.surplus')
      .execute();
    return rows.map(({ payload }) => (JSON.parse(payload) as { data: unknown }).data);
  };
  const outcomes = await Promise.all([1, 2, 3].map(() => payments.paymentReceived(id, more)));
  assert.deepEqual(outcomes.toSorted(), ['known', 'known', 'twice']);
  await world.runner(() => ({ status: 'completed' })).runDue();
  assert.equal(await payments.paymentReceived(id, more), 'known');
  const { parties } = await payments.get(id);
  const receiver = parties.find(({ role }) => role === 'receiver');
  const about = {
    customer_id: receiver?.customerId,
    transaction_id: id,
    protocol: 'sep-31',
    status: 'pending_receiver',
  };
  const sum = { amount: '7.5', asset: otherAsset };
  assert.deepEqual(await told(), [{ ...about, stellar_transaction_id: 'more', ...sum }]);
  assert.equal(await payments.paymentReceived(id, { ...more, stellarTransactionId: 'later' }), 'twice');
  assert.equal((await told()).length, 2);
  const { receipts, payment: shown } = await new PaymentDesk(parts, payments).show(lead, id);
  assert.deepEqual(
    receipts.map(({ reference, outcome, amount }) => [reference, outcome, amount]),
    [
      ['first', 'received', '100'],
      ['more', 'twice', '7.5'],
      ['later', 'twice', '7.5'],
    ],
  );
  assert.deepEqual(receipts.find(({ reference }) => reference === 'more')?.at, more.at);
  assert.deepEqual([shown.status, shown.stellarTransactionId], ['completed', 'first']);
  const lines = (await parts.store.audit.list({}, 1000)).filter(({ action }) => action === 'payment.received');
  assert.deepEqual(
    lines.map(({ about }) => about),
    [
      { payment: id, outcome: 'received', transaction: 'first', amount: '100' },
      { payment: id, outcome: 'twice', transaction: 'more', amount: '7.5' },
      { payment: id, outcome: 'twice', transaction: 'later', amount: '7.5' },
    ],
  );
});

test('[payments.covered] nobody says that more goes out than came in of one asset, before it is paid', async () => {
  await using world = await openPaymentWorld();
  const { payments } = world;
  const id = await payment(world);
  await assert.rejects(payments.update(id, { amountOut: '100.0000001' }), { code: 'not_possible' });
  const other = await payment(world);
  await payments.paymentReceived(other, { stellarTransactionId: other });
  await world.runner(() => Promise.reject(new Error('the bank is away'))).runDue();
  await assert.rejects(payments.update(other, { amountOut: '101' }), { code: 'not_possible' });
  await payments.update(other, { status: 'completed', amountOut: '101' });
  await payments.update(id, { amountOut: '1000', amountOutAsset: 'iso4217:BRL' });
  await payments.paymentReceived(id, { stellarTransactionId: id, amount: '100' });
  assert.deepEqual(await paidOut(world), [['100', '1000']]);
});

test('[payments.returned] what was completed can come back: it is refunded with what went back, told of, and never paid again', async () => {
  await using world = await openPaymentWorld();
  const { payments, deciding, parts } = world;
  const sep31 = await payment(world);
  await payments.setCallback(sep31, 'https://sender.example/payments');
  await payments.paymentReceived(sep31, { stellarTransactionId: sep31, amount: '100' });
  assert.equal((await paidOut(world)).length, 1);
  const { id: sep6 } = await transfer(world, { details: { amountIn: '100', amountInAsset: asset } });
  await payments.update(sep6, { status: 'completed' });
  const refunds = { amountRefunded: '90', amountFee: '10', payments: [{ id: 'back', amount: '90', fee: '10' }] };
  for (const id of [sep31, sep6]) {
    await world.tidy();
    const done = await payments.get(id);
    const asked = await answersOf(world, done);
    const refund = { status: 'refunded', refunds } as const;
    await assert.rejects(payments.update(id, { status: 'refunded' }), TypeError);
    for (const status of ['pending_receiver', 'pending_anchor', 'error'] as const)
      await assert.rejects(payments.update(id, { status, refunds }), { code: 'not_possible' });
    await new PaymentDesk(parts, payments).act(lead, id, { act: 'update', ...refund });
    const after = await payments.get(id);
    assert.deepEqual([after.status, after.details.refunds, after.parties], ['refunded', refunds, done.parties]);
    assert.deepEqual(await answersOf(world, done), asked, 'nothing is asked of a customer for it');
    for (const status of ['pending_receiver', 'pending_anchor', 'completed', 'error'] as const)
      await assert.rejects(payments.update(id, { status, refunds }), { code: 'not_possible' });
  }
  assert.deepEqual(await paidOut(world), []);
  const posts = await deciding.db.selectFrom('deliveries').selectAll().where('payment_id', '=', sep31).execute();
  assert.deepEqual(
    posts.map(({ state }) => state),
    ['superseded', 'superseded', 'pending'],
  );
});

/** The customers of a payment, as they stand. */
async function answersOf({ deciding }: PaymentWorld, { parties }: Payment): Promise<unknown[]> {
  return Promise.all(parties.map(({ customerId }) => deciding.store.findCustomerById(customerId)));
}
