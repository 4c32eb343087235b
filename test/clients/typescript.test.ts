import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Keypair, TransactionBuilder } from '@stellar/stellar-sdk';
import { bare, multipart, type WirePart } from '../http/request-body-fixtures.ts';
import { person, withdrawer } from '../sep12/support.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { openRecorder, photo, sha256 } from './recorder.ts';
import { type Answer, openWire, type Wire } from './wire.ts';

const client = { name: 'typescript-wallet-sdk', boundary: '--------------------------056799806154690095453657' };
const common = `X-Client-Name: ${client.name}
  X-Client-Version: 1.10.0
  Authorization: Bearer $TOKEN
  User-Agent: axios/1.4.0`;
const connection = `Accept-Encoding: gzip, compress, deflate, br
  Host: $HOST
  Connection: keep-alive`;

/** The SDK names no length for a GET, but always the type of a body that it has not. */
function get(wire: Wire, sub: string, query: string): Promise<Answer> {
  return wire.send(
    sub,
    `GET /customer?${query} HTTP/1.1
    Accept: application/json, text/plain, */*
    Content-Type: application/json
    ${common}
    ${connection}`,
  );
}

function putJson(wire: Wire, sub: string, values: object, path = '/customer'): Promise<Answer> {
  return sendJson(wire, sub, `PUT ${path}`, JSON.stringify(values));
}

function sendJson(wire: Wire, sub: string, what: string, body: string): Promise<Answer> {
  return wire.send(
    sub,
    `${what} HTTP/1.1
    Accept: application/json, text/plain, */*
    Content-Type: application/json
    ${common}
    Content-Length: $LENGTH
    ${connection}`,
    body,
  );
}

/** What `add` and `update` send as soon as there is a Buffer among the values. */
function putForm(wire: Wire, sub: string, values: Readonly<Record<string, string | Buffer>>): Promise<Answer> {
  const parts = Object.entries(values).map(([name, value]): WirePart => {
    if (typeof value === 'string') return bare(name, value);
    return [[`Content-Disposition: form-data; name="${name}"`, 'Content-Type: application/octet-stream'], value];
  });
  return wire.send(
    sub,
    `PUT /customer HTTP/1.1
    Accept: application/json, text/plain, */*
    Content-Type: multipart/form-data; boundary=${client.boundary}
    ${common}
    Content-Length: $LENGTH
    ${connection}`,
    multipart(client.boundary, ...parts),
  );
}

test('[client.typescript] a customer is added, found, updated and deleted with JSON', async () => {
  await using wire = await openWire();
  const sub = randomAccount();
  const added = await putJson(wire, sub, { type: 'sep31-sender', first_name: 'Zoë', last_name: 'Lovelace' });
  assert.equal(added.status, 202);
  const { id } = added.body;
  const asked = await get(wire, sub, `id=${id}&type=sep31-sender`);
  assert.deepEqual([asked.status, asked.body.id, asked.body.status], [200, id, 'NEEDS_INFO']);
  const updated = await putJson(wire, sub, { id, type: 'sep31-sender', email_address: person.email_address });
  assert.deepEqual([updated.status, updated.body], [202, { id }]);
  const found = await get(wire, sub, 'type=sep31-sender');
  assert.deepEqual([found.body.id, found.body.status], [id, 'ACCEPTED'], 'the SDK throws unless GET has an id');
  const deleted = await sendJson(wire, sub, `DELETE /customer/${sub}`, '{}');
  assert.deepEqual([deleted.status, deleted.body], [200, {}]);
});

test('[client.typescript] [sep12.content.multipart] a Buffer among the values makes a form, its photo without a filename', async () => {
  await using recorder = await openRecorder();
  const image = photo();
  const put = await putForm(recorder, randomAccount(), { type: 'x', first_name: 'Zoë', photo_id_front: image });
  assert.equal(put.status, 202);
  assert.deepEqual(recorder.puts[0]?.fields, { first_name: 'Zoë' });
  assert.deepEqual(recorder.puts[0]?.files, { photo_id_front: sha256(image) });
  await using wire = await openWire();
  const sub = randomAccount();
  assert.equal((await putForm(wire, sub, { ...withdrawer, photo_id_front: image })).status, 202);
  assert.equal((await get(wire, sub, 'type=sep6-withdraw')).body.status, 'PROCESSING');
});

test('[client.typescript] [ruling.17] organizations come with flat dotted names in JSON', async () => {
  await using recorder = await openRecorder();
  const names = { 'organization.name': 'Acme', 'organization.bank_name': 'Bank', 'card.network': 'Visa' };
  await putJson(recorder, randomAccount(), names);
  assert.deepEqual(recorder.puts[0]?.fields, names);
});

test('[client.typescript] [ruling.23] a memo named in JSON deletes that user, and only that one', async () => {
  await using wire = await openWire();
  const sub = randomAccount();
  const own = await putJson(wire, sub, person);
  const user = await putJson(wire, sub, { ...person, memo: '7' });
  assert.notEqual(own.body.id, user.body.id);
  assert.equal((await get(wire, sub, 'memo=7')).body.id, user.body.id);
  assert.equal((await sendJson(wire, sub, `DELETE /customer/${sub}`, '{"memo":"7"}')).status, 200);
  assert.equal((await get(wire, sub, 'memo=7')).body.id, undefined);
  assert.equal((await get(wire, sub, '')).body.id, own.body.id);
  assert.equal((await sendJson(wire, sub, `DELETE /customer/${sub}`, '{"memo":"7"}')).status, 404);
});

test('[client.typescript] [ruling.2] a token with a memo needs none in the request, which the SDK leaves out', async () => {
  await using wire = await openWire();
  const sub = `${randomAccount()}:7`;
  const { id } = (await putJson(wire, sub, person)).body;
  assert.equal((await get(wire, sub, '')).body.id, id);
  assert.equal((await sendJson(wire, sub, `DELETE /customer/${sub.split(':')[0]}`, '{}')).status, 200);
});

test('[client.typescript] [ruling.30] a KYC_SERVER with a slash at its end still works, as the SDK only concatenates', async () => {
  await using wire = await openWire();
  const sub = randomAccount();
  const { id } = (await putJson(wire, sub, person, '//customer')).body;
  const got = await wire.send(
    sub,
    `GET //customer?type=sep31-sender HTTP/1.1\n${common}\nContent-Type: application/json\nHost: $HOST`,
  );
  assert.equal(got.body.id, id);
  assert.equal((await sendJson(wire, sub, `DELETE //customer/${sub}`, '{}')).status, 200);
});

test('[client.typescript] [ruling.30] [ruling.23] a JSON type over an empty body is an empty object', async () => {
  await using wire = await openWire();
  const sub = randomAccount();
  const put = await sendJson(wire, sub, 'PUT /customer/', '');
  assert.deepEqual([put.status, typeof put.body.id], [202, 'string']);
  assert.equal((await sendJson(wire, sub, `DELETE /customer/${sub}/`, '')).status, 200);
});

test('[client.typescript] codes and file ids come as fields of PUT, under the names of what they are for', async () => {
  await using recorder = await openRecorder();
  const values = { id: 'customer-1', mobile_number_verification: '2735021', photo_id_front_file_id: 'file-1' };
  assert.equal((await putJson(recorder, randomAccount(), values)).status, 202);
  const { request, fields } = recorder.puts[0] ?? assert.fail();
  assert.deepEqual(
    [...request.verifications, ...request.fileIds, fields],
    [['mobile_number', '2735021'], ['photo_id_front', 'file-1'], {}],
  );
});

test('[client.typescript] a refusal is an axios error whose data has one string, 404 and 400 alike', async () => {
  await using wire = await openWire();
  const sub = randomAccount();
  const missing = await get(wire, sub, 'id=nobody');
  assert.deepEqual([missing.status, missing.body], [404, { error: 'customer not found' }]);
  const wrong = await putJson(wire, sub, { birth_date: 'yesterday' });
  assert.deepEqual([wrong.status, wrong.body], [400, { error: "'birth_date' is invalid: expected YYYY-MM-DD" }]);
  assert.equal((await get(wire, sub, 'transaction_id=t1')).status, 400, 'a transaction without a type');
});

test('[client.typescript] the session starts with a challenge and a token, of nothing but what SEP-10 names', async () => {
  await using wire = await openWire();
  const keys = Keypair.random();
  const head = `Accept: application/json, text/plain, */*
    X-Client-Name: ${client.name}
    X-Client-Version: 1.10.0
    User-Agent: axios/1.4.0`;
  const query = new URLSearchParams({ account: keys.publicKey(), home_domain: 'localhost:8000' });
  const challenge = await wire.send(undefined, `GET /auth?${query} HTTP/1.1\n${head}\n${connection}`);
  const { transaction, network_passphrase } = challenge.body;
  const signed = TransactionBuilder.fromXDR(transaction, network_passphrase);
  signed.sign(keys);
  const answer = await wire.send(
    undefined,
    `POST /auth HTTP/1.1
    ${head}
    Content-Type: application/json
    Content-Length: $LENGTH
    ${connection}`,
    JSON.stringify({ transaction: signed.toXDR() }),
  );
  const claims = JSON.parse(Buffer.from(answer.body.token.split('.')[1], 'base64url').toString());
  assert.equal(claims.sub, keys.publicKey());
});
