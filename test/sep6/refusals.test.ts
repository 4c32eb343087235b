import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidRequest, invalidField } from '../../src/errors.ts';
import { getTransaction } from '../../src/sep6/get-transaction.ts';
import { getWithdraw } from '../../src/sep6/get-withdraw.ts';
import { listTransactions } from '../../src/sep6/list-transactions.ts';
import type { Sep6Parts } from '../../src/sep6/parts.ts';
import type { ProposedTransfer } from '../../src/sep6/transfer-integration.ts';
import type { CustomerContext, MoreInfoAbout } from '../../src/sep12/integration.ts';
import { parseSub } from '../../src/stellar/subject.ts';
import { openPaymentWorld } from '../payments/world.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { askDeposit, askWithdrawal, openSep6, person, program, StandInTransfers, usdc, withdrawer } from './world.ts';

const token = 'tokens-are-long-enough-to-be-secret-x';

test('[sep6.info-needed] [ruling.34] by option a customer who lacks data is refused with the names of what is missing, and nothing is kept', async () => {
  await using world = await openSep6({ sep6MissingKyc: 'refuse' });
  const { wallet } = world;
  const needed = { type: 'non_interactive_customer_info_needed', fields: ['first_name', 'last_name'] };
  const stranger = await askDeposit(wallet);
  assert.deepEqual([stranger.status, stranger.body], [403, needed]);
  assert.equal((await wallet.getCustomer({ type: 'sep6-deposit' })).body.id, undefined, 'nobody was registered');
  await wallet.putCustomer({ type: 'sep6-deposit', first_name: 'Ada' });
  const half = await askDeposit(wallet);
  assert.deepEqual([half.status, half.body], [403, { ...needed, fields: ['last_name'] }]);
  assert.deepEqual((await wallet.get('transactions', { asset_code: 'USDC' })).body, { transactions: [] });
  await wallet.putCustomer({ type: 'sep6-deposit', ...person });
  const taken = await askDeposit(wallet);
  assert.deepEqual([taken.status, taken.body.how, taken.body.eta], [200, 'Pay into 137', 1800]);
  const large = await askDeposit(wallet, { amount: '1000.5' });
  assert.deepEqual([large.status, large.body], [403, { ...needed, fields: ['occupation'] }], 'the amount counts');
});

test('[sep6.info-status] [ruling.34] who is being looked at is pending, and who is rejected is denied, in words of the SEP alone', async () => {
  await using world = await openSep6({ sep6MissingKyc: 'refuse', operators: `ann:admin:${token}` });
  const { wallet, url } = world;
  const cash = { funding_method: 'cash' };
  const { id } = (await wallet.putCustomer({ type: 'cash', first_name: 'Ada', mobile_number: '+14155550100' })).body;
  const pending = await askDeposit(wallet, cash);
  const { more_info_url: pendingPage, ...pendingBody } = pending.body;
  assert.ok(pendingPage);
  assert.deepEqual([pending.status, pendingBody], [403, { type: 'customer_info_status', status: 'pending' }]);
  const at = `${url}/operator/customers/${id}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const { version } = (await (await fetch(at, { headers })).json()) as { version: number };
  const body = JSON.stringify({ act: 'reject', type: 'cash', reason: 'sanctions', version });
  assert.equal((await fetch(at, { method: 'POST', headers, body })).status, 200);
  const denied = await askDeposit(wallet, cash);
  const { more_info_url: deniedPage, ...deniedBody } = denied.body;
  assert.ok(deniedPage);
  assert.deepEqual([denied.status, deniedBody], [403, { type: 'customer_info_status', status: 'denied' }]);
});

test('[sep6.deposit.held] [sep6.info-status] [ruling.34] where transfers are held, one whose customer is looked at is pending_anchor, and one who is rejected is denied all the same', async () => {
  await using world = await openSep6({ operators: `ann:admin:${token}` });
  const { wallet, url, transfers, anchor } = world;
  const cash = { funding_method: 'cash' };
  const { id } = (await wallet.putCustomer({ type: 'cash', first_name: 'Ada', mobile_number: '+14155550100' })).body;
  const taken = await askDeposit(wallet, cash);
  assert.equal((await wallet.transaction(taken.body.id)).status, 'pending_anchor');
  assert.equal(transfers.asked.length, 0, 'nobody is told where to pay before');
  for (const status of ['pending_user_transfer_start', 'pending_stellar', 'completed'] as const)
    await assert.rejects(async () => anchor.anchor.payments?.update(taken.body.id, { status }), /not clear/);
  const at = `${url}/operator/customers/${id}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const { version } = (await (await fetch(at, { headers })).json()) as { version: number };
  const body = JSON.stringify({ act: 'reject', type: 'cash', reason: 'sanctions', version });
  assert.equal((await fetch(at, { method: 'POST', headers, body })).status, 200);
  const ended = await wallet.transaction(taken.body.id, 'es');
  assert.deepEqual([ended.status, /no podemos/.test(ended.message)], ['error', true]);
  assert.equal((await askDeposit(wallet, cash)).body.status, 'denied');
});

test('[sep6.more-info-url] the page of the integration is told with both answers and with transactions, in the language of the request', async () => {
  await using world = await openPaymentWorld({}, program);
  const {
    parts: deciding,
    payments,
    deciding: { builtIn },
  } = world;
  const transfers = new StandInTransfers();
  const none = { depositExchange: undefined, withdrawExchange: undefined };
  const way = { fundingMethods: [], type: 'sep6-withdraw', typesByMethod: {} };
  const asset = { code: 'USDC', id: 'stellar:USDC:G', deposit: undefined, withdraw: way, ...none };
  const told: (MoreInfoAbout | undefined)[] = [];
  const parts: Sep6Parts = {
    settings: {
      assets: new Map([['USDC', asset]]),
      missingKyc: undefined,
      transfers,
      accounts: [],
      observeFrom: undefined,
    },
    ...{ payments, deciding, allowLoopback: false },
    integration: {
      put: (request, context) => builtIn.integration.put(request, context),
      moreInfoUrl: async (account, { subject }, about) => {
        told.push(about);
        return `https://anchor.example/me?of=${account}&memo=${subject.memo?.value}`;
      },
    },
  };
  const account = randomAccount();
  const subject = parseSub(`${account}:7`) ?? assert.fail();
  const context: CustomerContext = { subject, requestId: 'test' };
  const taken = await getWithdraw(parts, context, new Map([['asset_code', 'USDC']]));
  const { id } = taken.body as { id: string };
  const page = `https://anchor.example/me?of=${account}&memo=7`;
  const shown = async (query: Record<string, string>) =>
    (await getTransaction(parts, context, new Map(Object.entries({ id, ...query })))) as {
      transaction: { more_info_url: string };
    };
  assert.equal((await shown({})).transaction.more_info_url, page);
  const customerId = (await payments.get(id)).parties[0]?.customerId ?? assert.fail();
  assert.deepEqual(told.splice(0), [{ id: customerId, type: 'sep6-withdraw', transactionId: id }]);
  assert.equal((await shown({ lang: 'es' })).transaction.more_info_url, `${page}&lang=es`);
  assert.deepEqual(told.splice(0), [{ id: customerId, type: 'sep6-withdraw', transactionId: id, lang: 'es' }]);
  await listTransactions(parts, context, new Map([['asset_code', 'USDC']]), []);
  assert.deepEqual(told.splice(0), [{ id: customerId, type: 'sep6-withdraw', transactionId: id }]);
  const cash = { ...asset, withdraw: { ...way, type: 'cash' } };
  const refusing = {
    ...parts,
    settings: { ...parts.settings, assets: new Map([['USDC', cash]]), missingKyc: 'refuse' as const },
  };
  const values = { type: 'cash', first_name: 'Ada', mobile_number: '+14155550100' };
  const { type, ...fields } = values;
  const nothing = { files: new Map(), verifications: new Map(), fileIds: new Map(), unknownFiles: new Set<string>() };
  const put = {
    account,
    memo: '7',
    memoType: 'id' as const,
    type,
    lang: 'en',
    fields: new Map(Object.entries(fields)),
    ...nothing,
  };
  await builtIn.integration.put(put, context);
  const refused = await getWithdraw(refusing, context, new Map(Object.entries({ asset_code: 'USDC', lang: 'es' })));
  const expected = { type: 'customer_info_status', status: 'pending', more_info_url: `${page}&lang=es` };
  assert.deepEqual([refused.status, refused.body], [403, expected]);
  assert.deepEqual(told.splice(0), [{ type: 'cash', lang: 'es' }]);
  await deciding.store.deleteCustomer(customerId);
  await shown({});
  assert.deepEqual(told, [{}], 'of one who was erased there is nothing to be shown');
});

test('[sep6.deposit.async] an anchor that cannot say yet where the money goes, or fails, has the transfer waiting with it', async () => {
  await using world = await openSep6();
  const { wallet, transfers } = world;
  await wallet.putCustomer({ type: 'sep6-withdraw', ...withdrawer });
  await wallet.putCustomer({ type: 'sep6-deposit', ...person });
  transfers.deposit = () => undefined;
  transfers.withdrawal = () => {
    throw new Error('the bank is away');
  };
  const asked = [await askDeposit(wallet), await askWithdrawal(wallet)];
  for (const place of [
    { account: 'GABC' },
    { account: randomAccount(), memo: { type: 'id', value: '007' } as const },
  ]) {
    transfers.withdrawal = () => place;
    asked.push(await askWithdrawal(wallet));
  }
  for (const { status, body } of asked) {
    assert.equal(status, 200);
    assert.deepEqual([body.instructions, body.account_id], [undefined, undefined]);
    assert.equal((await wallet.transaction(body.id)).status, 'pending_anchor');
  }
});

test('[sep6.deposit.refused] an anchor refuses what it cannot do in its own words, in the language of the request, whoever asks, and keeps nothing', async () => {
  await using world = await openSep6();
  const { wallet, transfers } = world;
  const asked: ProposedTransfer[] = [];
  transfers.admitTransfer = async (transfer) => {
    asked.push(transfer);
    if (transfer.details.amountIn === '13') throw invalidField('amount', 'not this one');
    if (transfer.claimableBalanceSupported) return;
    throw new InvalidRequest(
      transfer.lang === 'es' ? 'La cuenta no confía en USDC' : 'The account does not trust USDC',
    );
  };
  for (const [query, error] of [
    [{}, 'The account does not trust USDC'],
    [{ lang: 'es' }, 'La cuenta no confía en USDC'],
    [{ amount: '13' }, "'amount' is invalid: not this one"],
  ] as const) {
    for (const ask of [askDeposit, askWithdrawal]) {
      const { status, body } = await ask(wallet, query);
      assert.deepEqual([status, body], [400, { error }]);
    }
  }
  assert.deepEqual((await wallet.get('transactions')).body.transactions, []);
  const [deposit, withdrawal] = asked;
  const owner = { account: wallet.account };
  assert.deepEqual([deposit?.kind, deposit?.owner, deposit?.account], ['deposit', owner, wallet.account]);
  assert.deepEqual([withdrawal?.kind, withdrawal?.account], ['withdrawal', undefined]);
  assert.deepEqual([deposit?.details.amountIn, deposit?.details.amountInAsset], ['100', usdc]);
  assert.equal((await wallet.getCustomer({ type: 'sep6-deposit' })).body.id, undefined, 'nobody was registered');
  assert.equal((await askDeposit(wallet, { claimable_balance_supported: 'true' })).status, 200);
  await wallet.putCustomer({ type: 'sep6-deposit', ...person });
  assert.equal((await askDeposit(wallet)).status, 400, 'nor is anybody who is accepted');
  assert.equal(transfers.asked.length, 0);
  transfers.admitTransfer = () => Promise.reject(new Error('Horizon is away'));
  const { status, body } = await askDeposit(wallet);
  assert.deepEqual([status, /Horizon/.test(JSON.stringify(body))], [503, false]);
  assert.deepEqual((await wallet.get('transactions')).body.transactions.length, 1);
});
