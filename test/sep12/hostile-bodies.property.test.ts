import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { en } from '../../src/messages/catalogues/en.ts';
import { fieldTypes, sep9Fields } from '../../src/sep9/catalogue.ts';
import { jpegBytes, openTestAnchor, randomAccount } from '../support/test-anchor.ts';
import { barePart, blobsOf, multipart, programOf, reply, rowsIn } from './support.ts';

/** A program that asks, optionally, for every field of SEP-9 that may be asked for. */
const everything = Object.fromEntries(
  [...sep9Fields.keys()].filter((name) => name !== 'card.cvc').map((name) => [name, { optional: true }]),
);
const anchor = await openTestAnchor({ program: programOf(everything) });
const rejecting = await openTestAnchor({ program: programOf(everything, { unknownFields: 'reject' }) });
after(() => Promise.all([anchor[Symbol.asyncDispose](), rejecting[Symbol.asyncDispose]()]));

const sub = randomAccount();
const known = [...sep9Fields.keys(), 'first_name', 'last_name', 'organization', 'card'];
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...known, 'memo', 'memo_type', 'type', 'lang') },
  fc.constantFrom(...known).map((field) => `${field}_verification`),
  fc.constantFrom(...known).map((field) => `${field}_file_id`),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    '',
    ' ',
    "'",
    '\u0000',
    '\ud800',
    '_verification',
    '_file_id',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const nearMiss = fc.constantFrom(
  '1990-02-30',
  '1990-01-31',
  '+2125550',
  'ada@',
  'ada@example.com',
  '4242424242424241',
  'USAA',
  '29-13',
  '2512x',
  'file:///etc/passwd',
  '10.0.0.256',
  '0'.repeat(22),
  '{{7*7}}',
  "'; drop table customers; --",
  '<script>',
  '\u202Etxet',
  'x\ud800yz',
  'md5',
);
const text = fc.oneof(
  nearMiss,
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ minLength: 190, maxLength: 300 }),
);

/** What an error is made of: a value that happens to be in it ("ring" is in "string") would be found without having been repeated. */
const ownWords = [...Object.values(en), ...known, ...fieldTypes, '_verification', '_file_id'].join('\n');

/** Names that decide who is asked about are left to the authorization tests. */
const isOfSomebody = (key: string): boolean => ['id', 'account', 'transaction_id'].includes(key);

/** Checks what any PUT of one plain account, or of a user its memo names, may be answered. */
async function check(init: RequestInit, sent: readonly (readonly [name: string, value: unknown])[]): Promise<void> {
  for (const server of [anchor, rejecting]) {
    const { status, body } = await reply(await server.call(sub, 'PUT', '/customer', init));
    assert.ok([202, 400, 413].includes(status), `${status}: ${JSON.stringify(body)}`);
    if (status === 202) assert.deepEqual(Object.keys(body), ['id']);
    else assertTellsNothing(body, sent);
  }
}

function assertTellsNothing(
  body: Readonly<Record<string, unknown>>,
  sent: readonly (readonly [name: string, value: unknown])[],
): void {
  assert.deepEqual(Object.keys(body), ['error']);
  const error = String(body['error']);
  const values = sent.map(([, value]) => String(value)).filter((value) => value.length > 3);
  for (const value of values.filter((one) => !ownWords.includes(one))) {
    assert.equal(error.includes(value), false, `the error repeats a value: ${error}`);
  }
}

/** The values at the leaves of a JSON value, each with the name it stands under. */
function leavesOf(value: unknown, name = ''): (readonly [name: string, value: unknown])[] {
  if (value === null) return [];
  if (typeof value !== 'object') return [[name, value]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, key));
}

test('[hostile.json] any JSON object is 202, 400 or 413, and no error repeats a value', async () => {
  const value = fc.oneof(
    { weight: 4, arbitrary: text },
    fc.oneof(fc.double(), fc.maxSafeInteger()).filter((number) => String(number).length > 6),
    fc.constant(null),
    fc
      .jsonValue({ stringUnit: 'binary', maxDepth: 3 })
      .filter((json) => leavesOf(json).every(([, leaf]) => typeof leaf === 'string')),
  );
  const body = fc.dictionary(name, value, { maxKeys: 6 }).filter((object) => !Object.keys(object).some(isOfSomebody));
  await fc.assert(
    fc.asyncProperty(body, async (object) => {
      const headers = { 'content-type': 'application/json' };
      await check({ headers, body: JSON.stringify(object) }, leavesOf(object));
    }),
    { numRuns: 300 },
  );
});

test('[hostile.json] any bytes called JSON, a form or multipart are 202, 400 or 413', async () => {
  const types = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=b'];
  const starts = [
    '',
    '{"first_name":',
    '{"',
    'first_name=',
    '--b\r\nContent-Disposition: form-data; name="first_name"\r\n\r\n',
  ];
  const bytes = fc.tuple(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 60 }));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...types), bytes, async (type, [start, end]) => {
      await check({ headers: { 'content-type': type }, body: Buffer.concat([Buffer.from(start), end]) }, []);
    }),
    { numRuns: 300 },
  );
});

test('[hostile.form] any form is 202, 400 or 413, and no error repeats a value', async () => {
  const pairs = fc
    .array(fc.tuple(name, text), { maxLength: 6 })
    .filter((all) => !all.some(([key]) => isOfSomebody(key)));
  await fc.assert(
    fc.asyncProperty(pairs, async (all) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      await check({ headers, body: new URLSearchParams(all).toString() }, all);
    }),
    { numRuns: 300 },
  );
});

test('[hostile.multipart] any multipart form is 202, 400 or 413, no error repeats a value, and no refused file stays', async () => {
  const content = fc.oneof(
    text.map((value) => Buffer.from(value)),
    fc.constant(jpegBytes()),
    fc.uint8Array({ maxLength: 64 }),
  );
  const parts = fc.array(
    fc.tuple(
      name.filter((key) => !/["\r\n]/.test(key) && !isOfSomebody(key)),
      content,
    ),
    { maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(parts, async (all) => {
      const sent = all.map(([key, bytes]) => [key, Buffer.from(bytes).toString()] as const);
      await check(multipart(all.map(([key, bytes]) => barePart(key, bytes))), sent);
    }),
    { numRuns: 200 },
  );
  for (const server of [anchor, rejecting]) {
    assert.equal(
      (await blobsOf(server)).length,
      rowsIn(server, 'files'),
      'every file on disk is one a customer refers to',
    );
  }
});
