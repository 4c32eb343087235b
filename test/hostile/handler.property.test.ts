import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { sep9Fields } from '../../src/sep9/catalogue.ts';
import { hostUrl, openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { assertTight } from './target.ts';

let anchor: TestAnchor;
let authorization: string;
const own = randomAccount();

before(async () => {
  anchor = await openTestAnchor();
  authorization = `Bearer ${await anchor.token(own)}`;
});
after(() => anchor[Symbol.asyncDispose]());

/** A request in pieces. */
interface Pieces {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

const fieldNames = [...sep9Fields.keys(), 'first_name', 'last_name'];
const parameterNames = [
  'id',
  'account',
  'memo',
  'memo_type',
  'type',
  'transaction_id',
  'lang',
  'url',
  'transaction',
  'home_domain',
  'client_domain',
];
const suffixes = ['', '', '', '_verification', '_file_id'];
const awkward = [
  '',
  ' ',
  '\0',
  '%',
  '%00',
  '../..',
  '__proto__',
  'constructor',
  'toString',
  'null',
  '-1',
  '1e400',
  '18446744073709551616',
  '\ud800',
  '\uffff',
  '\u202e',
  '\r\n',
  'x'.repeat(70_000),
  '9'.repeat(5000),
  '{}',
  '[]',
  "'",
  '"',
  '2020-02-30',
  'GA',
  'hash',
  'sep31-sender',
  'en',
];

const anyName = fc.oneof(
  fc.tuple(fc.constantFrom(...fieldNames), fc.constantFrom(...suffixes)).map((parts) => parts.join('')),
  fc.constantFrom(...parameterNames),
  fc.constantFrom(...awkward),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const anyText = fc.oneof(
  fc.constantFrom(...awkward),
  fc.constant(own),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
);
const wild: fc.Arbitrary<[string, string][]> = fc.array(fc.tuple(anyName, anyText), { maxLength: 6 });
/** Nearly what a wallet would send. */
const tame: fc.Arbitrary<[string, string][]> = fc.array(
  fc.tuple(
    fc.constantFrom('account', 'type', 'memo', 'first_name', 'email_address'),
    fc.constantFrom(own, randomAccount(), 'sep31-sender', '7', 'ada@example.com'),
  ),
  { maxLength: 2 },
);
const pairs = fc.oneof(wild, tame);

const path = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      '/customer',
      '/auth',
      `/customer/${own}`,
      '/customer/callback',
      '/customer/verification',
      '/customer/files',
      '/.well-known/stellar.toml',
      '/health',
    ),
  },
  { weight: 1, arbitrary: fc.webPath() },
  { weight: 1, arbitrary: anyText.map((text) => `/customer/${encodeURIComponent(text.toWellFormed())}`) },
  { weight: 1, arbitrary: anyText.map((text) => `/${text}`) },
);
const method = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE') },
  { weight: 1, arbitrary: fc.constantFrom('HEAD', 'OPTIONS', 'PATCH', 'get', 'X', 'QUERY') },
);

const json = pairs.map((fields) => ({
  type: 'application/json',
  bytes: Buffer.from(JSON.stringify(Object.fromEntries(fields))),
}));
const anyJson = fc.json({ maxDepth: 5 }).map((text) => ({ type: 'application/json', bytes: Buffer.from(text) }));
const form = pairs.map((fields) => ({
  type: 'application/x-www-form-urlencoded',
  bytes: Buffer.from(new URLSearchParams(fields).toString()),
}));
const multipart = fc
  .tuple(pairs, fc.constantFrom('', '; filename="a.jpg"', '; filename=', '; name="x"'))
  .map(([fields, more]) => {
    const parts = fields.map(
      ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`,
    );
    return { type: 'multipart/form-data; boundary=b', bytes: Buffer.from(`${parts.join('')}--b--\r\n`) };
  });
const raw = fc
  .tuple(
    fc.constantFrom(
      'application/json',
      'multipart/form-data; boundary=b',
      'application/x-www-form-urlencoded',
      'text/plain',
      ';',
      '',
    ),
    fc.uint8Array({ maxLength: 200 }),
  )
  .map(([type, bytes]) => ({ type, bytes: Buffer.from(bytes) }));

/** Bytes of a good body with some changed, lost or put in between. */
const edits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    lost: fc.nat(4),
    added: fc.uint8Array({ maxLength: 4 }),
  }),
  { maxLength: 3 },
);
const body = fc.tuple(fc.oneof(json, anyJson, form, multipart, raw), edits).map(([{ type, bytes }, changes]) => {
  const edited = changes.reduce((text, { at, lost, added }) => {
    const index = Math.floor(at * text.length);
    return Buffer.concat([text.subarray(0, index), added, text.subarray(index + lost)]);
  }, bytes);
  return { type, bytes: edited };
});

const token = fc.oneof(
  { weight: 12, arbitrary: fc.constant('valid') },
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.string({ maxLength: 80 }).map((text) => `Bearer ${text}`) },
);
const more = fc.dictionary(
  fc.constantFrom('content-length', 'accept-language', 'x-client-name', 'origin', 'content-encoding'),
  fc.string({ maxLength: 20 }),
  { maxKeys: 2 },
);

const request: fc.Arbitrary<Pieces> = fc
  .record({ method, path, query: pairs, sent: fc.option(body), token, more })
  .map(({ sent, token: given, more: extra, ...rest }) => ({
    ...rest,
    headers: {
      ...extra,
      ...(sent && { 'content-type': sent.type }),
      ...(given !== undefined && { authorization: given === 'valid' ? authorization : given }),
    },
    body: sent?.bytes,
  }));

/** Random bodies are rarely too large. */
const tooLarge = (): Pieces => ({
  method: 'PUT',
  path: '/customer',
  query: [],
  headers: { authorization, 'content-type': 'application/json', 'content-length': '999999999' },
  body: new Uint8Array(Buffer.from('{}')),
});

/** Undefined for what no server could hand to a handler. */
function toRequest({ method: verb, path: where, query, headers, body: bytes }: Pieces): Request | undefined {
  const search = query.map(
    ([name, value]) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`,
  );
  const bodyless = ['GET', 'HEAD', 'get'].includes(verb) || bytes === undefined;
  try {
    const url = `${hostUrl}${where}${search.length > 0 ? `?${search.join('&')}` : ''}`;
    return new Request(url, { method: verb, headers, ...(!bodyless && { body: new Uint8Array(bytes) }) });
  } catch {
    return undefined;
  }
}

test('[hostile.handler] no request is answered 5xx, and every refusal is one sentence of JSON that says nothing about our insides', async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(request, async (pieces) => {
      const built = toRequest(pieces);
      fc.pre(built !== undefined);
      const response = await anchor.anchor.fetch(built);
      const { status } = response;
      const text = await response.text();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      assertTight({ status, body: status < 400 ? '' : text });
      if (status < 400 || built.method === 'HEAD') return;
      const reply = JSON.parse(text);
      assert.deepEqual(Object.keys(reply), ['error']);
      assert.equal(typeof reply.error, 'string');
      if (status === 501) assert.match(new URL(built.url).pathname, /^\/+customer\/(callback|verification|files)\/*$/);
    }),
    { numRuns: 5000, examples: [[tooLarge()]] },
  );
  for (const status of [200, 202, 400, 401, 403, 404, 405, 413])
    assert.ok(statuses.has(status), `never ${status}: the requests are too tame`);
});
