import assert from 'node:assert/strict';
import { test } from 'node:test';
import { muxedAddress } from '../../src/stellar/address.ts';
import { jpegBytes, openTestAnchor, randomAccount } from '../support/test-anchor.ts';
import { barePart, multipart, programOf, reply } from './support.ts';

const withFilename = (name: string, content: string | Buffer): { headers: string[]; content: string | Buffer } => ({
  headers: [
    `Content-Disposition: form-data; name="${name}"; filename="blob"`,
    'Content-Type: application/octet-stream',
  ],
  content,
});

test('[ruling.19] a text field is text also when the client gives it a filename', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const parts = [
    withFilename('first_name', 'Ada'),
    barePart('last_name', 'Lovelace'),
    withFilename('email_address', 'ada@example.com'),
  ];
  const put = await reply(await anchor.call(sub, 'PUT', '/customer', multipart(parts)));
  assert.equal(put.status, 202);
  assert.equal((await anchor.json(sub, 'GET', '/customer')).body.status, 'ACCEPTED');
});

test('[ruling.17] a file under a name that is nobody’s is dropped or refused, as the program says, without repeating the name', async () => {
  const body = multipart([barePart('first_name', 'Ada'), withFilename('holiday', jpegBytes())]);
  for (const [unknownFields, status] of [['drop', 202] as const, ['reject', 400] as const]) {
    const program = { ...programOf({ first_name: {} }), unknownFields };
    await using anchor = await openTestAnchor({ program });
    const put = await reply(await anchor.call(randomAccount(), 'PUT', '/customer', body));
    assert.equal(put.status, status, put.body.error);
  }
});

test('[ruling.17] a blank input of a form withdraws nothing that another type requires', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  await anchor.json(sub, 'PUT', '/customer', { type: 'sep31-receiver', bank_account_number: '123456' });
  const put = await anchor.json(sub, 'PUT', '/customer', {
    type: 'sep31-sender',
    first_name: 'Ada',
    bank_account_number: '',
  });
  assert.deepEqual(
    [put.status, put.body.error],
    [400, "'bank_account_number' is invalid: a required value can be replaced, not withdrawn"],
  );
  const got = await anchor.json(sub, 'GET', '/customer?type=sep31-receiver');
  assert.ok('bank_account_number' in got.body.provided_fields);
});

test('[ruling.18] a hashed mobile number needs only mobile_number_format, asked for or not', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const hashed = { mobile_number: 'a3f5c1', mobile_number_format: 'hash' };
  assert.equal((await anchor.json(sub, 'PUT', '/customer', { mobile_number: hashed.mobile_number })).status, 400);
  assert.equal((await anchor.json(sub, 'PUT', '/customer', hashed)).status, 202);
  const back = await anchor.json(sub, 'PUT', '/customer', { mobile_number_format: 'E.164' });
  assert.match(back.body.error, /^'mobile_number' is invalid: expected /);
  const got = await anchor.json(sub, 'GET', '/customer?type=sep6-deposit');
  assert.deepEqual(Object.keys(got.body.provided_fields), ['mobile_number']);
});

test('[ruling.8] a request that is wrong in itself is still 401 without a token', async () => {
  await using anchor = await openTestAnchor();
  assert.equal((await anchor.json(undefined, 'GET', '/customer?id=1&id=2')).status, 401);
});

test('[ruling.5] an account in the body of a DELETE must be the one in the path', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  await anchor.json(account, 'PUT', '/customer', { first_name: 'Ada' });
  const remove = async (body: object): Promise<number> =>
    (await anchor.json(account, 'DELETE', `/customer/${account}`, body)).status;
  assert.equal(await remove({ account: randomAccount() }), 404);
  assert.equal(await remove({ account: muxedAddress(account, '7') }), 404);
  assert.equal(await remove({ account: 'nobody' }), 404);
  assert.equal(await remove({ account }), 200);
});

test('[ruling.3] a text memo that is not UTF-8 is refused, as two such memos would become one customer', async () => {
  await using anchor = await openTestAnchor();
  for (const memo of ['\ud800', '\ufffd', 'a\udfffb']) {
    const put = await anchor.json(randomAccount(), 'PUT', '/customer', { memo, memo_type: 'text' });
    assert.equal(put.status, 400);
  }
});

test('[ruling.10] a transaction_id in the query of a PUT counts, a person in it does not, and a contradiction is 400', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const put = (query: string, body: object): Promise<number> =>
    anchor.json(sub, 'PUT', `/customer?${query}`, body).then(({ status }) => status);
  assert.equal(await put('transaction_id=1&type=sep31-sender', { first_name: 'Ada' }), 404);
  assert.equal(await put('memo=7', { memo: '8' }), 400);
  assert.equal(await put('lang=es', { lang: 'pt' }), 202);
  assert.equal(await put('first_name=Ada', {}), 202);
  const got = await anchor.json(sub, 'GET', '/customer');
  assert.equal('provided_fields' in got.body, false);
});
