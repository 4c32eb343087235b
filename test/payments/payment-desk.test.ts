import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, operators, tokens } from '../http/operator-call.ts';
import { openSep31, registerBoth, usdc } from '../sep31/world.ts';

test('[operator.payments] a misspelt amount or type is refused rather than left out: money would count as right unseen, a gate be that of another type', async () => {
  await using world = await openSep31({ operators });
  const { sender, anchor } = world;
  const ids = await registerBoth(sender);
  const posted = await sender.postTransaction({ amount: 100, asset_code: 'USDC', funding_method: 'SEPA', ...ids });
  const { id } = posted.body;
  const path = `/operator/transactions/${id}`;
  const act = (body: object): ReturnType<typeof call> => call(anchor, tokens.lea, 'POST', path, body);
  const money = { act: 'received', stellarTransactionId: 'a'.repeat(64), asset: usdc };
  assert.equal((await act({ ...money, amont: '1' })).status, 400);
  assert.equal((await act({ act: 'update', status: 'completed', mesage: 'done' })).status, 400);
  assert.equal((await sender.getTransaction(id)).body.transaction.status, 'pending_sender');
  const gate = { customerId: ids.sender_id, typ: 'sep31-receiver' };
  assert.equal((await call(anchor, tokens.lea, 'POST', '/operator/gate', gate)).status, 400);

  const told = await act({ ...money, amount: '100' });
  assert.deepEqual([told.status, told.body.outcome], [200, 'received']);
});
