import assert from 'node:assert/strict';
import { test } from 'node:test';
import { person } from '../sep12/support.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { openRecorder } from './recorder.ts';
import { type Answer, openWire, type Wire } from './wire.ts';

const common = `Authorization: Bearer $TOKEN
  Accept: application/json
  Accept-Charset: UTF-8
  User-Agent: Ktor client`;
const connection = `Host: $HOST
  Connection: Keep-Alive
  Accept-Encoding: gzip`;

function get(wire: Wire, sub: string, query: string): Promise<Answer> {
  return wire.send(sub, `GET /customer${query} HTTP/1.1\n${common}\n${connection}`);
}

/** The SDK knows strings only. */
function put(wire: Wire, sub: string, values: Readonly<Record<string, string>>): Promise<Answer> {
  return wire.send(
    sub,
    `PUT /customer HTTP/1.1
    ${common}
    Content-Type: application/json
    Content-Length: $LENGTH
    ${connection}`,
    JSON.stringify(values),
  );
}

function remove(wire: Wire, sub: string, account: string): Promise<Answer> {
  return wire.send(sub, `DELETE /customer/${account} HTTP/1.1\n${common}\nContent-Length: 0\n${connection}`);
}

function removeUser(wire: Wire, sub: string, memo: string): Promise<Answer> {
  return wire.send(
    sub,
    `DELETE /customer/${sub} HTTP/1.1
    ${common}
    Content-Type: application/json
    Content-Length: $LENGTH
    ${connection}`,
    JSON.stringify({ memo }),
  );
}

/** Whether a body decodes as an error, which the SDK tries when it does not decode as what was asked for. */
function errorOf(answer: Answer): string | undefined {
  return answer.body.id === undefined ? answer.body.error : undefined;
}

test('[client.kotlin] a customer is added, read, updated and deleted without a body', async () => {
  await using wire = await openWire();
  const sub = randomAccount();
  const { first_name, ...rest } = person;
  const added = await put(wire, sub, { type: 'sep31-sender', first_name });
  assert.equal(added.status, 202);
  const { id } = added.body;
  const read = await get(wire, sub, `?id=${id}&type=sep31-sender&lang=en`);
  assert.deepEqual([read.status, read.body.status], [200, 'NEEDS_INFO'], 'the enums are closed');
  assert.deepEqual(Object.keys(read.body.provided_fields), ['first_name']);
  const updated = await put(wire, sub, { id, type: 'sep31-sender', ...rest });
  assert.deepEqual(updated.body, { id });
  assert.equal((await get(wire, sub, `?id=${id}&type=sep31-sender`)).body.status, 'ACCEPTED');
  assert.equal((await remove(wire, sub, sub)).status, 200);
  assert.equal((await remove(wire, sub, sub)).status, 404);
});

test('[client.kotlin] [sep12.get.id] GET without parameters has the id that the SDK takes for the sign of a customer', async () => {
  await using wire = await openWire();
  const sub = randomAccount();
  assert.equal((await get(wire, sub, '')).body.id, undefined, 'CustomerNotFound, as there is none');
  const { id } = (await put(wire, sub, person)).body;
  assert.equal((await get(wire, sub, '')).body.id, id);
  assert.equal((await get(wire, sub, '?type=sep6-withdraw')).body.id, id, 'whatever the type still needs');
});

test('[client.kotlin] [ruling.23] a user named by a 64-bit memo is deleted with JSON', async () => {
  await using wire = await openWire();
  const sub = randomAccount();
  const memo = '18446744073709551615';
  const { id } = (await put(wire, sub, { memo, ...person })).body;
  assert.equal((await get(wire, sub, `?memo=${memo}`)).body.id, id);
  assert.equal((await get(wire, `${sub}:${memo}`, '')).body.id, id, 'the token may name the user instead');
  assert.equal((await removeUser(wire, sub, '18446744073709551614')).status, 404);
  assert.equal((await removeUser(wire, sub, memo)).status, 200);
  assert.equal((await get(wire, sub, `?memo=${memo}`)).body.id, undefined);
});

test('[client.kotlin] [sep12.put.error] errors decode by their body alone, as the SDK looks at no status', async () => {
  await using wire = await openWire();
  const sub = randomAccount();
  const answers = [
    await put(wire, sub, { email_address: 'nobody' }),
    await put(wire, sub, { id: 'nobody', first_name: 'Ada' }),
    await put(wire, sub, { memo: '-1', first_name: 'Ada' }),
    await put(wire, `${sub}:1`, { memo: '2', first_name: 'Ada' }),
    await put(wire, sub, { type: 'nope', first_name: 'Ada' }),
    await get(wire, sub, '?id=nobody'),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [400, 404, 400, 403, 400, 404],
  );
  for (const answer of answers) assert.ok(errorOf(answer), answer.text);
});

test('[client.kotlin] [ruling.17] numbers and booleans that arrive as strings, in any field, are taken as they are', async () => {
  await using recorder = await openRecorder();
  const values = { mobile_number: '+14155550100', employer_name: '42', 'organization.number_of_shareholders': '3' };
  assert.equal((await put(recorder, randomAccount(), values)).status, 202);
  assert.deepEqual(recorder.puts[0]?.fields, values);
});
