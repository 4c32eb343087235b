import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SendingAnchor } from './sending-anchor.ts';
import { issuer, openSep31, receiverData, registerBoth, senderData } from './world.ts';

test('[sep31.auth.forbidden] [ruling.8] no token, a bad one, and one of nobody we know: 403; what the anchor takes is for everybody', async () => {
  await using world = await openSep31();
  const { url, anchor } = world;
  const stranger = new SendingAnchor();
  await stranger.signIn(url);
  const ids = { sender_id: 'a', receiver_id: 'b' };
  const refused = await stranger.postTransaction({ amount: 1, asset_code: 'USDC', ...ids });
  assert.deepEqual([refused.status, /sending anchors/.test(refused.body.error)], [403, true]);
  assert.equal((await stranger.getTransaction('x')).status, 403);
  for (const authorization of [undefined, 'Bearer nonsense', `Bearer ${await anchor.token(stranger.account, -5)}`]) {
    for (const [method, path] of [
      ['POST', 'transactions'],
      ['GET', 'transactions/x'],
      ['PATCH', 'transactions/x'],
      ['PUT', 'transactions/x/callback'],
    ] as const) {
      const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
      const reply = await fetch(`${url}/sep31/${path}`, { method, headers, ...(method !== 'GET' && { body: '{}' }) });
      assert.equal(reply.status, 403, `${method} ${path} ${authorization}`);
      assert.equal(reply.headers.get('www-authenticate'), null);
    }
  }
  assert.equal((await fetch(`${url}/sep31/info`)).status, 200);
});

test('[sep31.info.assets] [sep31.info.types] [sep31.info.lang] info tells limits, fees, ways and customer types, in the language asked for', async () => {
  await using world = await openSep31();
  const { receive } = (await world.sender.info('es-MX')).body;
  assert.deepEqual(receive.USDC, {
    ...{ quotes_supported: false, quotes_required: false },
    ...{ min_amount: 0.1, max_amount: 5000, fee_fixed: 0.5, fee_percent: 1, funding_methods: ['SEPA'] },
    sep12: {
      sender: { types: { 'sep31-sender': { description: 'Somebody who sends' } } },
      receiver: { types: { 'sep31-receiver': { description: 'Alguien que recibe' } } },
    },
    ...{ sender_sep12_type: 'sep31-sender', receiver_sep12_type: 'sep31-receiver' },
  });
});

/** What is changed of a good request, and what is answered. */
const wrong: readonly (readonly [object, RegExp])[] = [
  [{ amount: undefined }, /'amount' is required/],
  [{ amount: 'a lot' }, /'amount' is invalid/],
  [{ amount: '1e3' }, /'amount' is invalid/],
  [{ amount: 0 }, /'amount' is invalid/],
  [{ amount: -5 }, /'amount' is invalid/],
  [{ amount: 1.12345678 }, /'amount' is invalid/],
  [{ amount: [5] }, /'amount' is invalid/],
  [{ amount: 0.01 }, /at least 0.1/],
  [{ amount: 5000.0000001 }, /at most 5000/],
  [{ amount: '0.5' }, /'amount' is invalid/],
  [{ asset_code: undefined }, /'asset_code' is required/],
  [{ asset_code: 'EURC' }, /'asset_code' is invalid: expected one of USDC/],
  [{ asset_code: '__proto__' }, /'asset_code' is invalid/],
  [{ asset_issuer: `G${'A'.repeat(55)}` }, /'asset_issuer' is invalid/],
  [{ funding_method: 'SWIFT' }, /'funding_method' is invalid: expected one of SEPA/],
  [
    { destination_asset: 'iso4217:BRL' },
    /'destination_asset' is invalid: expected none, as there is nothing to choose/,
  ],
  [{ quote_id: 'q-1' }, /'quote_id' is invalid/],
  [{ sender_id: undefined }, /'sender_id' is required/],
  [{ receiver_id: '' }, /'receiver_id' is required/],
  [{ sender_id: 'nobody' }, /'sender_id' is invalid/],
  [{ refund_memo: 'back' }, /'refund_memo' is invalid: expected together with 'refund_memo_type'/],
  [{ refund_memo_type: 'text' }, /'refund_memo_type' is invalid: expected together with 'refund_memo'/],
  [{ refund_memo: 'x'.repeat(29), refund_memo_type: 'text' }, /'refund_memo' is invalid/],
  [{ refund_memo: 'x', refund_memo_type: 'return' }, /'refund_memo_type' is invalid/],
  [{ fields: [] }, /'fields' is invalid/],
  [{ fields: { transaction: 'x' } }, /'fields.transaction' is invalid/],
];

test('[sep31.post.400] every mistake of a request is a 400 that names it', async () => {
  await using world = await openSep31();
  const { sender, url, anchor } = world;
  const good = { amount: 10, asset_code: 'USDC', asset_issuer: issuer, ...(await registerBoth(sender)) };
  for (const [change, told] of wrong) {
    const { status, body } = await sender.postTransaction({ ...good, ...change });
    assert.deepEqual([status, Object.keys(body)], [400, ['error']], JSON.stringify(change));
    assert.match(body.error, told, JSON.stringify(change));
  }
  const spanish = await sender.postTransaction({ ...good, amount: 9999, lang: 'es' });
  assert.match(spanish.body.error, /como máximo 5000/, 'in the language of the request');
  const headers = { authorization: `Bearer ${await anchor.token(sender.account)}`, 'content-type': 'application/json' };
  for (const body of ['', '[]', '{', '"x"', '['.repeat(30_000), 'null']) {
    const reply = await fetch(`${url}/sep31/transactions`, { method: 'POST', headers, body });
    assert.equal(reply.status, 400, body.slice(0, 9));
  }
  const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
  assert.equal((await fetch(`${url}/sep31/transactions`, { method: 'POST', headers: form, body: 'a=b' })).status, 400);
  assert.equal((await sender.postTransaction({ ...good, amount: '10.0000001' })).status, 201);
  for (const [number, told] of [
    ['1.0E3', '1000'],
    ['1250e-1', '125'],
  ]) {
    const body = JSON.stringify({ ...good, amount: 0 }).replace('"amount":0', `"amount":${number}`);
    const reply = await fetch(`${url}/sep31/transactions`, { method: 'POST', headers, body });
    const { id } = (await reply.json()) as { id: string };
    assert.equal((await sender.getTransaction(id)).body.transaction.amount_in, told, 'as some languages write numbers');
  }
});

test('[sep31.post.customer-info-needed] [ruling.35] a customer who lacks data: 400 with the type to ask for, and nothing is kept', async () => {
  await using world = await openSep31();
  const { sender } = world;
  const ids = await registerBoth(sender, { first_name: 'Ada' }, receiverData);
  const good = { amount: 10, asset_code: 'USDC', ...ids };
  const needed = await sender.postTransaction(good);
  assert.deepEqual([needed.status, needed.body], [400, { error: 'customer_info_needed', type: 'sep31-sender' }]);
  await sender.updateCustomer(ids.sender_id, senderData);
  assert.equal((await sender.postTransaction(good)).status, 201);
  const large = await sender.postTransaction({ ...good, amount: 1000.5 });
  assert.deepEqual(
    large.body,
    { error: 'customer_info_needed', type: 'sep31-sender' },
    'above 1,000 more is asked for',
  );
  assert.equal((await sender.getCustomer({ id: ids.sender_id, type: 'sep31-sender' })).body.status, 'ACCEPTED');
});

test('[sep31.post.amount-rules] [sep12.get.transaction] a payment above the program’s limit asks its sender for more, that payment alone', async () => {
  await using world = await openSep31({ sep31MissingKyc: 'hold' });
  const { sender } = world;
  const ids = await registerBoth(sender);
  const post = async (amount: number): Promise<string> =>
    (await sender.postTransaction({ amount, asset_code: 'USDC', ...ids })).body.id;
  const [small, large] = [await post(1000), await post(1000.0000001)];
  const asked = async (id: string) => (await sender.getCustomer({ transaction_id: id, type: 'sep31-sender' })).body;
  assert.equal((await asked(small)).status, 'ACCEPTED');
  assert.deepEqual(Object.keys((await asked(large)).fields).sort(), ['email_address', 'occupation', 'proof_of_income']);
  assert.equal((await sender.getTransaction(small)).body.transaction.status, 'pending_sender');
  assert.equal((await sender.getTransaction(large)).body.transaction.status, 'pending_customer_info_update');
});

test('[sep31.post.transaction-info-needed] [sep31.patch.update] [sep31.patch.400] the deprecated fields are asked for, kept sealed, corrected when asked, and not otherwise', async () => {
  const fields = {
    purpose: { description: 'What it is for', choices: ['gift', 'bill'] },
    note: { description: 'A note', optional: true },
  };
  await using world = await openSep31({ sep31Assets: { USDC: { issuer, fields } } });
  const { sender, rails, anchor } = world;
  assert.deepEqual((await sender.info()).body.receive.USDC.fields, { transaction: fields });
  const good = { amount: 10, asset_code: 'USDC', ...(await registerBoth(sender)) };
  const needed = await sender.postTransaction(good);
  const { purpose } = fields;
  assert.deepEqual(
    [needed.status, needed.body],
    [400, { error: 'transaction_info_needed', fields: { transaction: { purpose } } }],
  );
  const bad = await sender.postTransaction({ ...good, fields: { transaction: { purpose: 'loan' } } });
  assert.match(bad.body.error, /'purpose' is invalid/);
  const sent = { ...good, fields: { transaction: { purpose: 'gift', other: 'dropped' } } };
  const { id } = (await sender.postTransaction(sent)).body;
  const early = await sender.patchTransaction(id, { purpose: 'bill' });
  assert.deepEqual([early.status, /no update/.test(early.body.error)], [400, true]);
  rails.answer = (_, { attempt, idempotencyKey }) =>
    attempt === 1 && idempotencyKey.endsWith('-1')
      ? { status: 'pending_transaction_info_update', message: 'The purpose does not fit', fields: { purpose } }
      : { status: 'completed' };
  await anchor.anchor.payments?.paymentReceived(id, { stellarTransactionId: 'c'.repeat(64) });
  const asked = (await sender.until(id, 'pending_transaction_info_update')).body.transaction;
  assert.deepEqual(asked.required_info_updates, { transaction: { purpose } });
  assert.equal(asked.required_info_message, 'The purpose does not fit');
  for (const wrongFields of [{}, { note: 'x' }, { purpose: 'bill', note: 'x' }, { purpose: 'loan' }])
    assert.equal((await sender.patchTransaction(id, wrongFields)).status, 400);
  const patched = await sender.patchTransaction(id, { purpose: 'bill' });
  assert.equal(patched.status, 200);
  assert.equal(patched.body.transaction.required_info_updates, undefined);
  await sender.until(id, 'completed');
  assert.deepEqual(await rails.calls.at(-1)?.context.transactionFields(), { purpose: 'bill' });
});

test('[sep31.callback.204] [sep31.callback.replace] [ruling.25] a callback is https to a public host, and replaces the earlier one', async () => {
  await using world = await openSep31();
  const { sender } = world;
  const { id } = (await sender.postTransaction({ amount: 10, asset_code: 'USDC', ...(await registerBoth(sender)) }))
    .body;
  for (const url of ['', 'nonsense', 'ftp://anchor.example/x', 'https://user:pw@anchor.example/', 'https://10.0.0.1/'])
    assert.equal((await sender.putCallback(id, url)).status, 400, url);
  const kept = await sender.putCallback(id, 'https://anchor.example/one');
  assert.deepEqual([kept.status, kept.body], [204, undefined]);
  assert.equal((await sender.putCallback(id, 'https://anchor.example/two')).status, 204);
  assert.equal((await sender.putCallback('nowhere', 'https://anchor.example/two')).status, 404);
});

test('[sep31.get.refunds] what went back is told in the words of the SEP', async () => {
  await using world = await openSep31();
  const { sender, anchor } = world;
  const { id } = (await sender.postTransaction({ amount: 10, asset_code: 'USDC', ...(await registerBoth(sender)) }))
    .body;
  const wrongMoney = { stellarTransactionId: 'd'.repeat(64), amount: '9.9999999' };
  assert.equal(await anchor.anchor.payments?.paymentReceived(id, wrongMoney), 'wrong');
  assert.equal((await sender.getTransaction(id)).body.transaction.status, 'error');
  const payments = [{ id: 'e'.repeat(64), amount: '9.5', fee: '0.4999999' }];
  const refunds = { amountRefunded: '9.5', amountFee: '0.4999999', payments };
  await anchor.anchor.payments?.update(id, { status: 'refunded', refunds });
  const { transaction } = (await sender.getTransaction(id)).body;
  assert.deepEqual([transaction.status, transaction.refunded], ['refunded', true]);
  assert.deepEqual(transaction.refunds, { amount_refunded: '9.5', amount_fee: '0.4999999', payments });
});
