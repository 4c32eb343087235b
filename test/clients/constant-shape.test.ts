import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { muxedAddress } from '../../src/stellar/address.ts';
import { bare, multipart } from '../http/request-body-fixtures.ts';
import { person } from '../sep12/support.ts';
import { randomAccount, randomContract } from '../support/test-anchor.ts';
import { photo } from './recorder.ts';
import { type Answer, openWire, type Wire } from './wire.ts';

const common = 'Host: $HOST\nAuthorization: Bearer $TOKEN';

function get(wire: Wire, sub: string, target: string): Promise<Answer> {
  return wire.send(sub, `GET ${target} HTTP/1.1\n${common}`);
}

function sendJson(wire: Wire, sub: string, what: string, values: object): Promise<Answer> {
  const body = JSON.stringify(values);
  return wire.send(sub, `${what} HTTP/1.1\n${common}\nContent-Type: application/json\nContent-Length: $LENGTH`, body);
}

async function register(wire: Wire, sub: string): Promise<string> {
  const put = await sendJson(wire, sub, 'PUT /customer', person);
  assert.equal(put.status, 202, put.text);
  return put.body.id;
}

async function postFile(wire: Wire, sub: string): Promise<string> {
  const head = `${common}\nContent-Type: multipart/form-data; boundary=b\nContent-Length: $LENGTH`;
  const body = multipart('b', bare('file', photo(1000)));
  const posted = await wire.send(sub, `POST /customer/files HTTP/1.1\n${head}`, body);
  assert.equal(posted.status, 200, posted.text);
  return posted.body.file_id;
}

/** All that a client can see of an answer, but for what is different in any two. */
function shapeOf({ status, headers, text }: Answer): unknown {
  const constant = [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id');
  return { status, headers: constant, text, requestIdLength: headers.get('x-request-id')?.length };
}

/** Everything one can ask with an id. */
const questions: Readonly<Record<string, (wire: Wire, sub: string, id: string) => Promise<Answer>>> = {
  'GET /customer': (wire, sub, id) => get(wire, sub, `/customer?id=${id}`),
  'GET /customer with a type': (wire, sub, id) => get(wire, sub, `/customer?id=${id}&type=sep6-withdraw&lang=es`),
  'GET /customer with an unknown type': (wire, sub, id) => get(wire, sub, `/customer?id=${id}&type=nope`),
  'GET /customer with a memo': (wire, sub, id) => get(wire, sub, `/customer?id=${id}&memo=7`),
  'PUT /customer': (wire, sub, id) => sendJson(wire, sub, 'PUT /customer', { id, first_name: 'Eve' }),
  'PUT /customer of nothing': (wire, sub, id) => sendJson(wire, sub, 'PUT /customer', { id }),
  'PUT /customer with a wrong value': (wire, sub, id) => sendJson(wire, sub, 'PUT /customer', { id, birth_date: 'x' }),
  'PUT /customer with a code': (wire, sub, id) =>
    sendJson(wire, sub, 'PUT /customer', { id, mobile_number_verification: '123456' }),
  'PUT /customer/callback': (wire, sub, id) =>
    sendJson(wire, sub, 'PUT /customer/callback', { id, url: 'https://example.com/kyc' }),
  'PUT /customer/verification': (wire, sub, id) =>
    sendJson(wire, sub, 'PUT /customer/verification', { id, mobile_number_verification: '123456' }),
  'GET /customer/files by customer': (wire, sub, id) => get(wire, sub, `/customer/files?customer_id=${id}`),
  'GET /customer/files by file': (wire, sub, id) => get(wire, sub, `/customer/files?file_id=${id}`),
};

test('[ruling.6] [sep12.get.404] [sep12.put.404] an id of somebody else is answered byte for byte as one that never was', async () => {
  await using wire = await openWire();
  const other = randomAccount();
  const account = randomAccount();
  const contract = randomContract();
  const foreign = [await register(wire, other), await register(wire, `${other}:7`), await register(wire, contract)];
  const neighbours = [await register(wire, account), await register(wire, `${account}:8`)];
  const user = `${account}:7`;
  await register(wire, user);
  const subjects: Readonly<Record<string, readonly string[]>> = {
    [account]: foreign,
    [user]: [...foreign, ...neighbours],
    [muxedAddress(account, '7')]: [...foreign, ...neighbours],
    [randomContract()]: [...foreign, ...neighbours],
    [randomAccount()]: [...foreign, ...neighbours],
  };
  for (const [sub, ids] of Object.entries(subjects)) {
    for (const [question, ask] of Object.entries(questions)) {
      const missing = shapeOf(await ask(wire, sub, randomUUID()));
      for (const id of ids) assert.deepEqual(shapeOf(await ask(wire, sub, id)), missing, `${question} by ${sub}`);
    }
  }
});

test('[ruling.24] [sep12.files.get] a file of somebody else is answered byte for byte as one that never was', async () => {
  await using wire = await openWire();
  const account = randomAccount();
  const sub = `${account}:7`;
  await register(wire, sub);
  for (const owner of [randomAccount(), `${account}:8`, randomContract()]) {
    const file = await postFile(wire, owner);
    const referred = await postFile(wire, owner);
    const put = await sendJson(wire, owner, 'PUT /customer', { photo_id_front_file_id: referred });
    assert.equal(put.status, 202, put.text);
    for (const id of [file, referred]) {
      const ask = async (target: string, named: string): Promise<unknown> =>
        shapeOf(await get(wire, sub, target + named));
      const never = `${id.slice(0, -6)}000000`;
      assert.notEqual(never, id);
      assert.deepEqual(await ask('/customer/files?file_id=', id), await ask('/customer/files?file_id=', never));
      const fill = async (named: string): Promise<unknown> =>
        shapeOf(await sendJson(wire, sub, 'PUT /customer', { photo_id_front_file_id: named }));
      assert.deepEqual(await fill(id), await fill(never));
    }
  }
});

test('[ruling.6] [ruling.5] DELETE of an account with customers, by a stranger, is answered as one without any', async () => {
  await using wire = await openWire();
  const other = randomAccount();
  await register(wire, other);
  await register(wire, `${other}:7`);
  const sub = randomAccount();
  await register(wire, sub);
  const remove = async (account: string, body: object, as = sub): Promise<unknown> =>
    shapeOf(await sendJson(wire, as, `DELETE /customer/${account}`, body));
  const missing = await remove(randomAccount(), {});
  for (const [account, body] of [
    [other, {}],
    [other, { memo: '7' }],
    [muxedAddress(other, '7'), {}],
    [sub, { memo: '7' }],
  ] as const) {
    assert.deepEqual(await remove(account, body), missing);
  }
  assert.deepEqual(
    await remove(other, { memo: '7' }, `${other}:8`),
    missing,
    'a user of the account does not reach another',
  );
  assert.deepEqual(await remove(other, {}, `${other}:8`), missing, 'nor is there anything on itself');
});

test('[ruling.9] [sep12.get.no-parameters] GET with nothing is 200 with fields and no id', async () => {
  await using wire = await openWire();
  for (const sub of [randomAccount(), `${randomAccount()}:7`, randomContract()]) {
    for (const target of ['/customer', '/customer?', '/customer/?&', '/customer?id=&type=&memo=']) {
      const { status, body } = await get(wire, sub, target);
      assert.deepEqual([status, body.status, Object.hasOwn(body, 'id')], [200, 'NEEDS_INFO', false], target);
      assert.ok(Object.keys(body.fields).length > 0);
    }
  }
});

test('[ruling.10] [sep12.get.400] a type that is unknown is 400 and lists the known, to a stranger as to a customer', async () => {
  await using wire = await openWire();
  const sub = randomAccount();
  const stranger = shapeOf(await get(wire, sub, '/customer?type=nope'));
  const id = await register(wire, sub);
  const known = await get(wire, sub, `/customer?type=nope&id=${id}`);
  assert.equal(known.status, 400);
  assert.match(known.body.error, /^'type' is invalid: expected one of .*sep31-sender/);
  assert.ok(!known.text.includes('nope'));
  assert.deepEqual(shapeOf(known), stranger);
});

test('[ruling.6] [ruling.5] an id beside an account or memo: agreeing is fine, contradicting is 400, another account 403', async () => {
  await using wire = await openWire();
  const account = randomAccount();
  const own = await register(wire, account);
  const user = await register(wire, `${account}:7`);
  const muxed = muxedAddress(account, '7');
  const cells: readonly (readonly [status: number, sub: string, query: string])[] = [
    [200, account, `id=${own}&account=${account}`],
    [200, account, `id=${user}&account=${account}&memo=7`],
    [200, account, `id=${user}&account=${muxed}`],
    [200, `${account}:7`, `id=${user}&account=${account}&memo=7&memo_type=id`],
    [400, account, `id=${user}&memo=8`],
    [400, account, `id=${own}&memo=7`],
    [400, account, `id=${own}&account=${muxed}`],
    [403, account, `id=${own}&account=${randomAccount()}`],
    [403, `${account}:7`, `id=${user}&memo=8`],
    [404, `${account}:7`, `id=${own}`],
  ];
  for (const [status, sub, query] of cells) {
    const got = await get(wire, sub, `/customer?${query}`);
    assert.equal(got.status, status, `${query} by ${sub}: ${got.text}`);
    if (status === 403) {
      const missing = await get(wire, sub, `/customer?${query.replace(/id=[^&]+/, `id=${randomUUID()}`)}`);
      assert.deepEqual(shapeOf(got), shapeOf(missing), 'nor does a 403 tell whether the id exists');
    }
  }
});

test('[ruling.4] [sep12.auth.contract-memo] a memo with a contract account is 400 on every endpoint that takes one', async () => {
  await using wire = await openWire();
  const sub = randomContract();
  const answers = [
    await get(wire, sub, '/customer?memo=7'),
    await get(wire, sub, `/customer?account=${sub}&memo=7&memo_type=text`),
    await sendJson(wire, sub, 'PUT /customer', { ...person, memo: '7' }),
    await sendJson(wire, sub, `DELETE /customer/${sub}`, { memo: '7' }),
  ];
  for (const answer of answers) {
    assert.deepEqual(
      [answer.status, answer.body],
      [400, { error: "'memo' is invalid: a contract account has no memo" }],
    );
  }
});
