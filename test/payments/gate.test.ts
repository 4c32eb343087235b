import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program, receiverData, senderData } from '../sep31/world.ts';
import { openTestAnchor, randomAccount } from '../support/test-anchor.ts';

const token = 'a-token-of-a-viewer-that-is-long-enough';
const options = { program, operators: `vic:viewer:${token}` };

test('[payments.gate] [ruling.34] [ruling.35] [seed.s13] whose payments live elsewhere is told whether money may move, or the exact answer by each protocol', async () => {
  await using world = await openTestAnchor(options);
  const { kyc } = world.anchor;
  const account = randomAccount();
  const type = 'sep31-receiver';
  const moreInfoUrl = 'https://anchor.example/status?account=1';
  const ask = async (more: object = {}) => kyc?.gate({ subject: { account }, type, moreInfoUrl, lang: 'es', ...more });
  const stranger = await ask();
  assert.ok(stranger?.allowed === false);
  assert.equal(stranger.customerId, undefined);
  const fields = ['first_name', 'last_name', 'bank_account_number'];
  assert.deepEqual(stranger.sep6, { status: 403, body: { type: 'non_interactive_customer_info_needed', fields } });
  assert.deepEqual(stranger.sep31, { status: 400, body: { error: 'customer_info_needed', type } });
  assert.deepEqual([stranger.sep24.status, stranger.sep24.kyc_verified], ['incomplete', false]);

  const { id } = (await world.json(account, 'PUT', '/customer', { type, ...receiverData })).body;
  assert.deepEqual(await ask(), { allowed: true, customerId: id, type });
  assert.deepEqual(await ask({ customerId: id }), { allowed: true, customerId: id, type });
  await assert.rejects(
    async () => ask({ customerId: id, subject: { account: randomAccount() } }),
    /customer not found/,
  );
  await assert.rejects(async () => ask({ type: 'nothing' }), /'type' is invalid/);

  const reviewed = randomAccount();
  await world.json(reviewed, 'PUT', '/customer', { type: 'reviewed', first_name: 'Ada', tax_id: '123' });
  const waiting = await ask({ subject: { account: reviewed }, type: 'reviewed' });
  assert.ok(waiting?.allowed === false);
  assert.deepEqual(waiting.sep6, {
    status: 403,
    body: { type: 'customer_info_status', status: 'pending', more_info_url: `${moreInfoUrl}&lang=es` },
  });
  assert.deepEqual([waiting.sep24.status, waiting.sep31.status], ['pending_anchor', 400]);
});

test('[payments.gate] an amount above the program’s limit asks for more, and asking writes nothing', async () => {
  await using world = await openTestAnchor(options);
  const account = randomAccount();
  const type = 'sep31-sender';
  await world.json(account, 'PUT', '/customer', { type, ...senderData });
  const ask = (amount: string) =>
    world.anchor.kyc?.gate({ subject: { account }, type, transaction: { amount, asset: 'USDC' } });
  assert.equal((await ask('1000'))?.allowed, true);
  const large = await ask('1000.01');
  assert.ok(large?.allowed === false);
  assert.deepEqual(large.sep6.body['fields'], ['proof_of_income', 'occupation']);
  assert.equal((await ask('1000'))?.allowed, true);
  assert.equal((await world.json(account, 'GET', `/customer?type=${type}`)).body.status, 'ACCEPTED');
  await assert.rejects(async () => ask('a lot'), /'amount' is invalid/);
});

test('[payments.gate] [operator.gate] by REST under an operator’s token alone', async () => {
  await using world = await openTestAnchor(options);
  const account = randomAccount();
  const body = JSON.stringify({ subject: { account, memo: '7' }, type: 'sep31-sender' });
  const ask = (authorization?: string, sent = body) =>
    world.call(undefined, 'POST', '/operator/gate', {
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body: sent,
    });
  assert.equal((await ask()).status, 401);
  const reply = await ask(`Bearer ${token}`);
  assert.equal(reply.status, 200);
  const answer = (await reply.json()) as { allowed: boolean; sep31: object };
  assert.deepEqual(
    [answer.allowed, answer.sep31],
    [false, { status: 400, body: { error: 'customer_info_needed', type: 'sep31-sender' } }],
  );
  for (const wrong of ['[]', '{}', '{"subject":5}', '{"subject":{"account":"x","memo":"07"}}'])
    assert.equal((await ask(`Bearer ${token}`, wrong)).status, 400, wrong);
  const payment = { headers: { authorization: `Bearer ${token}` } };
  assert.equal((await world.call(undefined, 'GET', '/operator/transactions/x', payment)).status, 404);
});
