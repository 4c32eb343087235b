import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callbackReceiver } from '../support/callback-receiver.ts';
import { issuer, openSep31, receiverData, registerBoth, senderData, usdc } from './world.ts';

test('[sep31.pre.server] [sep31.get.transaction] [sep31.post.create] [sep31.status.released] [sep31.callback.post] [seed.s8] [seed.s9] [seed.s14] [ruling.33] a payment that is held is released by the missing data, paid in, paid out and told of by callbacks', async () => {
  await using world = await openSep31({ sep31MissingKyc: 'hold' });
  const { sender, rails, anchor } = world;
  await using receiver = await callbackReceiver(world.publicKey);
  const info = await sender.info();
  assert.equal(info.status, 200);
  const { USDC } = info.body.receive;
  assert.deepEqual(Object.keys(USDC.sep12.sender.types), ['sep31-sender']);
  const { bank_account_number, ...incomplete } = receiverData;
  const ids = await registerBoth(sender, senderData, incomplete);
  const request = { amount: 100.5, asset_code: 'USDC', asset_issuer: issuer, funding_method: USDC.funding_methods[0] };
  const posted = await sender.postTransaction({ ...request, ...ids });
  assert.equal(posted.status, 201);
  assert.deepEqual(Object.keys(posted.body), ['id'], 'no account while the payment is held');
  const { id } = posted.body;
  assert.equal((await sender.putCallback(id, receiver.url)).status, 204);
  const held = (await sender.getTransaction(id)).body.transaction;
  assert.equal(held.status, 'pending_customer_info_update');
  assert.equal(held.stellar_account_id, undefined);
  const asked = await sender.getCustomer({ transaction_id: id, type: 'sep31-receiver' });
  assert.deepEqual([asked.body.status, Object.keys(asked.body.fields)], ['NEEDS_INFO', ['bank_account_number']]);
  assert.equal((await sender.getCustomer({ transaction_id: id, type: 'sep31-sender' })).body.status, 'ACCEPTED');

  assert.equal((await sender.updateCustomer(ids.receiver_id, { bank_account_number })).status, 202);
  const ready = (await sender.getTransaction(id)).body.transaction;
  assert.equal(ready.status, 'pending_sender', 'released with the answer of the PUT');
  assert.equal(ready.stellar_account_id, anchor.anchor.settings.sep31?.account);
  assert.equal(ready.stellar_memo_type, 'id');
  assert.deepEqual([ready.amount_in, ready.amount_in_asset], ['100.5', usdc]);
  assert.deepEqual([ready.amount_out, ready.fee_details.total], ['98.995', '1.505']);
  await receiver.received(1);

  assert.equal(rails.calls.length, 0, 'nothing is paid out before the money came');
  const paidTo: unknown[] = [];
  rails.answer = async (_, { customer }) => {
    paidTo.push((await customer('receiver'))?.values.get('bank_account_number'));
    return { status: 'completed', externalTransactionId: 'bank-1' };
  };
  const money = { stellarTransactionId: 'a'.repeat(64), amount: '100.5', asset: usdc };
  assert.equal(await anchor.anchor.payments?.paymentReceived(id, money), 'received');
  const completed = (await sender.until(id, 'completed')).body.transaction;
  assert.equal(completed.external_transaction_id, 'bank-1');
  assert.equal(completed.stellar_transaction_id, money.stellarTransactionId);
  assert.ok(completed.completed_at);
  assert.equal(rails.calls.length, 1);
  assert.deepEqual(paidTo, [bank_account_number]);
  await assert.rejects(rails.calls[0]?.context.customer('receiver') ?? assert.fail(), { code: 'not_possible' });
  const moves = (await anchor.anchor.payments?.listMoves(id)) ?? [];
  assert.deepEqual(
    moves.map(({ to: status, cause }) => `${cause}:${status}`),
    [
      'created:pending_customer_info_update',
      'kyc:pending_receiver',
      'kyc:pending_sender',
      'funds:pending_receiver',
      'rails:completed',
    ],
  );
  for (let n = 0; n < 200 && !told(receiver.posts).includes('completed'); n++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const statuses = told(receiver.posts);
  assert.ok(
    receiver.posts.every(({ fault }) => fault === undefined),
    'every post is signed as the SEP has it',
  );
  assert.equal(statuses[0], 'pending_sender');
  assert.equal(statuses.at(-1), 'completed');
  assert.deepEqual(JSON.parse(receiver.posts.at(-1)?.body.toString() ?? ''), (await sender.getTransaction(id)).body);
});

function told(posts: readonly { readonly body: Buffer }[]): string[] {
  return posts.map(({ body }) => JSON.parse(body.toString()).transaction.status);
}
