import assert from 'node:assert/strict';
import { test } from 'node:test';
import { muxedAddress } from '../../src/stellar/address.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { askDepositExchange, askWithdrawExchange, brl, openExchange } from './exchange-world.ts';
import { bank, openSep6, person, usdc, withdrawer } from './world.ts';

test('[sep6.exchange] what is not configured is answered as unsupported; info tells what is, and no fees or limits of it', async () => {
  await using plain = await openSep6();
  for (const path of ['deposit-exchange', 'withdraw-exchange'])
    assert.equal((await plain.wallet.get(path, { amount: '5' })).status, 501);
  await using world = await openExchange();
  const { body } = await world.anchor.json(undefined, 'GET', '/sep6/info');
  const common = { enabled: true, authentication_required: true };
  assert.deepEqual(body['deposit-exchange'], { USDC: { ...common, funding_methods: ['PIX', 'cash'] } });
  assert.deepEqual(body['withdraw-exchange'], { USDC: { ...common, funding_methods: ['PIX'], types: { PIX: {} } } });
});

test('[sep6.exchange.deposit] a deposit that is exchanged is held, released, paid in, worth what the anchor says, and completed', async () => {
  await using world = await openExchange();
  const { wallet, anchor, transfers } = world;
  const payments = anchor.anchor.payments ?? assert.fail();
  const { status, body } = await askDepositExchange(wallet);
  assert.deepEqual([status, body.min_amount, body.max_amount, body.how], [200, 10, 50000, undefined]);
  const held = await wallet.transaction(body.id);
  assert.deepEqual(
    [held.kind, held.status, held.to],
    ['deposit-exchange', 'pending_customer_info_update', wallet.account],
  );
  assert.deepEqual([held.amount_in, held.amount_in_asset], ['540', brl]);
  assert.deepEqual([held.amount_out, held.amount_out_asset], [undefined, usdc]);
  await wallet.putCustomer({ type: 'sep6-deposit', transaction_id: body.id, ...person });
  assert.equal((await wallet.transaction(body.id)).status, 'pending_anchor');
  await payments.update(body.id, { status: 'pending_user_transfer_start', extra: { instructions: bank } });
  assert.deepEqual((await wallet.transaction(body.id)).instructions, bank);
  const money = { externalTransactionId: 'pix-1', amount: '540', asset: brl };
  assert.equal(await payments.paymentReceived(body.id, money), 'received');
  assert.equal(await payments.paymentReceived(body.id, money), 'known');
  assert.equal(await payments.paymentReceived(body.id, { ...money, externalTransactionId: 'pix-2' }), 'twice');
  await assert.rejects(payments.update(body.id, { status: 'pending_stellar' }), /amountOut/);
  const feeDetails = { total: '40', asset: brl };
  await payments.update(body.id, { status: 'pending_stellar', amountOut: '100', feeDetails });
  await payments.update(body.id, { status: 'completed', stellarTransactionId: 'a'.repeat(64) });
  const done = await wallet.transaction(body.id);
  assert.deepEqual([done.status, done.amount_out, done.amount_out_asset], ['completed', '100', usdc]);
  assert.deepEqual([done.fee_details, done.amount_fee, done.amount_fee_asset], [feeDetails, '40', brl]);
  assert.deepEqual([done.external_transaction_id, done.stellar_transaction_id], ['pix-1', 'a'.repeat(64)]);
  assert.equal(transfers.asked.length, 0, 'it was held: the anchor is asked at the request alone');
  const listed = await wallet.get('transactions', { asset_code: 'USDC', kind: 'deposit-exchange' });
  assert.deepEqual(
    listed.body.transactions.map(({ id }: { id: string }) => id),
    [body.id],
    'it is one of the asset on Stellar',
  );
});

test('[sep6.exchange.withdraw] a withdrawal that is exchanged of an accepted customer has account and memo at once', async () => {
  await using world = await openExchange();
  const { wallet, anchor, transfers } = world;
  const payments = anchor.anchor.payments ?? assert.fail();
  await wallet.putCustomer({ type: 'sep6-withdraw', ...withdrawer });
  const { status, body } = await askWithdrawExchange(wallet);
  assert.deepEqual([status, body.account_id, body.max_amount], [200, transfers.account, 3000]);
  const ready = await wallet.transaction(body.id);
  assert.deepEqual([ready.kind, ready.status], ['withdrawal-exchange', 'pending_user_transfer_start']);
  assert.deepEqual([ready.withdraw_anchor_account, ready.withdraw_memo], [transfers.account, body.memo]);
  assert.deepEqual([ready.amount_in, ready.amount_in_asset, ready.amount_out_asset], ['100', usdc, brl]);
  const brought = { stellarTransactionId: 'b'.repeat(64), amount: '105', asset: usdc };
  assert.equal(await payments.paymentReceived(body.id, brought), 'received');
  await assert.rejects(payments.update(body.id, { status: 'pending_external' }), /amountOut/);
  await payments.update(body.id, { status: 'pending_external', amountOut: '520', externalTransactionId: 'pix-9' });
  await payments.update(body.id, { status: 'completed' });
  const done = await wallet.transaction(body.id);
  assert.deepEqual([done.status, done.amount_in, done.amount_out], ['completed', '105', '520']);
});

test('[sep6.exchange.quotes] by a quote the amounts are its own, it is used once, and is told with its end', async () => {
  await using world = await openExchange();
  const { wallet, transfers } = world;
  const payments = world.anchor.anchor.payments ?? assert.fail();
  await wallet.putCustomer({ type: 'sep6-deposit', ...person });
  const owner = { account: wallet.account };
  const expiresAt = new Date(Date.now() + 300_000);
  const quote_id = transfers.give(owner, 'q1', { expiresAt, deliveryMethod: 'PIX' });
  const [one, other] = await Promise.all([
    askDepositExchange(wallet, { quote_id, amount: '' }),
    askDepositExchange(wallet, { quote_id }),
  ]);
  const [taken, refused] = one.status === 200 ? [one, other] : [other, one];
  assert.deepEqual([taken.status, taken.body.how], [200, 'Pay into 137']);
  assert.deepEqual(
    [refused.status, refused.body.error],
    [400, "'quote_id' is invalid: expected a quote that no other transfer uses"],
  );
  const ready = await wallet.transaction(taken.body.id);
  assert.deepEqual([ready.quote_id, ready.amount_in, ready.amount_out], ['q1', '540', '100']);
  assert.deepEqual(ready.fee_details, { total: '40', asset: brl, details: [{ name: 'Pix fee', amount: '40' }] });
  assert.equal(ready.user_action_required_by, expiresAt.toISOString());
  const late = { externalTransactionId: 'pix-late', amount: '540', at: new Date(expiresAt.getTime() + 1) };
  assert.equal(await payments.paymentReceived(taken.body.id, late), 'received');
  const after = await wallet.transaction(taken.body.id);
  assert.deepEqual(
    [after.status, after.amount_in, after.amount_out, after.fee_details, after.user_action_required_by],
    ['pending_anchor', '540', undefined, undefined, undefined],
    'what a late payment is worth is for the anchor to say',
  );
  transfers.give(owner, 'q2');
  const second = await askDepositExchange(wallet, { quote_id: 'q2' });
  await payments.paymentReceived(second.body.id, { externalTransactionId: 'pix-2', amount: '540' });
  assert.equal((await wallet.transaction(second.body.id)).amount_out, '100', 'in time it holds');
});

test('[sep6.exchange.quotes] a quote that is unknown, another’s, over, or of something else is refused by name', async () => {
  await using world = await openExchange();
  const { wallet, transfers, anchor } = world;
  const owner = { account: wallet.account };
  transfers.give({ account: randomAccount() }, 'another');
  transfers.give({ ...owner, memo: { type: 'id', value: '7' } }, 'of user 7');
  transfers.give(owner, 'over', { expiresAt: new Date(Date.now() - 1) });
  transfers.give(owner, 'good');
  transfers.give(owner, 'wire', { deliveryMethod: 'WIRE' });
  transfers.give(owner, 'other way', { sellAsset: usdc, buyAsset: brl });
  transfers.give(owner, 'large', { sellAmount: '60000' });
  const unknown = /^'quote_id' is invalid: expected a quote of yours$/;
  const wrong: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ quote_id: 'none' }, unknown],
    [{ quote_id: 'another' }, unknown],
    [{ quote_id: 'of user 7' }, unknown],
    [{ quote_id: 'over' }, /^'quote_id' is invalid: expected a quote that has not expired$/],
    [{ quote_id: 'good', source_asset: 'iso4217:ARS' }, /^'source_asset' is invalid: expected what the quote says$/],
    [{ quote_id: 'other way' }, /^'source_asset' is invalid/],
    [{ quote_id: 'good', amount: '541' }, /^'amount' is invalid: expected what the quote says$/],
    [{ quote_id: 'wire' }, /^'funding_method' is invalid/],
    [{ quote_id: 'large', amount: '' }, /^'amount' is invalid: expected at most 50000/],
  ];
  for (const [query, message] of wrong) {
    const { status, body } = await askDepositExchange(wallet, query);
    assert.equal(status, 400, JSON.stringify(query));
    assert.match(body.error, message);
  }
  transfers.isAway = true;
  const away = await askDepositExchange(wallet, { quote_id: 'good' });
  assert.equal(away.status, 503);
  assert.deepEqual((await wallet.get('transactions', { asset_code: 'USDC' })).body.transactions, []);
  const path = `/sep6/deposit-exchange?destination_asset=USDC&source_asset=${brl}&account=${wallet.account}&funding_method=PIX&quote_id=q`;
  Object.assign(anchor.anchor.settings.sep6?.transfers ?? {}, { findQuote: undefined });
  const none = await anchor.json(wallet.account, 'GET', path);
  assert.deepEqual([none.status, none.body.error], [400, "'quote_id' is invalid: this anchor takes no quotes"]);
});

test('[sep6.exchange] [sep6.error] every mistake of a request is a 400 that names it', async () => {
  await using world = await openExchange();
  const { wallet } = world;
  const wrong: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ destination_asset: 'EURC' }, /^'destination_asset' is invalid: expected one of USDC$/],
    [{ destination_asset: '' }, /^'destination_asset' is required/],
    [{ source_asset: '' }, /^'source_asset' is required/],
    [{ source_asset: 'iso4217:NGN' }, /^'source_asset' is invalid: expected one of iso4217:BRL, iso4217:ARS$/],
    [{ source_asset: 'constructor' }, /^'source_asset' is invalid/],
    [{ account: '' }, /^'account' is required/],
    [{ funding_method: 'WIRE' }, /^'funding_method' is invalid: expected one of PIX, cash/],
    [{ funding_method: '' }, /^'funding_method' is required/],
    [{ amount: '9' }, /^'amount' is invalid: expected at least 10/],
    [{ amount: '50001' }, /^'amount' is invalid: expected at most 50000/],
  ];
  for (const [query, message] of wrong) {
    const { status, body } = await askDepositExchange(wallet, query);
    assert.equal(status, 400, JSON.stringify(query));
    assert.match(body.error, message);
  }
  const out = await askWithdrawExchange(wallet, { destination_asset: 'iso4217:ARS' });
  assert.match(out.body.error, /^'destination_asset' is invalid: expected one of iso4217:BRL$/);
  assert.match((await askWithdrawExchange(wallet, { amount: '3001' })).body.error, /at most 3000/);
});

test('[sep6.exchange.deposit] [sep6.info-needed] [sep6.info-status] the KYC gate is that of plain transfers: refused by option, by the type of the funding method, denied when rejected', async () => {
  await using world = await openExchange({ sep6MissingKyc: 'refuse' });
  const { wallet } = world;
  const needed = { type: 'non_interactive_customer_info_needed', fields: ['first_name', 'last_name'] };
  const stranger = await askDepositExchange(wallet);
  assert.deepEqual([stranger.status, stranger.body], [403, needed]);
  const cash = await askDepositExchange(wallet, { funding_method: 'cash' });
  assert.deepEqual(cash.body.fields, ['first_name', 'mobile_number']);
  await wallet.putCustomer({ type: 'sep6-deposit', ...person });
  assert.equal((await askDepositExchange(wallet)).status, 200);
  await wallet.putCustomer({ type: 'cash', first_name: 'Ada', mobile_number: '+14155550100' });
  assert.equal((await askDepositExchange(wallet, { funding_method: 'cash' })).body.status, 'pending');
});

test('[sep6.deposit.amount-rules] [sep6.exchange.deposit] a rule on an amount holds for what goes out as well, from when it is known', async () => {
  await using world = await openExchange({ sep6MissingKyc: 'hold' });
  const { wallet, transfers, anchor } = world;
  const payments = anchor.anchor.payments ?? assert.fail();
  await wallet.putCustomer({ type: 'sep6-deposit', ...person });
  const quote_id = transfers.give({ account: wallet.account }, 'q', { sellAmount: '5400', buyAmount: '1000.5' });
  const quoted = await askDepositExchange(wallet, { quote_id, amount: '' });
  const asked = await wallet.getCustomer({ type: 'sep6-deposit', transaction_id: quoted.body.id });
  assert.deepEqual([asked.body.status, Object.keys(asked.body.fields)], ['NEEDS_INFO', ['occupation']]);
  assert.equal((await wallet.transaction(quoted.body.id)).status, 'pending_customer_info_update');

  const { id } = (await askDepositExchange(wallet)).body;
  await payments.paymentReceived(id, { externalTransactionId: 'pix', amount: '540' });
  await assert.rejects(payments.update(id, { status: 'pending_stellar', amountOut: '1000.5' }), /cannot go|not clear/);
  assert.equal((await wallet.transaction(id)).status, 'pending_customer_info_update');
  const more = await wallet.getCustomer({ type: 'sep6-deposit', transaction_id: id });
  assert.deepEqual(Object.keys(more.body.fields), ['occupation'], 'asking does not forget it');
  await wallet.putCustomer({ type: 'sep6-deposit', transaction_id: id, occupation: '2511' });
  assert.equal((await wallet.transaction(id)).status, 'pending_anchor');
  await payments.update(id, { status: 'pending_stellar', amountOut: '1000.5' });
  await payments.update(id, { status: 'completed' });

  const unsaid = await wallet.get('deposit', { asset_code: 'USDC', account: wallet.account });
  await payments.paymentReceived(unsaid.body.id, { externalTransactionId: 'wire' });
  await assert.rejects(
    payments.update(unsaid.body.id, { status: 'completed' }),
    /amountOut/,
    'nobody has said how much',
  );
});

test('[sep6.get.404] [sep6.history.memo] transfers that are exchanged are reached by exactly the account and memo that asked for them', async () => {
  await using world = await openExchange();
  const { anchor } = world;
  const account = randomAccount();
  const tokens = [account, `${account}:1`, muxedAddress(account, '9'), randomAccount()];
  const made: { readonly sub: string; readonly id: string; readonly path: string }[] = [];
  for (const sub of tokens) {
    const into = `deposit-exchange?destination_asset=USDC&source_asset=${brl}&funding_method=PIX&account=${account}`;
    const outOf = `withdraw-exchange?source_asset=USDC&destination_asset=${brl}`;
    for (const path of [into, outOf]) {
      const { status, body } = await anchor.json(sub, 'GET', `/sep6/${path}`);
      assert.equal(status, 200);
      made.push({ sub, id: body.id, path });
    }
  }
  for (const sub of tokens) {
    for (const transfer of made) {
      const { status } = await anchor.json(sub, 'GET', `/sep6/transaction?id=${transfer.id}`);
      assert.equal(status, sub === transfer.sub ? 200 : 404);
    }
    const { body } = await anchor.json(sub, 'GET', '/sep6/transactions?asset_code=USDC');
    const own = made.filter((transfer) => transfer.sub === sub).map(({ id }) => id);
    assert.deepEqual(body.transactions.map(({ id }: { id: string }) => id).sort(), own.sort());
  }
});
