import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { CustomerNotFound, InvalidRequest, KycError } from '../../src/index.ts';
import type { CustomerContext, CustomerIntegration, PutCustomer, UploadedFile } from '../../src/sep12/integration.ts';
import { muxedAddress } from '../../src/stellar/address.ts';
import { jpegBytes, randomAccount, randomContract } from '../support/test-anchor.ts';
import { openPort } from './port.ts';
import { barePart, blobsOf, multipart, putForm, reply } from './support.ts';

/** Collects all bytes of a file. */
async function bytesOf(file: UploadedFile | undefined): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file?.open() ?? []) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('[seed.s5] get receives the parameters as sent and the subject that was authenticated', async () => {
  const calls: unknown[][] = [];
  await using anchor = await openPort({
    get: async (...args) => {
      calls.push(args);
      return { id: 'c-1', status: 'ACCEPTED' };
    },
  });
  const account = randomAccount();
  const got = await anchor.json(
    account,
    'GET',
    `/customer?id=c-1&account=${account}&memo=x&memo_type=text&type=t&transaction_id=tx&lang=es-MX`,
  );
  assert.deepEqual([got.status, got.body], [200, { id: 'c-1', status: 'ACCEPTED' }]);
  const [request, context] = calls[0] as [unknown, CustomerContext];
  const expected = { id: 'c-1', account, memo: 'x', memoType: 'text', type: 't', transactionId: 'tx', lang: 'es-MX' };
  assert.deepEqual(request, expected);
  assert.deepEqual(context.subject, { sub: account, account, homeDomain: 'localhost:8000' });
  assert.equal(context.requestId, got.headers.get('x-request-id'));
  await anchor.json(account, 'GET', '/customer');
  assert.deepEqual(calls[1]?.[0], { account, lang: 'en' }, 'what was not sent is not there');
});

test('[seed.s5] every kind of subject arrives as account and memo of type id', async () => {
  const calls: { request: object; context: CustomerContext }[] = [];
  await using anchor = await openPort({
    get: async (request, context) => {
      calls.push({ request, context });
      return { status: 'NEEDS_INFO', fields: {} };
    },
  });
  const account = randomAccount();
  const contract = randomContract();
  const memo = { type: 'id', value: '7' };
  for (const [sub, key, subject] of [
    [`${account}:7`, { account, memo: '7', memoType: 'id' }, { account, memo }],
    [muxedAddress(account, '7'), { account, memo: '7', memoType: 'id' }, { account, memo }],
    [contract, { account: contract }, { account: contract }],
  ] as const) {
    await anchor.json(sub, 'GET', '/customer');
    const call = calls.pop();
    assert.deepEqual(call?.request, { ...key, lang: 'en' }, sub);
    assert.deepEqual(call?.context.subject, { sub, ...subject, homeDomain: 'localhost:8000' }, sub);
  }
});

test('[seed.s7] put receives values by wire name, files, codes and file ids sorted apart, and the id it returns is answered', async () => {
  let received: PutCustomer | undefined;
  let bytes: Buffer = Buffer.alloc(0);
  let onDisk: string[] = [];
  await using anchor = await openPort({
    binaryFields: ['selfie'],
    put: async (request) => {
      received = request;
      onDisk = await blobsOf(anchor);
      bytes = await bytesOf(request.files.get('selfie'));
      return 'customer-7';
    },
  });
  const selfie = jpegBytes(Buffer.alloc(200_000, 0xab));
  const texts = {
    first_name: ' Ada ',
    'organization.name': 'Engines',
    own_field: '',
    mobile_number_verification: '123',
  };
  const parts = Object.entries({ ...texts, photo_id_front_file_id: 'file-1', type: 't', memo: '7' });
  const body = multipart([barePart('selfie', selfie), ...parts.map(([name, text]) => barePart(name, text))]);
  const account = randomAccount();
  const put = await reply(await anchor.call(account, 'PUT', '/customer', body));
  assert.deepEqual([put.status, put.body], [202, { id: 'customer-7' }]);
  const { fields, files, verifications, fileIds, ...rest } = received ?? ({} as PutCustomer);
  assert.deepEqual(rest, { account, memo: '7', memoType: 'id', type: 't', lang: 'en', unknownFiles: new Set() });
  assert.deepEqual(Object.fromEntries(fields), { first_name: ' Ada ', 'organization.name': 'Engines', own_field: '' });
  assert.deepEqual(Object.fromEntries(verifications), { mobile_number: '123' });
  assert.deepEqual(Object.fromEntries(fileIds), { photo_id_front: 'file-1' });
  assert.deepEqual([...files.keys()], ['selfie']);
  const file = files.get('selfie');
  assert.deepEqual([file?.contentType, file?.sizeBytes], ['image/jpeg', selfie.length]);
  assert.equal(file?.sha256, createHash('sha256').update(selfie).digest('hex'));
  assert.ok(bytes.equals(selfie), 'open() yields exactly the bytes that were sent');
  assert.equal(onDisk.length, 1, 'the file waited on disk');
  assert.deepEqual(await blobsOf(anchor), [], 'and is gone after the request');
  await assert.rejects(bytesOf(file), 'a file cannot be read after its request');
});

test('[seed.s7] files are gone from disk when put throws, too', async () => {
  await using anchor = await openPort({ put: () => Promise.reject(new Error('down')) });
  const put = await putForm(anchor, randomAccount(), {}, { photo_id_front: jpegBytes(), photo_id_back: jpegBytes() });
  assert.equal(put.status, 500);
  assert.deepEqual(await blobsOf(anchor), []);
});

test('[seed.s7] an id that is no non-empty string is 500 and logged, and nothing of it leaks', async () => {
  for (const id of [undefined, null, '', 7, 7n, true, ['a'], { id: 'secret' }, Symbol('secret')]) {
    await using anchor = await openPort({ put: async () => id as string });
    const put = await anchor.json(randomAccount(), 'PUT', '/customer', { first_name: 'Ada' });
    assert.equal(put.status, 500, typeof id);
    assert.match(put.body.error, /^internal error; the log knows more of request [\w-]+$/);
    const line = anchor.lines.find(({ level }) => level === 'error');
    assert.equal(line?.fields['fault'], 'put did not return an id that is a non-empty string');
    assert.equal(line?.fields['requestId'], put.headers.get('x-request-id'), 'the id told leads to the line');
    assert.equal(JSON.stringify(anchor.lines).includes('secret'), false);
  }
});

test('[seed.s10] delete receives account, memo and memo type, and answers 200', async () => {
  const calls: unknown[][] = [];
  await using anchor = await openPort({
    delete: async (...args) => {
      calls.push(args);
    },
  });
  const account = randomAccount();
  const reply = await anchor.json(account, 'DELETE', `/customer/${account}`, { memo: 'x', memo_type: 'text' });
  assert.deepEqual([reply.status, reply.body], [200, {}]);
  const [key, context] = calls[0] as [unknown, CustomerContext];
  assert.deepEqual(key, { account, memo: 'x', memoType: 'text' });
  assert.equal(context.subject.sub, account);
});

/** The methods of the port, each with a request that calls it. */
const callsOf = (account: string): Readonly<Record<string, readonly [string, string, object?]>> => ({
  get: ['GET', '/customer'],
  put: ['PUT', '/customer', {}],
  delete: ['DELETE', `/customer/${account}`],
  callback: ['PUT', '/customer/callback', { url: 'https://example.com' }],
  putVerification: ['PUT', '/customer/verification', { id: 'x', a_verification: '1' }],
});

const thrown: readonly (readonly [thrown: unknown, status: number, error: RegExp])[] = [
  [new InvalidRequest("'tax_id' is not ours to judge"), 400, /^'tax_id' is not ours to judge$/],
  [new CustomerNotFound('no such customer here'), 404, /^no such customer here$/],
  [new CustomerNotFound(), 404, /^customer not found$/],
  [new KycError('unavailable', 'come back later', { retryAfterSeconds: 1.2 }), 503, /^come back later$/],
  [new Error('secret of Ada'), 500, /^internal error; the log knows more of request \S+$/],
  [Object.assign(new TypeError('secret'), { code: 'SECRET_FREE' }), 500, /^internal error; [^:]+$/],
  ['secret string', 500, /^internal error/],
  [undefined, 500, /^internal error/],
];

test('[seed.s6] [seed.s7] [seed.s10] what each method throws is 400, 404 or a 500 that tells nothing', async () => {
  for (const [error, status, message] of thrown) {
    const fail = (): Promise<never> => Promise.reject(error);
    const throwing: CustomerIntegration = { get: fail, put: fail, delete: fail, callback: fail, putVerification: fail };
    await using anchor = await openPort(throwing);
    const account = randomAccount();
    for (const [name, [method, path, body]] of Object.entries(callsOf(account))) {
      const response = await anchor.json(account, method, path, body);
      assert.equal(response.status, status, `${name} threw ${String(error)}`);
      assert.match(response.body.error, message, name);
      assert.equal(response.headers.get('retry-after'), status === 503 ? '2' : null, 'whole seconds, rounded up');
    }
    assert.equal(/secret of|secret string/.test(JSON.stringify(anchor.lines)), false, 'no message reaches the log');
    const logged = anchor.lines.filter(({ level }) => level === 'error').length;
    assert.equal(logged, status === 500 ? 5 : 0, 'only what nobody expected is an error in the log');
  }
});

test('[seed.s6] a method that throws before it returns a promise is answered the same', async () => {
  await using anchor = await openPort({
    get: () => {
      throw new InvalidRequest('at once');
    },
  });
  const got = await anchor.json(randomAccount(), 'GET', '/customer');
  assert.deepEqual([got.status, got.body], [400, { error: 'at once' }]);
});

test('[seed.s12] optional methods left out are 501, and so are the files endpoints', async () => {
  await using anchor = await openPort({});
  const account = randomAccount();
  for (const [method, path, body] of [
    ['PUT', '/customer/callback', { url: 'https://example.com' }],
    ['PUT', '/customer/verification', { id: 'x', a_verification: '1' }],
    ['POST', '/customer/files'],
    ['GET', '/customer/files'],
  ] as const) {
    const response = await anchor.json(account, method, path, body);
    assert.deepEqual([response.status, response.body], [501, { error: 'not implemented' }], path);
  }
});

test('[seed.s12] callback receives the URL with the customer it is about, and answers 200', async () => {
  const calls: unknown[] = [];
  await using anchor = await openPort({
    callback: async (request) => {
      calls.push(request);
    },
  });
  const account = randomAccount();
  const url = 'https://wallet.example/cb?user=1&x=%20';
  const put = await anchor.json(account, 'PUT', '/customer/callback', { url, id: 'c-1', memo: '7', memo_type: 'id' });
  assert.deepEqual([put.status, put.body], [200, {}]);
  assert.deepEqual(calls, [{ account, memo: '7', memoType: 'id', id: 'c-1', lang: 'en', url }]);
  const none = await anchor.json(account, 'PUT', '/customer/callback', { id: 'c-1', url: '' });
  assert.deepEqual([none.status, none.body], [400, { error: "callback 'url' required" }]);
  const foreign = await anchor.json(account, 'PUT', '/customer/callback', { url, account: randomAccount() });
  assert.equal(foreign.status, 403);
  assert.equal(calls.length, 1, 'a refused request does not reach the integration');
});

test('[seed.s12] [sep12.verification.200] putVerification receives the codes by field and answers as GET does', async () => {
  const calls: unknown[] = [];
  await using anchor = await openPort({
    putVerification: async (request) => {
      calls.push(request);
      return {
        id: 'c-1',
        status: 'ACCEPTED',
        providedFields: { mobile_number: { type: 'string', description: 'Phone' } },
      };
    },
  });
  const codes = { mobile_number_verification: 123456, email_address_verification: 'abc', first_name: 'Ada' };
  const account = randomAccount();
  const put = await anchor.json(account, 'PUT', '/customer/verification', { id: 'c-1', ...codes });
  assert.equal(put.status, 200);
  assert.deepEqual(put.body, {
    id: 'c-1',
    status: 'ACCEPTED',
    provided_fields: { mobile_number: { type: 'string', description: 'Phone' } },
  });
  assert.deepEqual(calls, [
    {
      account,
      id: 'c-1',
      lang: 'en',
      verifications: new Map([
        ['mobile_number', '123456'],
        ['email_address', 'abc'],
      ]),
    },
  ]);
  const none = await anchor.json(randomAccount(), 'PUT', '/customer/verification', { mobile_number_verification: '1' });
  assert.deepEqual([none.status, none.body], [400, { error: "'id' is required" }]);
});
