import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importTokenKey, issueToken } from '../../src/sep10/token.ts';
import { openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { describe, everyNaming, type Method } from './authorization-model.ts';
import { World } from './authorization-world.ts';
import { blobsOf, person } from './support.ts';

const methods: readonly Method[] = ['GET', 'PUT', 'DELETE'];
const singleNamings = everyNaming.filter((naming) => Object.keys(naming).length <= 1);
const nobody = { title: 'nobody' };

/** Authorization headers that must not open anything, each for the account `sub`. */
async function badHeaders(anchor: TestAnchor, sub: string): Promise<Record<string, string | undefined>> {
  const { hostUrl, homeDomain, clock, jwtKey } = anchor.anchor.settings;
  const ours = { key: await importTokenKey(jwtKey), issuer: `${hostUrl}/auth`, lifetimeSeconds: 3600, clock };
  const claims = { sub, jti: 'test', homeDomain };
  const good = await issueToken(ours, claims);
  const [header = '', payload = '', signature = ''] = good.split('.');
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  const otherKey = await importTokenKey(Buffer.alloc(32, 1));
  return {
    'no header': undefined,
    'an empty header': '',
    'a scheme alone': 'Bearer',
    'another scheme': `Basic ${good}`,
    'no scheme': good,
    garbage: 'Bearer garbage',
    'an expired token': `Bearer ${await issueToken({ ...ours, lifetimeSeconds: -1 }, claims)}`,
    'a token signed by another key': `Bearer ${await issueToken({ ...ours, key: otherKey }, claims)}`,
    'a token of another issuer': `Bearer ${await issueToken({ ...ours, issuer: 'https://evil.example/auth' }, claims)}`,
    'a token that says alg none': `Bearer ${none}.${payload}.`,
    'a token that says alg none and is signed': `Bearer ${none}.${payload}.${signature}`,
    'a token without its signature': `Bearer ${header}.${payload}.`,
    'a token for no account': `Bearer ${await issueToken(ours, { ...claims, sub: 'somebody' })}`,
    'a token with a memo that is no number': `Bearer ${await issueToken(ours, { ...claims, sub: `${sub}:007` })}`,
  };
}

test('[ruling.8] [sep12.auth.bearer] [sep12.delete.401] without a good token every way to name a customer is 401', async () => {
  await using anchor = await openTestAnchor();
  using world = new World(anchor);
  await world.populate();
  const before = world.state();
  const [owner = ''] = world.accounts();
  for (const [title, authorization] of Object.entries(await badHeaders(anchor, owner))) {
    for (const naming of singleNamings) {
      for (const method of methods) {
        const { path, init } = world.request(nobody, naming, method);
        const headers = new Headers(init.headers);
        if (authorization !== undefined) headers.set('authorization', authorization);
        const response = await anchor.call(undefined, method, path, { ...init, headers });
        const cell = `${method} ${describe(naming)} with ${title}`;
        assert.equal(response.status, 401, cell);
        assert.equal(response.headers.get('www-authenticate'), 'Bearer', cell);
        assert.match(await response.text(), /^\{"error":"[a-z ]+"\}$/, cell);
      }
    }
  }
  assert.deepEqual(world.state(), before, 'nobody was created, changed or deleted');
});

const withBody = [
  ['PUT', '/customer'],
  ['DELETE', `/customer/${randomAccount()}`],
  ['PUT', '/customer/callback'],
  ['PUT', '/customer/verification'],
  ['POST', '/customer/files'],
] as const;

test('[ruling.8] [sep12.auth.bearer] [sep12.callback.401] the body of a request without a good token is not read', async () => {
  await using anchor = await openTestAnchor();
  for (const [method, path] of withBody) {
    let pulls = 0;
    const body = new ReadableStream(
      {
        pull(controller) {
          pulls++;
          controller.enqueue(Buffer.from('{}'));
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { 'content-type': 'application/json', authorization: 'Bearer garbage' };
    const response = await anchor.call(undefined, method, path, { body, headers, duplex: 'half' });
    assert.equal(response.status, 401, `${method} ${path}`);
    assert.equal(pulls, 0, `${method} ${path} did not pull the body`);
  }
  assert.deepEqual(await blobsOf(anchor), [], 'no file was stored');
});

test('[ruling.8] [sep12.auth.bearer] every endpoint judges the token before the parameters', async () => {
  await using anchor = await openTestAnchor();
  for (const path of ['/customer?type=unknown', '/customer?memo=007', '/customer/files?file_id=1']) {
    assert.equal((await anchor.json(undefined, 'GET', path)).status, 401, path);
  }
  const put = await anchor.call(undefined, 'PUT', '/customer', {
    body: '{',
    headers: { 'content-type': 'text/plain' },
  });
  assert.equal(put.status, 401);
});

test('[sep12.auth.bearer] the scheme is read in any case, as RFC 9110 has it', async () => {
  await using anchor = await openTestAnchor();
  const token = await anchor.token(randomAccount());
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
    const response = await anchor.call(undefined, 'GET', '/customer', {
      headers: { authorization: `${scheme} ${token}` },
    });
    assert.equal(response.status, 200, scheme);
  }
});

test('[ruling.8] a token that expires between two requests is good for the first only', async () => {
  let now = new Date('2026-01-01T00:00:00Z');
  await using anchor = await openTestAnchor({ clock: { now: () => now } });
  const headers = {
    authorization: `Bearer ${await anchor.token(randomAccount(), 60)}`,
    'content-type': 'application/json',
  };
  const put = (): Promise<Response> =>
    anchor.call(undefined, 'PUT', '/customer', { headers, body: JSON.stringify(person) });
  now = new Date('2026-01-01T00:00:59Z');
  assert.equal((await put()).status, 202);
  now = new Date('2026-01-01T00:01:01Z');
  const late = await put();
  assert.equal(late.status, 401);
  assert.deepEqual(await late.json(), { error: 'expired token' });
});
