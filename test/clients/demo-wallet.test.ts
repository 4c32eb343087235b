import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { bare, multipart } from '../http/request-body-fixtures.ts';
import { blobsOf, person, rowsIn } from '../sep12/support.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { type Answer, openWire, type Wire } from './wire.ts';

const boundary = '----WebKitFormBoundary7MA4YWxkTrZu0gW';
const origin = 'https://demo-wallet.stellar.org';
const browser = `Host: $HOST
  Connection: keep-alive
  sec-ch-ua-platform: "Linux"
  User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36
  Accept: */*
  Origin: ${origin}
  Sec-Fetch-Site: cross-site
  Sec-Fetch-Mode: cors
  Sec-Fetch-Dest: empty
  Referer: ${origin}/
  Accept-Encoding: gzip, deflate, br, zstd
  Accept-Language: en-US,en;q=0.9`;
const authorized = `Authorization: Bearer $TOKEN\n${browser}`;

/** What a browser asks before a request with a token, and what it needs to be told before it sends that. */
async function preflight(wire: Wire, method: string, target: string): Promise<void> {
  const answer = await wire.send(
    undefined,
    `OPTIONS ${target} HTTP/1.1
    ${browser}
    Access-Control-Request-Method: ${method}
    Access-Control-Request-Headers: authorization`,
  );
  const listed = (name: string): string[] => (answer.headers.get(name) ?? '').toLowerCase().split(/,\s*/);
  assert.equal(answer.headers.get('access-control-allow-origin'), '*');
  assert.ok(listed('access-control-allow-methods').includes(method.toLowerCase()));
  assert.ok(listed('access-control-allow-headers').includes('authorization'), '* does not stand for Authorization');
}

/** A page reads an answer, be it an error, only if it is allowed to. */
function readable(answer: Answer): Answer {
  assert.equal(answer.headers.get('access-control-allow-origin'), '*', answer.text);
  return answer;
}

async function get(wire: Wire, sub: string, params: Readonly<Record<string, string>>): Promise<Answer> {
  const target = `/customer?${new URLSearchParams(params)}`;
  await preflight(wire, 'GET', target);
  return readable(await wire.send(sub, `GET ${target} HTTP/1.1\n${authorized}`));
}

async function put(wire: Wire, sub: string, values: Readonly<Record<string, string>>): Promise<Answer> {
  await preflight(wire, 'PUT', '/customer');
  const body = multipart(boundary, ...Object.entries(values).map(([name, value]) => bare(name, value)));
  return readable(
    await wire.send(
      sub,
      `PUT /customer HTTP/1.1
      Content-Length: $LENGTH
      Content-Type: multipart/form-data; boundary=${boundary}
      ${authorized}`,
      body,
    ),
  );
}

function hashMemo(): Readonly<Record<string, string>> {
  return { memo: randomBytes(32).toString('base64'), memo_type: 'hash' };
}

/** What the wallet still asks its user for. */
function fieldsToCollect({ body }: Answer): string[] {
  const provided = body.provided_fields ?? {};
  return Object.keys(body.fields ?? {}).filter((name) => provided[name]?.status !== 'ACCEPTED');
}

test('[client.demo-wallet] [sep12.auth.any-memo] [sep12.get.memo-type] sender and receiver of a payment are two hash memos of one account', async () => {
  await using wire = await openWire();
  const account = randomAccount();
  const ids = new Set<string>();
  for (const type of ['sep31-sender', 'sep31-receiver']) {
    const memo = hashMemo();
    const asked = await get(wire, account, { type, account, ...memo });
    assert.deepEqual([asked.status, asked.body.status], [200, 'NEEDS_INFO'], 'what the wallet expects of a stranger');
    const bank = type === 'sep31-receiver' ? { bank_account_number: '123456', bank_number: '021000021' } : {};
    const values: Readonly<Record<string, string>> = { ...person, ...bank, birth_date: '1990-01-31' };
    const collected = fieldsToCollect(asked).filter((name) => name in values);
    const chosen = Object.fromEntries(collected.map((name) => [name, values[name] ?? '']));
    const registered = await put(wire, account, { account, ...memo, ...chosen });
    assert.equal(registered.status, 202, 'any other status is an error to the wallet');
    ids.add(registered.body.id);
    const done = await get(wire, account, { type, account, ...memo });
    assert.deepEqual([done.body.status, done.body.id], ['ACCEPTED', registered.body.id]);
    assert.deepEqual(fieldsToCollect(done), Object.keys(done.body.fields), 'no field is both asked for and accepted');
    assert.ok(fieldsToCollect(done).every((name) => done.body.fields[name].optional));
  }
  assert.equal(ids.size, 2);
});

test('[client.demo-wallet] without a memo the account is named beside the token all the same', async () => {
  await using wire = await openWire();
  const account = randomAccount();
  const { id } = (await put(wire, account, { account, ...person })).body;
  assert.equal((await get(wire, account, { account })).body.id, id);
});

test('[client.demo-wallet] [ruling.19] a file that the page turned into text is 400, readable, and never stored', async () => {
  await using wire = await openWire();
  const account = randomAccount();
  for (const value of [
    '[object File]',
    'undefined',
    'C:\\fakepath\\id.jpg',
    `data:image/jpeg;base64,${'A'.repeat(5000)}`,
  ]) {
    const refused = await put(wire, account, { account, ...hashMemo(), ...person, photo_id_front: value });
    assert.equal(refused.status, 400);
    assert.match(refused.body.error, /^'photo_id_front' is invalid: /);
    assert.ok(!refused.text.includes(value.slice(0, 12)));
  }
  assert.deepEqual([rowsIn(wire.anchor, 'customers'), (await blobsOf(wire.anchor)).length], [0, 0]);
});

test('[client.demo-wallet] a hash memo that is not 32 bytes of base64 is 400, and errors can be read by the page', async () => {
  await using wire = await openWire();
  const account = randomAccount();
  for (const memo of ['x', randomBytes(31).toString('base64'), randomBytes(32).toString('hex')]) {
    assert.equal((await get(wire, account, { account, memo, memo_type: 'hash' })).status, 400);
    assert.equal((await put(wire, account, { account, memo, memo_type: 'hash', ...person })).status, 400);
  }
  assert.equal((await get(wire, account, { account: randomAccount() })).status, 403);
  const unsigned = await wire.send(undefined, `GET /customer?account=${account} HTTP/1.1\n${browser}`);
  assert.equal(readable(unsigned).status, 401);
});

test('[client.demo-wallet] [ruling.29] a preflight of every endpoint lets the page through', async () => {
  await using wire = await openWire();
  const account = randomAccount();
  for (const [method, target] of [
    ['GET', '/customer?type=x'],
    ['PUT', '/customer'],
    ['PUT', '//customer/'],
    ['DELETE', `/customer/${account}`],
    ['PUT', '/customer/callback'],
    ['PUT', '/customer/verification'],
    ['POST', '/customer/files'],
    ['GET', '/customer/files?file_id=x'],
    ['POST', '/auth'],
  ] as const) {
    await preflight(wire, method, target);
  }
});
