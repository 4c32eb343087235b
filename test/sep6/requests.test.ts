import assert from 'node:assert/strict';
import { test } from 'node:test';
import { muxedAddress } from '../../src/stellar/address.ts';
import { randomAccount, randomContract } from '../support/test-anchor.ts';
import { askDeposit, askWithdrawal, openSep6, person, withdrawer } from './world.ts';

test('[sep6.auth.required] [ruling.8] without a good token every endpoint but info is 403 authentication_required', async () => {
  await using world = await openSep6();
  const { anchor } = world;
  const expired = await anchor.token(randomAccount(), -10);
  for (const headers of [{}, { authorization: 'Bearer nonsense' }, { authorization: `Bearer ${expired}` }]) {
    for (const path of [
      'deposit',
      'withdraw',
      'deposit-exchange',
      'withdraw-exchange',
      'transaction',
      'transactions',
    ]) {
      const reply = await anchor.call(undefined, 'GET', `/sep6/${path}`, { headers });
      assert.deepEqual([reply.status, await reply.json()], [403, { type: 'authentication_required' }], path);
      assert.equal(reply.headers.get('access-control-allow-origin'), '*');
    }
    const patch = await anchor.call(undefined, 'PATCH', '/sep6/transactions/1', { headers, body: '{}' });
    assert.deepEqual([patch.status, await patch.json()], [403, { type: 'authentication_required' }]);
  }
});

test('[ruling.29] a web wallet may send the update of a transaction: its preflight allows PATCH', async () => {
  await using world = await openSep6();
  const methodsOf = async (path: string): Promise<string | null> =>
    (await world.anchor.call(undefined, 'OPTIONS', path)).headers.get('access-control-allow-methods');
  assert.equal(await methodsOf('/sep6/transactions/1'), 'GET, PUT, POST, DELETE, OPTIONS, PATCH');
  assert.equal(await methodsOf('/sep6/info'), 'GET, PUT, POST, DELETE, OPTIONS');
});

test('[sep6.info.assets] [sep6.info.endpoints] [sep6.info.features] info tells assets, limits, fees, ways and what is offered', async () => {
  await using world = await openSep6();
  const { status, body } = await world.anchor.json(undefined, 'GET', '/sep6/info?lang=es');
  assert.equal(status, 200);
  const common = { enabled: true, authentication_required: true };
  const history = { enabled: true, authentication_required: true };
  assert.deepEqual(body, {
    deposit: {
      USDC: { ...common, min_amount: 0.1, max_amount: 5000, funding_methods: ['WIRE', 'cash'] },
      EURC: { ...common, funding_methods: [] },
    },
    'deposit-exchange': {},
    withdraw: {
      USDC: {
        ...common,
        ...{ fee_fixed: 0.5, fee_percent: 1, funding_methods: ['bank_account'], types: { bank_account: {} } },
      },
    },
    'withdraw-exchange': {},
    fee: { enabled: false },
    ...{ transactions: history, transaction: history },
    features: { account_creation: true, claimable_balances: false },
  });
});

test('[sep6.error] every mistake of a request is a 400 that names it, in the language of the request', async () => {
  await using world = await openSep6();
  const { wallet } = world;
  const account = randomAccount();
  const wrong: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ asset_code: 'ETH' }, /^'asset_code' is invalid: expected one of USDC, EURC/],
    [{ asset_code: '' }, /^'asset_code' is required/],
    [{ account: '' }, /^'account' is required/],
    [{ account: 'GABC' }, /^'account' is invalid/],
    [{ funding_method: 'SWIFT' }, /^'funding_method' is invalid: expected one of WIRE, cash/],
    [{ funding_method: '', type: 'SWIFT' }, /^'type' is invalid/],
    [{ funding_method: '' }, /^'funding_method' is required/],
    [{ amount: '0.01' }, /^'amount' is invalid: expected at least 0.1/],
    [{ amount: '5001' }, /^'amount' is invalid: expected at most 5000/],
    [{ amount: '1e3' }, /^'amount' is invalid/],
    [{ memo: '007' }, /^'memo' is invalid/],
    [{ memo_type: 'id' }, /^'memo_type' is invalid/],
    [{ account: muxedAddress(account, '5'), memo: '7' }, /^'memo' is invalid/],
    [{ account: randomContract(), memo: 'abc', memo_type: 'text' }, /^'memo_type' is invalid: expected one of id/],
    [{ on_change_callback: 'ftp://wallet.example' }, /^'on_change_callback' is invalid/],
    [{ on_change_callback: 'https://10.0.0.1/' }, /^'on_change_callback' is invalid/],
  ];
  for (const [query, message] of wrong) {
    const { status, body } = await askDeposit(wallet, query);
    assert.equal(status, 400, JSON.stringify(query));
    assert.match(body.error, message);
  }
  assert.match((await askDeposit(wallet, { amount: '1', lang: 'es', account: '' })).body.error, /obligatorio/);
  const refund = await askWithdrawal(wallet, { refund_memo: '5' });
  assert.match(refund.body.error, /^'refund_memo' is invalid: expected together with 'refund_memo_type'/);
  assert.match((await wallet.get('withdraw', { asset_code: 'EURC' })).body.error, /expected one of USDC$/);
  assert.equal((await wallet.get('transaction')).status, 400);
  for (const query of [{ kind: 'receive' }, { limit: '0' }, { no_older_than: 'now' }, { asset_code: 'ETH' }])
    assert.equal((await wallet.get('transactions', query)).status, 400, JSON.stringify(query));
});

test('[sep6.deposit.create] [sep6.deposit.account] a deposit goes to any account, with a memo, and its customer is told how to pay', async () => {
  await using world = await openSep6();
  const { wallet, transfers } = world;
  await wallet.putCustomer({ type: 'sep6-deposit', ...person });
  const account = randomAccount();
  const query = { account, memo: 'a-1', memo_type: 'text', funding_method: '', type: 'WIRE', location_id: 'L7' };
  const { status, body } = await askDeposit(wallet, { ...query, email_address: 'ada@example.com' });
  assert.deepEqual(
    [status, body.how, body.eta, body.min_amount, body.max_amount],
    [200, 'Pay into 137', 1800, 0.1, 5000],
  );
  assert.equal(body.instructions['organization.bank_number'].value, '121122676');
  const { to, deposit_memo: memo, deposit_memo_type: type, ...shown } = await wallet.transaction(body.id);
  assert.deepEqual([to, memo, type, shown.status_eta], [account, 'a-1', 'text', 1800]);
  assert.deepEqual(transfers.asked[0]?.details.extra?.['location_id'], 'L7');
  assert.doesNotMatch(JSON.stringify(transfers.asked), /ada@example/, 'personal data is for SEP-12');
  assert.equal(shown.withdraw_anchor_account, undefined);
  const contract = randomContract();
  const toContract = (await askDeposit(wallet, { account: contract })).body.id;
  assert.equal((await wallet.transaction(toContract)).to, contract);
});

test('[sep6.history.list] [sep6.history.filters] transfers are listed from the newest on, by asset, kind, time and page', async () => {
  await using world = await openSep6();
  const { wallet } = world;
  await wallet.putCustomer({ type: 'sep6-withdraw', ...withdrawer });
  const ids: string[] = [];
  for (const ask of [askDeposit, askWithdrawal, askDeposit]) {
    ids.unshift((await ask(wallet)).body.id);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const list = async (query: string): Promise<string[]> => {
    const { status, body } = await wallet.get('transactions', new URLSearchParams(query));
    assert.equal(status, 200, query);
    return body.transactions.map(({ id }: { id: string }) => id);
  };
  assert.deepEqual(await list('asset_code=USDC'), ids);
  assert.deepEqual(await list('asset_code=EURC'), []);
  assert.deepEqual(await list('asset_code=USDC&limit=1'), ids.slice(0, 1));
  assert.deepEqual(await list(`asset_code=USDC&paging_id=${ids[0]}`), ids.slice(1));
  assert.deepEqual(await list('asset_code=USDC&kind=withdrawal'), ids.slice(1, 2));
  assert.deepEqual(await list('asset_code=USDC&kind=withdrawal&kind=deposit'), ids);
  assert.deepEqual(await list('asset_code=USDC&kind=deposit,deposit-exchange'), [ids[0], ids[2]]);
  const { started_at: startedAt } = await wallet.transaction(ids[1] ?? '');
  assert.deepEqual(await list(`asset_code=USDC&no_older_than=${startedAt}`), ids.slice(0, 2));
  assert.deepEqual(await list('asset_code=USDC&no_older_than=2999-01-01'), []);
  const { TZ } = process.env;
  process.env['TZ'] = 'America/Caracas';
  assert.deepEqual(await list(`no_older_than=${startedAt.slice(0, -1)}`), ids.slice(0, 2), 'UTC, wherever it runs');
  process.env['TZ'] = TZ ?? 'UTC';
});

test('[sep6.patch.update] [sep6.patch.400] [sep6.get.refunds] deprecated fields are corrected when they were asked for, and refunds are told', async () => {
  await using world = await openSep6();
  const { wallet, anchor } = world;
  await wallet.putCustomer({ type: 'sep6-withdraw', ...withdrawer });
  const payments = anchor.anchor.payments ?? assert.fail();
  const { id } = (await askWithdrawal(wallet)).body;
  await payments.paymentReceived(id, { stellarTransactionId: 'd'.repeat(64) });
  assert.equal((await wallet.patch(id, { dest: '1' })).status, 400, 'nothing is asked for');
  const fields = { dest: { description: 'your bank account' } };
  await payments.update(id, { status: 'pending_transaction_info_update', fields, message: 'No such account' });
  const asked = await wallet.transaction(id);
  assert.deepEqual(
    [asked.required_info_updates, asked.required_info_message],
    [{ transaction: fields }, 'No such account'],
  );
  assert.equal((await wallet.patch(id, { iban: '1' })).status, 400);
  const patched = await wallet.patch(id, { dest: 'a new account' });
  assert.deepEqual([patched.status, patched.body.transaction.status], [200, 'pending_anchor']);
  assert.doesNotMatch(patched.text, /a new account/);
  const refund = { id: 'e'.repeat(64), amount: '100', fee: '0' };
  await payments.update(id, {
    status: 'refunded',
    refunds: { amountRefunded: '100', amountFee: '0', payments: [refund] },
  });
  const { refunded, refunds } = await wallet.transaction(id);
  const payment = { ...refund, id_type: 'stellar' };
  assert.deepEqual([refunded, refunds], [true, { amount_refunded: '100', amount_fee: '0', payments: [payment] }]);
});
