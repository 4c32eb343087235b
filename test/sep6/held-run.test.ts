import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callbackReceiver } from '../support/callback-receiver.ts';
import { askDeposit, askWithdrawal, bank, openSep6, person, usdc, withdrawer } from './world.ts';

test('[sep6.pre.server] [sep6.deposit.held] [sep6.get.customer-updates] [sep6.update.customer] [sep6.callback.post] [sep6.get.instructions] [ruling.33] [ruling.34] a deposit of somebody unknown is held, released by PUT, told how to pay, and completed, with callbacks', async () => {
  await using world = await openSep6();
  const { wallet, anchor, transfers } = world;
  await using receiver = await callbackReceiver(world.publicKey);
  const { status, body } = await askDeposit(wallet, { on_change_callback: receiver.url });
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body).sort(), ['id', 'max_amount', 'min_amount'], 'nothing to pay into yet');
  const held = await wallet.transaction(body.id);
  assert.deepEqual([held.kind, held.status], ['deposit', 'pending_customer_info_update']);
  assert.deepEqual(held.required_customer_info_updates, ['first_name', 'last_name']);
  const [listed] = (await wallet.get('transactions', { asset_code: 'USDC' })).body.transactions;
  assert.deepEqual({ ...listed, more_info_url: held.more_info_url }, held);
  const about = { transaction_id: body.id, type: 'sep6-deposit' };
  const asked = (await wallet.getCustomer(about)).body;
  assert.deepEqual([asked.status, Object.keys(asked.fields)], ['NEEDS_INFO', ['first_name', 'last_name']]);
  assert.equal((await wallet.putCustomer({ ...about, ...person })).status, 202);
  const released = await wallet.transaction(body.id);
  assert.deepEqual([released.status, released.required_customer_info_updates], ['pending_anchor', undefined]);
  assert.equal(transfers.asked.length, 0);

  const payments = anchor.anchor.payments ?? assert.fail();
  await payments.update(body.id, { status: 'pending_user_transfer_start', extra: { instructions: bank } });
  const ready = await wallet.transaction(body.id);
  assert.deepEqual([ready.status, ready.to, ready.instructions], ['pending_user_transfer_start', wallet.account, bank]);
  await receiver.received(1);
  await payments.update(body.id, { status: 'pending_anchor', externalTransactionId: 'wire-1' });
  assert.equal((await wallet.transaction(body.id)).instructions, undefined);
  await payments.update(body.id, { status: 'completed', stellarTransactionId: 'a'.repeat(64), amountOut: '99.5' });
  const done = await wallet.transaction(body.id);
  assert.deepEqual([done.status, done.amount_in, done.amount_out], ['completed', '100', '99.5']);
  assert.deepEqual([done.external_transaction_id, done.stellar_transaction_id], ['wire-1', 'a'.repeat(64)]);
  assert.ok(done.completed_at);
  const told = () => receiver.posts.map((post) => JSON.parse(post.body.toString()).transaction.status);
  for (let n = 0; n < 300 && told().at(-1) !== 'completed'; n++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(
    receiver.posts.every(({ fault }) => fault === undefined),
    'every post is signed as the SEP has it',
  );
  // Each link to the customer's page is a fresh one.
  const { transaction } = JSON.parse(receiver.posts.at(-1)?.body.toString() ?? '');
  assert.deepEqual({ ...transaction, more_info_url: done.more_info_url }, done);
});

test('[sep6.withdraw.create] [sep6.get.transaction] a withdrawal of an accepted customer has account and memo at once, and its money moves it on', async () => {
  await using world = await openSep6();
  const { wallet, anchor, transfers } = world;
  await wallet.putCustomer({ type: 'sep6-withdraw', ...withdrawer });
  const { status, body } = await askWithdrawal(wallet, { account: wallet.account });
  assert.equal(status, 200);
  assert.deepEqual([body.account_id, body.memo_type, body.fee_fixed], [transfers.account, 'id', 0.5]);
  assert.match(body.memo, /^\d+$/);
  assert.deepEqual(body.extra_info, { message: 'Within a day' });
  const ready = await wallet.transaction(body.id);
  assert.deepEqual([ready.kind, ready.status], ['withdrawal', 'pending_user_transfer_start']);
  assert.deepEqual([ready.withdraw_anchor_account, ready.withdraw_memo], [body.account_id, body.memo]);
  assert.deepEqual([ready.amount_in, ready.amount_out, ready.fee_details.total], ['100', '98.5', '1.5']);
  assert.equal(ready.from, wallet.account);
  const payments = anchor.anchor.payments ?? assert.fail();
  const money = { stellarTransactionId: 'b'.repeat(64), amount: '100', asset: usdc };
  assert.equal(await payments.paymentReceived(body.id, money), 'received');
  assert.equal((await wallet.transaction(body.id)).status, 'pending_anchor');
  await payments.update(body.id, { status: 'completed', externalTransactionId: 'bank-1', extra: { to: '****6789' } });
  const done = await wallet.transaction(body.id);
  assert.deepEqual([done.status, done.to, done.external_transaction_id], ['completed', '****6789', 'bank-1']);
  for (const by of [{ stellar_transaction_id: 'b'.repeat(64) }, { external_transaction_id: 'bank-1' }])
    assert.equal((await wallet.get('transaction', by)).body.transaction.id, body.id);
});

test('[sep6.withdraw.variation] [sep6.deposit.amount-rules] a tenth more or less is taken, and its customer is asked about what came', async () => {
  await using world = await openSep6();
  const { wallet, anchor } = world;
  await wallet.putCustomer({ type: 'sep6-withdraw', ...withdrawer });
  const payments = anchor.anchor.payments ?? assert.fail();
  const receive = async (asked: string | undefined, came: string) => {
    const query = asked === undefined ? {} : { amount: asked };
    const all = { asset_code: 'USDC', funding_method: 'bank_account', ...query };
    const { id } = (await wallet.get('withdraw', all)).body;
    const outcome = await payments.paymentReceived(id, { stellarTransactionId: `c-${id}`, amount: came, asset: usdc });
    const { status, amount_in: amount } = await wallet.transaction(id);
    return [outcome, status, amount];
  };
  assert.deepEqual(await receive('100', '110'), ['received', 'pending_anchor', '110']);
  assert.deepEqual(await receive('100', '90'), ['received', 'pending_anchor', '90']);
  assert.deepEqual(await receive('100', '110.0000001'), ['wrong', 'error', '100']);
  assert.deepEqual(await receive(undefined, '7'), ['received', 'pending_anchor', '7']);
  assert.deepEqual(
    await receive('999', '1000.5'),
    ['received', 'pending_customer_info_update', '1000.5'],
    'the rule on amounts is not gone round',
  );
  assert.deepEqual(await receive(undefined, '4000'), ['received', 'pending_customer_info_update', '4000']);
});
