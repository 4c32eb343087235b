import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Keypair, Networks, TransactionBuilder } from '@stellar/stellar-sdk';
import { openPort } from '../../sep12/port.ts';
import { barePart, multipart, withdrawer } from '../../sep12/support.ts';
import { jpegBytes, openTestAnchor, randomAccount, type TestAnchor } from '../../support/test-anchor.ts';
import { Described, documentOf } from './described.ts';

type Call = readonly [status: number, method: string, path: string, init?: RequestInit | undefined, template?: string];

const json = (body: unknown): RequestInit => ({
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});
const form = (body: Record<string, string>): RequestInit => ({ body: new URLSearchParams(body) });

/** Makes the calls one after the other and holds every answer to the document; answers the last body. */
async function assertCalls(anchor: TestAnchor, sub: string | undefined, calls: readonly Call[]): Promise<unknown> {
  const described = new Described(await documentOf(anchor));
  let last: unknown;
  for (const [status, method, path, init, template = path.replace(/\?.*/, '')] of calls) {
    const response = await anchor.call(sub, method, path, init);
    const copy = response.clone();
    assert.equal(response.status, status, `${method} ${path}: ${await response.clone().text()}`);
    await described.assertAnswer(method, template, response);
    last = copy.headers.get('content-type')?.startsWith('application/json') ? await copy.json() : undefined;
  }
  return last;
}

test('[openapi.answers] the life of a customer: every answer is as described', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const type = 'sep6-withdraw';
  const file = (await assertCalls(anchor, account, [
    [200, 'GET', `/customer?type=${type}`],
    [200, 'POST', '/customer/files', multipart([barePart('file', jpegBytes())])],
  ])) as { file_id: string };
  const { id } = (await assertCalls(anchor, account, [
    [200, 'GET', `/customer/files?file_id=${file.file_id}`],
    [202, 'PUT', '/customer', form({ type, first_name: 'Ada' })],
    [200, 'GET', `/customer?type=${type}`],
    [202, 'PUT', '/customer', json({ ...withdrawer, photo_id_front_file_id: file.file_id })],
  ])) as { id: string };
  await assertCalls(anchor, account, [
    [200, 'GET', `/customer?id=${id}&type=${type}&lang=ar`],
    [200, 'GET', `/customer/files?customer_id=${id}`],
    [202, 'PUT', '/customer', multipart([barePart('photo_id_back', jpegBytes())])],
    [200, 'PUT', '/customer/callback', json({ url: 'https://wallet.example/kyc' })],
    [200, 'DELETE', `/customer/${account}`, undefined, '/customer/{account}'],
    [404, 'DELETE', `/customer/${account}`, undefined, '/customer/{account}'],
  ]);
});

test('[openapi.answers] every kind of refusal is among the replies of its endpoint', async () => {
  await using anchor = await openTestAnchor({
    bodyLimits: { totalBytes: 2000, fileBytes: 1000, textBytes: 500 },
  });
  const account = randomAccount();
  const large = json({ first_name: 'a'.repeat(3000) });
  await assertCalls(anchor, account, [
    [400, 'GET', '/customer?type=nobody'],
    [403, 'GET', `/customer?account=${randomAccount()}`],
    [404, 'GET', '/customer?id=nobody'],
    [400, 'PUT', '/customer', json({ birth_date: 'yesterday' })],
    [403, 'PUT', '/customer', json({ account: randomAccount() })],
    [404, 'PUT', '/customer', json({ transaction_id: 'none', type: 'sep6-withdraw' })],
    [413, 'PUT', '/customer', large],
    [400, 'DELETE', `/customer/${account}?memo=x`, undefined, '/customer/{account}'],
    [413, 'DELETE', `/customer/${account}`, large, '/customer/{account}'],
    [400, 'PUT', '/customer/callback', json({ url: 'ftp://wallet.example' })],
    [404, 'PUT', '/customer/callback', json({ url: 'https://wallet.example/kyc' })],
    [413, 'PUT', '/customer/callback', large],
    [400, 'PUT', '/customer/verification', json({ id: 'x' })],
    [404, 'PUT', '/customer/verification', json({ id: 'x', email_address_verification: '1' })],
    [400, 'POST', '/customer/files', json({})],
    [413, 'POST', '/customer/files', multipart([barePart('file', jpegBytes(Buffer.alloc(1500)))])],
    [400, 'GET', '/customer/files'],
  ]);
  await assertCalls(anchor, undefined, [
    [401, 'GET', '/customer'],
    [401, 'PUT', '/customer'],
    [401, 'DELETE', `/customer/${account}`, undefined, '/customer/{account}'],
    [401, 'PUT', '/customer/callback'],
    [401, 'PUT', '/customer/verification'],
    [401, 'POST', '/customer/files'],
    [401, 'GET', '/customer/files'],
    [400, 'GET', '/auth'],
    [400, 'GET', '/auth?account=G'],
    [400, 'POST', '/auth', json({})],
    [413, 'POST', '/auth', json({ transaction: 'A'.repeat(200_000) })],
  ]);
});

test("[openapi.answers] an integration's fault and what it does not offer are described, too", async () => {
  await using anchor = await openPort({ get: () => Promise.reject(new Error('broken')) });
  await assertCalls(anchor, randomAccount(), [
    [500, 'GET', '/customer'],
    [501, 'PUT', '/customer/callback', json({ url: 'https://wallet.example/kyc' })],
    [501, 'PUT', '/customer/verification', json({ id: 'x', email_address_verification: '1' })],
    [501, 'POST', '/customer/files', multipart([barePart('file', jpegBytes())])],
    [501, 'GET', '/customer/files?file_id=x'],
  ]);
});

test('[openapi.answers] discovery, sign-in and health answer as described', async () => {
  await using anchor = await openTestAnchor();
  const wallet = Keypair.random();
  const { transaction } = (await assertCalls(anchor, undefined, [
    [200, 'GET', '/.well-known/stellar.toml'],
    [200, 'GET', '/health'],
    [200, 'GET', '/health/ready'],
    [200, 'GET', '/metrics'],
    [200, 'GET', '/health/live'],
    [200, 'GET', '/openapi.json'],
    [200, 'GET', '/docs'],
    [200, 'GET', `/auth?account=${wallet.publicKey()}`],
  ])) as { transaction: string };
  const challenge = TransactionBuilder.fromXDR(transaction, Networks.TESTNET);
  challenge.sign(wallet);
  const signed = { transaction: challenge.toXDR() };
  await assertCalls(anchor, undefined, [
    [200, 'POST', '/auth', json(signed)],
    [400, 'POST', '/auth', form(signed)],
  ]);
  const described = new Described(await documentOf(anchor));
  await anchor.anchor.close();
  const closed = await anchor.call(undefined, 'GET', '/health');
  assert.equal(closed.status, 503);
  await described.assertAnswer('GET', '/health', closed);
});

test('[openapi.answers] the schemas of replies refuse what is not the SEP', async () => {
  await using anchor = await openTestAnchor();
  const described = new Described(await documentOf(anchor));
  const accepts = (name: string, value: object): boolean => described.accepts(['components', 'schemas', name], value);
  assert.ok(accepts('Customer', { status: 'NEEDS_INFO', fields: { a: { type: 'string', description: 'A' } } }));
  for (const wrong of [
    { status: 'FINE' },
    { status: 'NEEDS_INFO' },
    { status: 'REJECTED' },
    { status: 'ACCEPTED', score: 1 },
    { status: 'NEEDS_INFO', fields: { a: { type: 'text', description: 'A' } } },
    { status: 'NEEDS_INFO', fields: { a: { type: 'string', description: 'A', status: 'ACCEPTED' } } },
    { status: 'ACCEPTED', provided_fields: { a: { type: 'string', description: 'A', status: 'NEEDS_INFO' } } },
  ])
    assert.equal(accepts('Customer', wrong), false, JSON.stringify(wrong));
  assert.equal(accepts('Error', { error: { message: 'x' } }), false);
  assert.equal(accepts('Nothing', { id: 'x' }), false);
});
