import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose';
import { KnownTokens } from '../../src/sep10/known-tokens.ts';
import { bearerToken, importTokenKey, issueToken, type TokenSettings, verifyToken } from '../../src/sep10/token.ts';
import { muxedAddress } from '../../src/stellar/address.ts';
import { client, endpoint, homeDomain, refusal } from './fixture.ts';

let seconds = 1_800_000_000;
const clock = { now: () => new Date(seconds * 1000) };
const key = await importTokenKey(randomBytes(32));
const tokens: TokenSettings = { key, issuer: endpoint, lifetimeSeconds: 600, clock };
const account = client.publicKey();
const claims = { sub: account, jti: 'ab'.repeat(32), homeDomain };
const invalid = refusal('unauthenticated', /^invalid token$/);

test('[ruling.32] [sep10.token.claims] a token says who, from whom, for what challenge and until when', async () => {
  const token = await issueToken(tokens, { ...claims, clientDomain: 'wallet.example' });
  assert.deepEqual(decodeProtectedHeader(token), { alg: 'HS256', typ: 'JWT' });
  assert.deepEqual(decodeJwt(token), {
    iss: endpoint,
    sub: account,
    iat: seconds,
    exp: seconds + 600,
    jti: 'ab'.repeat(32),
    home_domain: homeDomain,
    client_domain: 'wallet.example',
  });
  assert.ok(!('client_domain' in decodeJwt(await issueToken(tokens, claims))));
});

test('[sep10.token.subject] a token gives its subject back', async () => {
  const muxed = muxedAddress(account, '7');
  const memo = { type: 'id', value: '7' };
  const read = async (sub: string): Promise<unknown> =>
    verifyToken(tokens, await issueToken(tokens, { ...claims, sub }));
  assert.deepEqual(await read(account), { sub: account, account, homeDomain });
  assert.deepEqual(await read(`${account}:7`), { sub: `${account}:7`, account, memo, homeDomain });
  assert.deepEqual(await read(muxed), { sub: muxed, account, memo, homeDomain });
  const attributed = await verifyToken(tokens, await issueToken(tokens, { ...claims, clientDomain: 'wallet.example' }));
  assert.equal(attributed.clientDomain, 'wallet.example');
});

test('[sep10.token.missing] no token is refused as missing', async () => {
  await assert.rejects(verifyToken(tokens, undefined), refusal('unauthenticated', /^missing token$/));
});

test('[sep10.token.expired] a token ends when it says so', async () => {
  const token = await issueToken(tokens, claims);
  seconds += 599;
  await verifyToken(tokens, token);
  seconds += 1;
  await assert.rejects(verifyToken(tokens, token), refusal('unauthenticated', /^expired token$/));
});

test('[sep10.token.invalid] tokens that are not ours are refused', async () => {
  const other = await importTokenKey(randomBytes(32));
  const raw = randomBytes(32);
  const full = { iss: endpoint, sub: account, iat: seconds, exp: seconds + 60 };
  const sign = (payload: object, alg = 'HS256', secret: typeof key | Uint8Array = key): Promise<string> =>
    new SignJWT({ ...payload }).setProtectedHeader({ alg }).sign(secret);
  const good = await sign(full);
  await verifyToken(tokens, good);
  const { iss: _iss, ...noIssuer } = full;
  const { sub: _sub, ...noSubject } = full;
  const { iat: _iat, ...noIssuedAt } = full;
  const { exp: _exp, ...noExpiry } = full;
  const [header, payload, signature = ''] = good.split('.');
  const bad = [
    '',
    'x',
    'a.b.c',
    good.slice(0, -4),
    `${header}.${payload}.`,
    `${header}.${payload}.${signature.toUpperCase()}`,
    new UnsecuredJWT(full).encode(),
    await sign(full, 'HS256', other),
    await sign(full, 'HS512', new Uint8Array(Buffer.concat([raw, raw]))),
    await sign(noIssuer),
    await sign(noSubject),
    await sign(noIssuedAt),
    await sign(noExpiry),
    await sign({ ...full, iss: 'https://other.example/auth' }),
    await sign({ ...full, sub: 'GABC' }),
    await sign({ ...full, sub: `${account}:007` }),
    await sign({ ...full, sub: 'admin' }),
  ];
  for (const token of bad) await assert.rejects(verifyToken(tokens, token), invalid);
});

test('[sep10.token.key] a secret shorter than 32 bytes is refused', async () => {
  await assert.rejects(importTokenKey(randomBytes(31)), TypeError);
});

test('[sep10.token.bearer] the scheme is read in any case, and nothing else is a token', () => {
  for (const header of ['Bearer abc', 'bearer abc', 'BEARER  abc ']) assert.equal(bearerToken(header), 'abc');
  for (const header of [undefined, '', 'Bearer', 'Bearer ', 'Basic abc', 'abc', 'Bearer a b', 'xBearer abc']) {
    assert.equal(bearerToken(header), undefined);
  }
});

test('[sep10.token.known] a token that was verified is known, ends when it says so, and is no help to any other text', async () => {
  const known = new KnownTokens(2);
  const keeping = { ...tokens, known };
  const token = await issueToken(keeping, claims);
  const subject = await verifyToken(keeping, token);
  assert.equal(await verifyToken(keeping, token), subject);
  for (const at of [0, token.indexOf('.') + 2, token.length - 2]) {
    const letter = token[at] === 'A' ? 'B' : 'A';
    await assert.rejects(verifyToken(keeping, `${token.slice(0, at)}${letter}${token.slice(at + 1)}`), invalid);
  }
  seconds += 599;
  assert.equal(await verifyToken(keeping, token), subject);
  seconds += 1;
  await assert.rejects(verifyToken(keeping, token), refusal('unauthenticated', /^expired token$/));
});

test('[sep10.token.known] the latest used are kept, and no more than twice the bound', async () => {
  const known = new KnownTokens(2);
  const expiresAt = seconds + 60;
  const add = (name: string): void => known.add(name, { subject: { sub: name, account: name }, expiresAt });
  for (const name of ['a', 'b', 'c']) add(name);
  assert.ok(known.find('a'));
  for (const name of ['d', 'e']) add(name);
  assert.deepEqual(
    ['b', 'd', 'e', 'a'].map((name) => known.find(name) !== undefined),
    [false, true, true, true],
  );
});
