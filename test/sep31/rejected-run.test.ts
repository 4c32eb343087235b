import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import { callbackReceiver } from '../support/callback-receiver.ts';
import { openSep31, program, receiverData, registerBoth, senderData } from './world.ts';

const token = 'a-token-of-an-operator-that-is-long-enough';
const operators = `ann:admin:${token}`;
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

/** Holds payments by the program's own word, and has a person decide about receivers. */
const held: ProgramDefinition = {
  ...program,
  types: {
    ...program.types,
    'sep31-receiver': {
      ...program.types['sep31-receiver'],
      decision: 'review',
      whenMissing: 'hold',
    },
  },
};

test('[sep31.status.error] [sep31.post.held] [ruling.33] a payment whose receiver is rejected ends in an error with a message, and its sender is told', async () => {
  await using world = await openSep31({ program: held, operators });
  const { sender, rails, url } = world;
  await using receiver = await callbackReceiver(world.publicKey);
  const { bank_account_number, ...incomplete } = receiverData;
  const ids = await registerBoth(sender, senderData, incomplete);
  const { id } = (await sender.postTransaction({ amount: '10', asset_code: 'USDC', ...ids })).body;
  await sender.putCallback(id, receiver.url);
  assert.equal((await sender.getTransaction(id)).body.transaction.status, 'pending_customer_info_update');
  await sender.updateCustomer(ids.receiver_id, { bank_account_number });
  const waiting = await sender.getCustomer({ transaction_id: id, type: 'sep31-receiver' });
  assert.equal(waiting.body.status, 'PROCESSING');
  assert.equal(
    (await sender.getTransaction(id)).body.transaction.status,
    'pending_customer_info_update',
    'not before somebody has decided',
  );
  const at = `${url}/operator/customers/${ids.receiver_id}`;
  const { version } = (await (await fetch(at, { headers })).json()) as { version: number };
  const body = JSON.stringify({ act: 'reject', type: 'sep31-receiver', reason: 'sanctions', version });
  const rejected = await fetch(at, { method: 'POST', headers, body });
  assert.equal(rejected.status, 200, await rejected.text());
  const { transaction } = (await sender.getTransaction(id)).body;
  assert.equal(transaction.status, 'error');
  assert.match(transaction.status_message, /unable to offer this service/);
  assert.doesNotMatch(JSON.stringify(transaction), /sanction/i, 'nobody is tipped off');
  assert.equal(transaction.stellar_memo, undefined);
  await receiver.received(1);
  assert.deepEqual(JSON.parse(receiver.posts.at(-1)?.body.toString() ?? ''), { transaction });
  assert.equal(receiver.posts.at(-1)?.fault, undefined);
  assert.equal(rails.calls.length, 0);
  const again = await sender.postTransaction({ amount: '10', asset_code: 'USDC', ...ids });
  assert.deepEqual([again.status, again.body.error], [400, 'this payment cannot be made for this customer']);
});

test('[sep31.status.error] [ruling.33] a customer who is deleted ends what waits for them', async () => {
  await using world = await openSep31();
  const { sender } = world;
  const ids = await registerBoth(sender);
  const { id } = (await sender.postTransaction({ amount: '10', asset_code: 'USDC', ...ids })).body;
  assert.equal((await sender.getTransaction(id)).body.transaction.status, 'pending_sender');
  assert.equal((await sender.deleteCustomer('2')).status, 200);
  const { transaction } = (await sender.getTransaction(id)).body;
  assert.deepEqual([transaction.status, /deleted/.test(transaction.status_message)], ['error', true]);
});

test('[sep31.update.customer] [seed.s9] what the rails could not use is asked for by SEP-12, and the payment is tried again with what comes', async () => {
  await using world = await openSep31();
  const { sender, rails, anchor } = world;
  const ids = await registerBoth(sender);
  const { id } = (await sender.postTransaction({ amount: '10', asset_code: 'USDC', ...ids })).body;
  rails.answer = (_, { idempotencyKey }) =>
    idempotencyKey.endsWith('-1')
      ? {
          status: 'pending_customer_info_update',
          fields: [
            { role: 'receiver', field: 'bank_account_number' },
            { role: 'receiver', field: 'bank_number' },
          ],
        }
      : { status: 'pending_external', statusEta: 3600, externalTransactionId: 'bank-2' };
  await anchor.anchor.payments?.paymentReceived(id, { stellarTransactionId: 'b'.repeat(64) });
  await sender.until(id, 'pending_customer_info_update');
  const asked = (await sender.getCustomer({ transaction_id: id, type: 'sep31-receiver' })).body;
  assert.equal(asked.status, 'NEEDS_INFO');
  assert.deepEqual(Object.keys(asked.fields).sort(), ['bank_account_number', 'bank_number']);
  assert.equal(asked.provided_fields.bank_account_number.status, 'REJECTED');
  const data = { transaction_id: id, type: 'sep31-receiver', bank_account_number: '111', bank_number: '021000021' };
  assert.equal((await sender.updateCustomer(ids.receiver_id, data)).status, 202);
  const { transaction } = (await sender.until(id, 'pending_external')).body;
  assert.equal(transaction.status_eta, 3600);
  assert.deepEqual(
    rails.calls.map(({ context }) => context.idempotencyKey),
    [`${id}-1`, `${id}-2`],
  );
  await anchor.anchor.payments?.update(id, { status: 'completed' });
  assert.equal((await sender.getTransaction(id)).body.transaction.status, 'completed');
});
