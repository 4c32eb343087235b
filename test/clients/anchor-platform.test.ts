import assert from 'node:assert/strict';
import { test } from 'node:test';
import { person } from '../sep12/support.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { bareWithLength, formBody } from './form-client.ts';
import { openRecorder } from './recorder.ts';
import { type Answer, openWire, type Wire } from './wire.ts';

const boundary = 'b6d3f1de-6c0e-4f0a-9c0b-2f6b0a4c8e17';
const common = `Authorization: Bearer $TOKEN
  Host: $HOST
  Connection: Keep-Alive
  Accept-Encoding: gzip
  User-Agent: okhttp/4.12.0`;

type Texts = Readonly<Record<string, string>>;

function get(wire: Wire, sub: string, query: string): Promise<Answer> {
  return wire.send(sub, `GET /customer?${query} HTTP/1.1\nContent-Type: application/json\n${common}`);
}

function json(wire: Wire, sub: string, what: string, values: object): Promise<Answer> {
  return wire.send(
    sub,
    `${what} HTTP/1.1
    Content-Type: application/json; charset=utf-8
    Content-Length: $LENGTH
    ${common}`,
    JSON.stringify(values),
  );
}

/** The client keeps the charset of its JSON on its forms. */
function form(wire: Wire, sub: string, values: Texts): Promise<Answer> {
  return wire.send(
    sub,
    `PUT /customer HTTP/1.1
    Content-Type: multipart/form-data; charset=utf-8; boundary=${boundary}
    Content-Length: $LENGTH
    ${common}`,
    formBody(boundary, values, bareWithLength),
  );
}

test('[client.anchor-platform] a customer is put as JSON and as a form, found by id and deleted with its account in JSON', async () => {
  await using wire = await openWire();
  const account = randomAccount();
  const first = await json(wire, account, 'PUT /customer', { ...person, type: 'sep31-sender' });
  assert.equal(first.status, 202, 'the client asserts it');
  const again = await form(wire, account, { ...person, type: 'sep31-sender' });
  assert.deepEqual([again.status, again.body], [202, first.body]);
  const { id } = first.body;
  assert.equal((await get(wire, account, `id=${id}`)).body.id, id);
  const found = await get(wire, account, `id=${id}&type=sep31-receiver`);
  assert.deepEqual([found.body.id, found.body.status], [id, 'NEEDS_INFO']);
  const removed = await json(wire, account, `DELETE /customer/${account}`, { account });
  assert.deepEqual([removed.status, removed.body], [200, {}]);
  const gone = await get(wire, account, `id=${id}`);
  assert.deepEqual([gone.status, typeof gone.body.error], [404, 'string'], 'the client reads the error of a 404');
});

test('[client.anchor-platform] [ruling.30] a query that starts with an ampersand has no empty parameter in it', async () => {
  await using wire = await openWire();
  const account = randomAccount();
  const { id } = (await json(wire, account, 'PUT /customer', person)).body;
  const got = await get(wire, account, '&type=sep31-sender');
  assert.deepEqual([got.status, got.body.id], [200, id]);
});

test('[client.anchor-platform] [sep12.auth.account-match] an account that is not the token has is 403, which the client takes for not authorised', async () => {
  await using wire = await openWire();
  const account = randomAccount();
  const other = randomAccount();
  assert.equal((await json(wire, account, 'PUT /customer', { ...person, account: other })).status, 403);
  assert.equal(
    (await json(wire, `${account}:7`, 'PUT /customer', { ...person, memo: '8', memo_type: 'id' })).status,
    403,
  );
  assert.equal((await get(wire, account, `account=${other}`)).status, 403);
  assert.equal((await json(wire, account, `DELETE /customer/${other}`, { account: other })).status, 404);
});

test('[client.anchor-platform] [ruling.23] an account in the body of DELETE that is not the one of the path deletes nobody', async () => {
  await using wire = await openWire();
  const account = randomAccount();
  const { id } = (await json(wire, account, 'PUT /customer', person)).body;
  assert.equal((await json(wire, account, `DELETE /customer/${account}`, { account: randomAccount() })).status, 404);
  assert.equal((await get(wire, account, `id=${id}`)).status, 200);
});

test('[client.anchor-platform] [ruling.17] nested objects, numbers and booleans of JSON are taken as their texts', async () => {
  await using recorder = await openRecorder();
  const put = await json(recorder, randomAccount(), 'PUT /customer', {
    first_name: 'Ada',
    organization: { name: 'Acme', number_of_shareholders: 3 },
    card: { network: 'Visa' },
    is_resident: true,
  });
  assert.equal(put.status, 202, put.text);
  assert.deepEqual(recorder.puts[0]?.fields, {
    first_name: 'Ada',
    'organization.name': 'Acme',
    'organization.number_of_shareholders': '3',
    'card.network': 'Visa',
    is_resident: 'true',
  });
});
