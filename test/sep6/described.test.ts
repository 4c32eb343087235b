import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Described, documentOf } from '../http/openapi/described.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { brl, openExchange } from './exchange-world.ts';
import { bank, openSep6, withdrawer } from './world.ts';

test('[openapi.answers] [openapi.sep6] every kind of answer is as /openapi.json says', async () => {
  await using world = await openSep6();
  const { anchor } = world;
  const described = new Described(await documentOf(anchor));
  const account = randomAccount();
  const ask = async (
    method: string,
    path: string,
    query: string,
    sub: string | undefined = account,
  ): Promise<string> => {
    const body = method === 'PATCH' ? { body: JSON.stringify({ transaction: { dest: '1' } }) } : {};
    const answer = await anchor.call(sub, method, `/sep6/${path}?${query}`, body);
    const copy = answer.clone();
    await described.assertAnswer(method, `/sep6/${path.replace(/^transactions\/.*/, 'transactions/{id}')}`, answer);
    return ((await copy.json()) as { id?: string }).id ?? '';
  };
  const deposit = `asset_code=USDC&funding_method=WIRE&amount=5&account=${account}&memo=7`;
  await ask('GET', 'info', '');
  const held = await ask('GET', 'deposit', deposit);
  await anchor.json(account, 'PUT', '/customer', { type: 'sep6-withdraw', ...withdrawer });
  await ask('GET', 'deposit', deposit);
  await ask('GET', 'deposit', 'asset_code=ETH');
  const id = await ask('GET', 'withdraw', 'asset_code=USDC&amount=5');
  assert.ok(held && id);
  const payments = anchor.anchor.payments ?? assert.fail();
  await payments.update(held, { status: 'pending_user_transfer_start', extra: { instructions: bank } });
  await payments.paymentReceived(id, { stellarTransactionId: 'a'.repeat(64) });
  const fields = { dest: { description: 'your bank account' } };
  await payments.update(id, { status: 'pending_transaction_info_update', fields, message: 'No such account' });
  await ask('GET', 'transaction', `id=${id}`);
  await ask('PATCH', `transactions/${id}`, '');
  const refund = { id: 'e'.repeat(64), amount: '5', fee: '0' };
  await payments.update(id, {
    status: 'refunded',
    refunds: { amountRefunded: '5', amountFee: '0', payments: [refund] },
  });
  await ask('GET', 'transactions', 'asset_code=USDC');
  await ask('GET', 'transactions', `account=${randomAccount()}`);
  await ask('GET', 'transaction', 'id=none');
  await ask('GET', 'deposit-exchange', '');
  await using exchanging = await openExchange();
  const { anchor: other } = exchanging;
  const exchanged = new Described(await documentOf(other));
  await other.json(account, 'PUT', '/customer', { type: 'sep6-withdraw', ...withdrawer });
  const pair = `destination_asset=USDC&source_asset=${brl}&funding_method=PIX&amount=540&account=${account}`;
  const back = `source_asset=USDC&destination_asset=${brl}`;
  const into = `/sep6/deposit-exchange`;
  await exchanged.assertAnswer('GET', into, await other.call(account, 'GET', `${into}?${pair}`));
  const quote = exchanging.transfers.give({ account }, 'q');
  await exchanged.assertAnswer('GET', into, await other.call(account, 'GET', `${into}?${pair}&quote_id=${quote}`));
  await exchanged.assertAnswer('GET', into, await other.call(account, 'GET', into));
  const outOf = '/sep6/withdraw-exchange';
  await exchanged.assertAnswer('GET', outOf, await other.call(account, 'GET', `${outOf}?${back}`));
  await exchanged.assertAnswer('GET', '/sep6/info', await other.call(undefined, 'GET', '/sep6/info'));
  await exchanged.assertAnswer('GET', '/sep6/transactions', await other.call(account, 'GET', '/sep6/transactions'));
  for (const path of ['deposit', 'withdraw', 'withdraw-exchange', 'transaction', 'transactions'])
    await described.assertAnswer('GET', `/sep6/${path}`, await anchor.call(undefined, 'GET', `/sep6/${path}`));
});
