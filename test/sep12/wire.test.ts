import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jpegBytes, openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { person, programOf, putForm, reply } from './support.ts';

const json = { 'content-type': 'application/json' };

/** One request for every way a SEP-12 endpoint answers, without credentials of `sub` where it is undefined. */
type Ask = readonly [status: number, sub: string | undefined, method: string, path: string, init?: RequestInit];

function asks(sub: string): readonly Ask[] {
  return [
    [200, sub, 'GET', '/customer'],
    [202, sub, 'PUT', '/customer', { headers: json, body: JSON.stringify(person) }],
    [200, sub, 'DELETE', `/customer/${sub}`],
    [400, sub, 'GET', '/customer?type=nope'],
    [400, sub, 'PUT', '/customer', { headers: json, body: '{' }],
    [400, sub, 'PUT', '/customer', { headers: { 'content-type': 'text/plain' }, body: 'x' }],
    [400, sub, 'PUT', '/customer/callback', { headers: json, body: '{"url":"' }],
    [401, undefined, 'GET', '/customer'],
    [401, undefined, 'PUT', '/customer'],
    [401, undefined, 'DELETE', `/customer/${sub}`],
    [403, sub, 'GET', `/customer?account=${randomAccount()}`],
    [404, sub, 'GET', '/customer?id=nobody'],
    [404, sub, 'DELETE', `/customer/${randomAccount()}`],
    [404, sub, 'GET', '/customers'],
    [405, sub, 'POST', '/customer'],
    [405, sub, 'GET', `/customer/${sub}`],
    [413, sub, 'PUT', '/customer', { headers: json, body: JSON.stringify({ first_name: 'x'.repeat(70_000) }) }],
    [404, sub, 'PUT', '/customer/callback', { headers: json, body: '{"url":"https://example.com"}' }],
    [400, sub, 'PUT', '/customer/verification', { headers: json, body: '{"id":"x"}' }],
    [400, sub, 'POST', '/customer/files'],
    [200, sub, 'GET', '/customer/files?file_id=x'],
  ];
}

async function answers(anchor: TestAnchor): Promise<readonly (readonly [cell: string, wanted: number, Response])[]> {
  const answered: (readonly [string, number, Response])[] = [];
  for (const [status, sub, method, path, init] of asks(randomAccount())) {
    answered.push([`${method} ${path}: ${status}`, status, await anchor.call(sub, method, path, init)]);
  }
  return answered;
}

test('[ruling.28] [sep12.content.reply] [sep12.put.error] every answer is JSON in UTF-8, every error one flat string', async () => {
  await using anchor = await openTestAnchor();
  for (const [cell, status, response] of await answers(anchor)) {
    assert.equal(response.status, status, cell);
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8', cell);
    const body = await reply(response);
    if (status < 300) continue;
    assert.deepEqual(Object.keys(body.body), ['error'], cell);
    assert.equal(typeof body.body.error, 'string', cell);
    assert.notEqual(body.body.error, '', cell);
    assert.notEqual(body.status, 409, cell);
  }
});

test('[ruling.29] every answer, errors included, may be read by every page', async () => {
  await using anchor = await openTestAnchor();
  for (const [cell, , response] of await answers(anchor)) {
    assert.equal(response.headers.get('access-control-allow-origin'), '*', cell);
    const exposed = response.headers.get('access-control-expose-headers') ?? '';
    assert.ok(exposed.includes('Retry-After') && exposed.includes('WWW-Authenticate'), cell);
    assert.equal(response.headers.get('cache-control'), 'no-store', `${cell} is personal`);
  }
});

test('[ruling.29] a preflight of every endpoint allows the methods and headers wallets use, without a token', async () => {
  await using anchor = await openTestAnchor();
  const paths = [
    '/customer',
    `/customer/${randomAccount()}`,
    '/customer/callback',
    '/customer/verification',
    '/customer/files',
  ];
  for (const path of [...paths, '/customer/', '//customer', '/customer?type=x']) {
    const response = await anchor.call(undefined, 'OPTIONS', path, {
      headers: { origin: 'https://wallet.example', 'access-control-request-method': 'PUT' },
    });
    const list = (name: string): string[] => (response.headers.get(name) ?? '').toLowerCase().split(/,\s*/).sort();
    assert.ok(response.ok, path);
    assert.equal(response.headers.get('access-control-allow-origin'), '*', path);
    assert.deepEqual(list('access-control-allow-methods'), ['delete', 'get', 'options', 'post', 'put'], path);
    assert.deepEqual(
      list('access-control-allow-headers'),
      ['authorization', 'content-type', 'x-client-name', 'x-client-version'],
      path,
    );
    assert.equal(await response.text(), '', path);
  }
});

test('[ruling.28] a field error is worded so that the field can be found in it', async () => {
  const fields = {
    first_name: {},
    birth_date: {},
    email_address: {},
    'organization.registration_date': {},
    photo_id_front: {},
  };
  await using anchor = await openTestAnchor({ program: programOf(fields) });
  for (const name of ['birth_date', 'email_address', 'organization.registration_date', 'photo_id_front']) {
    const put = await anchor.json(randomAccount(), 'PUT', '/customer', { [name]: 'nonsense' });
    assert.equal(put.status, 400, name);
    assert.equal(/^'([^']+)' is invalid: expected /.exec(put.body.error)?.[1], name);
  }
  const file = await putForm(anchor, randomAccount(), {}, { photo_id_front: Buffer.from('nonsense') });
  assert.match(file.body.error, /^'photo_id_front' is invalid: /);
  const text = await putForm(anchor, randomAccount(), { first_name: 'Ada' }, { photo_id_front: jpegBytes() });
  assert.equal(text.status, 202, text.body.error);
});

test('[ruling.30] doubled and trailing slashes and stray empty query parameters change nothing', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const { id } = (await anchor.json(sub, 'PUT', '/customer', person)).body;
  const paths = [
    '/customer/',
    '//customer',
    '//customer//',
    '/customer?',
    '/customer/?&type=',
    '/customer?&type=sep31-sender',
  ];
  for (const path of [...paths, '/customer?id=&account=&memo=&memo_type=&lang=&transaction_id=&&']) {
    const got = await anchor.json(sub, 'GET', path);
    assert.deepEqual([got.status, got.body.id], [200, id], path);
  }
  for (const path of ['/customer/', '//customer', '/customer//']) {
    assert.deepEqual((await anchor.json(sub, 'PUT', path, person)).body, { id }, path);
  }
  assert.equal((await anchor.json(sub, 'PUT', '//customer/callback/', {})).status, 400);
  assert.equal((await anchor.json(sub, 'DELETE', `//customer/${sub}/`)).status, 200);
});

test('[ruling.30] a JSON content type with an empty body is an empty object, on GET too', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  assert.equal((await anchor.call(sub, 'GET', '/customer', { headers: json })).status, 200);
  assert.equal((await anchor.call(sub, 'PUT', '/customer', { headers: json })).status, 202);
  assert.equal((await anchor.call(sub, 'PUT', '/customer', { headers: json, body: '' })).status, 202);
  assert.equal((await anchor.call(sub, 'DELETE', `/customer/${sub}`, { headers: json })).status, 200);
});

test('[ruling.30] empty parameters of a PUT are as if they were not there', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const empty = { id: '', account: '', memo: null, memo_type: '', type: '', transaction_id: '', lang: '' };
  const put = await anchor.json(sub, 'PUT', '/customer', { ...empty, ...person });
  assert.equal(put.status, 202, put.body.error);
  assert.equal((await anchor.json(sub, 'GET', '/customer')).body.status, 'ACCEPTED');
});

test('[sep12.get.400] a parameter given twice is 400 if its values differ', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  assert.equal((await anchor.json(sub, 'GET', '/customer?memo=7&memo=8')).status, 400);
  assert.equal((await anchor.json(sub, 'GET', '/customer?memo=7&memo=7')).status, 200);
});

test('[ruling.15] every success but PUT /customer is exactly 200', async () => {
  await using anchor = await openTestAnchor();
  const successes = (await answers(anchor)).filter(([, , response]) => response.ok);
  for (const [cell, , response] of successes)
    assert.equal(response.status, cell.startsWith('PUT /customer:') ? 202 : 200, cell);
  assert.equal(successes.length, 4);
});
