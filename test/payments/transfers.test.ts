import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PaymentDraft } from '../../src/payments/create-payment.ts';
import { Payments } from '../../src/payments/payments.ts';
import type { RailsContext, RailsOutcome } from '../../src/payments/rails.ts';
import { muxedAddress } from '../../src/stellar/address.ts';
import type { Memo } from '../../src/stellar/memo.ts';
import { randomAccount, randomContract } from '../support/test-anchor.ts';
import { asset, complete, lead, openPaymentWorld, type PaymentWorld, statusOf } from './world.ts';

interface Transfer {
  readonly id: string;
  readonly customerId: string;
  readonly account: string;
}

/** A deposit of a customer on whom a check has a word. */
async function deposit(
  { deciding, payments }: PaymentWorld,
  fields: Readonly<Record<string, string>> = complete.receiver,
  more: Partial<PaymentDraft> = {},
): Promise<Transfer> {
  const account = randomAccount();
  const customerId = await deciding.put(account, 'receiver', { fields });
  const id = await payments.create({
    ...({ protocol: 'sep-6', kind: 'deposit' } as const),
    owner: { account },
    parties: [{ role: 'customer', customerId, knownAs: customerId, type: 'receiver' }],
    details: { amountIn: '100', amountInAsset: asset },
    ...more,
  });
  return { id, customerId, account };
}

/** The events of a name about a payment: the statuses they told. */
async function told({ deciding }: PaymentWorld, name: string, id: string): Promise<unknown[]> {
  const rows = await deciding.db.selectFrom('outbox_events').selectAll().where('name', '=', name).execute();
  const all = rows.map(({ payload }) => (JSON.parse(payload) as { data: Record<string, unknown> }).data);
  return all.filter((data) => data['transaction_id'] === id).map(({ status }) => status);
}

test('[payments.released] a transfer whose customer was looked at stays pending_anchor, and operators are told once that it may go on', async () => {
  await using world = await openPaymentWorld();
  const { deciding, payments } = world;
  const { id, customerId } = await deposit(world);
  assert.equal(await statusOf(world, id), 'pending_anchor');
  assert.deepEqual(await told(world, 'transaction.released', id), []);
  await assert.rejects(payments.update(id, { status: 'pending_user_transfer_start' }), /not clear/);
  await deciding.runChecks();
  assert.equal(await statusOf(world, id), 'pending_anchor');
  assert.deepEqual(await told(world, 'transaction.released', id), ['pending_anchor']);
  await deciding.catchUp();
  await deciding.runChecks();
  assert.deepEqual(await told(world, 'transaction.released', id), ['pending_anchor'], 'once');
  const payment = await payments.get(id);
  assert.equal(payment.parties[0]?.clearance, 'clear');
  await payments.update(id, { status: 'pending_user_transfer_start' });
  const { version = 0 } = (await deciding.store.findCustomerById(customerId)) ?? {};
  const reject = { act: 'reject', type: 'receiver', reason: 'not-eligible', version };
  await deciding.builtIn.desk.act(lead, customerId, reject);
  assert.equal(await statusOf(world, id), 'error');
  assert.equal((await told(world, 'transaction.failed', id)).length, 1);
});

test('[payments.released] one that was held is told of as well, and one of a customer who was accepted from the start is not', async () => {
  await using world = await openPaymentWorld();
  const { deciding } = world;
  const { id, account } = await deposit(world, { first_name: 'Grace' });
  assert.equal(await statusOf(world, id), 'pending_customer_info_update');
  await deciding.put(account, 'receiver', { fields: { bank_account_number: '1' } });
  assert.equal(await statusOf(world, id), 'pending_customer_info_update', 'a check comes first');
  await deciding.runChecks();
  assert.deepEqual(await told(world, 'transaction.released', id), ['pending_anchor']);
  const accepted = await deciding.store.findCustomerById((await deposit(world)).customerId);
  await deciding.runChecks();
  assert.ok(accepted);
  const clear = await world.payments.create({
    ...({ protocol: 'sep-6', kind: 'deposit', owner: { account } } as const),
    parties: [{ role: 'customer', customerId: accepted.id, knownAs: accepted.id, type: 'receiver' }],
    details: { amountIn: '100', amountInAsset: asset },
  });
  assert.equal((await world.payments.get(clear)).parties[0]?.clearance, 'clear');
  assert.deepEqual(await told(world, 'transaction.released', clear), []);
});

test('[payments.guard] before money moves the customer is judged as they stand at that moment, whatever is stored', async () => {
  for (const from of ['pending_anchor', 'pending_user_transfer_start', 'pending_external', 'pending_trust'] as const) {
    await using world = await openPaymentWorld();
    const { deciding, payments } = world;
    const { id } = await deposit(world, { ...complete.receiver, id_expiration_date: '2030-01-02' });
    await deciding.runChecks();
    if (from !== 'pending_anchor') await payments.update(id, { status: from });
    deciding.now += 3 * 86_400_000;
    assert.equal((await payments.get(id)).parties[0]?.clearance, 'clear', 'no job has come by');
    const to = from === 'pending_user_transfer_start' ? 'pending_stellar' : 'completed';
    await assert.rejects(payments.update(id, { status: to }), { code: 'not_possible' }, from);
    const { parties, status } = await payments.get(id);
    const isLeftAlone = from === 'pending_external' || from === 'pending_trust';
    assert.deepEqual([parties[0]?.clearance, status], ['asks', isLeftAlone ? from : 'pending_customer_info_update']);
  }
});

test('[payments.guard] a customer who is changed between the look and the write is looked at again', async () => {
  await using world = await openPaymentWorld();
  const { deciding, payments, parts } = world;
  const { id, account } = await deposit(world);
  await deciding.runChecks();
  const { change } = parts.store.payments;
  let isFirst = true;
  parts.store.payments.change = async (...args) => {
    if (isFirst) {
      isFirst = false;
      await deciding.put(account, 'receiver', { fields: { first_name: 'BadName' } });
    }
    return change.apply(parts.store.payments, args);
  };
  await assert.rejects(payments.update(id, { status: 'completed' }), { code: 'not_possible' });
  assert.equal(await statusOf(world, id), 'pending_anchor');
});

test('[payments.receipt] the money of a deposit is told by the bank’s name for it; what cannot have brought it is refused', async () => {
  await using world = await openPaymentWorld();
  const { payments, deciding } = world;
  const { id, account } = await deposit(world);
  await deciding.runChecks();
  await payments.update(id, { status: 'pending_external' });
  assert.equal(await payments.paymentReceived(id, { externalTransactionId: 'wire-1', amount: '100' }), 'received');
  const { status, details, stellarTransactionId } = await payments.get(id);
  assert.deepEqual(
    [status, details.externalTransactionId, stellarTransactionId],
    ['pending_anchor', 'wire-1', undefined],
  );
  await assert.rejects(payments.paymentReceived(id, {}), TypeError);
  await assert.rejects(
    payments.paymentReceived(id, { externalTransactionId: 'a', stellarTransactionId: 'b' }),
    TypeError,
  );
  const out = await deposit(world, complete.receiver, { kind: 'withdrawal', owner: { account } });
  await assert.rejects(payments.paymentReceived(out.id, { externalTransactionId: 'wire-2' }), TypeError);
});

test('[payments.receipt] money of another amount is taken while the program lacks the type, and nobody is clear by it', async () => {
  await using world = await openPaymentWorld();
  const { deciding } = world;
  const { id } = await deposit(world);
  await deciding.runChecks();
  await deciding.use({
    defaultType: 'sender',
    types: { sender: { decision: 'automatic', fields: { first_name: {} } } },
  });
  await deciding.catchUp();
  const payments = new Payments(deciding.builtIn.parts);
  assert.equal(await payments.paymentReceived(id, { externalTransactionId: 'wire', amount: '95' }), 'received');
  await assert.rejects(payments.update(id, { status: 'completed' }), /not clear/);
});

test('[payments.model] what rails refused before their worker was killed is not held against what the customer has sent since', async () => {
  await using world = await openPaymentWorld();
  const { deciding, payments, parts } = world;
  const [from, to] = [randomAccount(), randomAccount()];
  const senderId = await deciding.put(from, 'sender', { fields: complete.sender });
  const receiverId = await deciding.put(to, 'receiver', { fields: complete.receiver });
  await deciding.runChecks();
  const id = await world.create(senderId, receiverId);
  await payments.paymentReceived(id, { stellarTransactionId: id });
  const answers = new Map<string, string>();
  const asked: string[] = [];
  const pay = async (_: unknown, { idempotencyKey: key, customer }: RailsContext): Promise<RailsOutcome> => {
    const account = (await customer('receiver'))?.values.get('bank_account_number') ?? '';
    asked.push(`${key.slice(-1)} ${account}`);
    if (!answers.has(key)) answers.set(key, account);
    if (answers.get(key) !== complete.receiver['bank_account_number']) return { status: 'completed' };
    return { status: 'pending_customer_info_update', fields: [{ role: 'receiver', field: 'bank_account_number' }] };
  };
  const { settle } = parts.store.payments;
  parts.store.payments.settle = () => Promise.reject(new Error('killed'));
  await world.runner(pay).runDue();
  parts.store.payments.settle = settle.bind(parts.store.payments);
  await deciding.put(to, 'receiver', { fields: { bank_account_number: '999' } });
  deciding.now += 60_000;
  await deciding.runChecks();
  await world.runner(pay).runDue();
  assert.equal(await statusOf(world, id), 'pending_receiver');
  await world.runner(pay).runDue();
  assert.equal(await statusOf(world, id), 'completed');
  assert.deepEqual(asked, ['1 000123456789', '1 999', '2 999']);
});

test('[payments.guard] by SEP-31, too, an update completes nothing for somebody who is not clear, unless the rails were asked: they know', async () => {
  await using world = await openPaymentWorld();
  const { deciding, payments } = world;
  const senderId = await deciding.put(randomAccount(), 'sender', { fields: complete.sender });
  const fields = { ...complete.receiver, id_expiration_date: '2030-01-02' };
  const receiverId = await deciding.put(randomAccount(), 'receiver', { fields });
  const made = [await world.create(senderId, receiverId), await world.create(senderId, receiverId)];
  const [id = '', asked = ''] = made;
  assert.equal(await statusOf(world, id), 'pending_receiver');
  await assert.rejects(payments.update(id, { status: 'completed' }), /not clear/);
  await deciding.runChecks();
  for (const one of made) await payments.paymentReceived(one, { stellarTransactionId: one });
  const runner = world.runner(({ id: one }) => {
    if (one !== asked) throw new Error('the bank is away');
    return { status: 'pending_external' };
  });
  await runner.runDue();
  deciding.now += 3 * 86_400_000;
  assert.equal((await payments.update(asked, { status: 'completed' })).status, 'completed');
  assert.equal(
    (await payments.update(id, { status: 'completed' })).status,
    'completed',
    'the bank’s own word came first',
  );
});

test('[payments.place] a withdrawal that is to be paid in has an account, and a memo that no other has', async () => {
  await using world = await openPaymentWorld();
  const { deciding, payments } = world;
  const one = await deposit(world, complete.receiver, { kind: 'withdrawal' });
  const other = await deposit(world, complete.receiver, { kind: 'withdrawal' });
  await deciding.runChecks();
  const status = 'pending_user_transfer_start';
  const stellarAccount = randomAccount();
  await assert.rejects(payments.update(one.id, { status }), /stellarAccount/);
  for (const account of ['GABC', muxedAddress(stellarAccount, '7'), randomContract()])
    await assert.rejects(payments.update(one.id, { status, stellarAccount: account }), /stellarAccount/, account);
  for (const memo of [
    { type: 'id', value: '007' },
    { type: 'text', value: 'x'.repeat(29) },
    { type: 'return', value: '7' },
  ])
    await assert.rejects(
      payments.update(one.id, { status, stellarAccount, stellarMemo: memo as Memo }),
      /stellarMemo: expected \{/,
    );
  const { stellarMemo } = await payments.update(one.id, { status, stellarAccount });
  assert.ok(stellarMemo, 'one of ours');
  await assert.rejects(payments.update(other.id, { status, stellarAccount, stellarMemo }), /stellarMemo/);
  assert.equal(await statusOf(world, other.id), 'pending_anchor');
  const own = { type: 'text', value: 'mine' } as const;
  assert.deepEqual((await payments.update(other.id, { status, stellarAccount, stellarMemo: own })).stellarMemo, own);
});

test('[payments.receipt] money of another amount is noted although its customer’s data was tampered with, and nothing is paid out', async () => {
  await using world = await openPaymentWorld();
  const { deciding, payments } = world;
  const { id, customerId } = await deposit(world);
  await deciding.runChecks();
  await payments.update(id, { status: 'pending_user_transfer_start' });
  await deciding.db.transaction().execute(async (db) => {
    await db
      .updateTable('customers')
      .set({ wrapped_key: new Uint8Array(60) })
      .where('id', '=', customerId)
      .execute();
  });
  assert.equal(await payments.paymentReceived(id, { externalTransactionId: 'wire', amount: '95' }), 'received');
  assert.deepEqual([await statusOf(world, id), (await payments.get(id)).details.amountIn], ['pending_anchor', '95']);
  await assert.rejects(payments.update(id, { status: 'completed' }));
  assert.equal(await statusOf(world, id), 'pending_anchor');
});

test('[payments.model] a payment that the rails take minutes for holds up no other one', async () => {
  await using world = await openPaymentWorld();
  const { deciding, payments } = world;
  const senderId = await deciding.put(randomAccount(), 'sender', { fields: complete.sender });
  const receiverId = await deciding.put(randomAccount(), 'receiver', { fields: complete.receiver });
  await deciding.runChecks();
  const { promise, resolve } = Promise.withResolvers<RailsOutcome>();
  const slow = await world.create(senderId, receiverId);
  const runner = world.runner(({ id }) => (id === slow ? promise : { status: 'completed' }), { pace: { atOnce: 2 } });
  await payments.paymentReceived(slow, { stellarTransactionId: slow });
  assert.equal(await runner.runSome(), 1);
  for (let n = 0; n < 3; n++) {
    const id = await world.create(senderId, receiverId);
    await payments.paymentReceived(id, { stellarTransactionId: id });
    assert.equal(await runner.runSome(), 1);
    assert.equal(await runner.runSome(), 1, 'there is no room: it waits for some');
    assert.equal(await statusOf(world, id), 'completed');
  }
  assert.equal(await statusOf(world, slow), 'pending_receiver');
  assert.equal(await runner.runSome(), 0);
  resolve({ status: 'completed' });
  await runner.finish();
  assert.equal(await statusOf(world, slow), 'completed');
});
