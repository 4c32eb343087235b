import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WirePart } from '../http/request-body-fixtures.ts';
import { randomAccount } from '../support/test-anchor.ts';
import {
  accountOf,
  assertCallback,
  assertFiles,
  assertLife,
  assertPhoto,
  assertSharedAccount,
  assertVerification,
  type FormClient,
  formBody,
} from './form-client.ts';
import { photo } from './recorder.ts';
import { openWire } from './wire.ts';

const boundary = '-7b2d4c1f6a3e5a9-4f0c21d7586b3e11-2a9c-1d3f5b7e60a84c92d1e5-3b7f0a2c';
const common = `Authorization: Bearer $TOKEN
  Accept: application/json
  Accept-Charset: UTF-8
  User-Agent: ktor-client`;
const connection = `Host: $HOST
  Connection: Keep-Alive
  Accept-Encoding: gzip`;

/** Ktor quotes a name only where it must, and joins two dispositions into one. */
function part(name: string, value: string | Buffer): WirePart {
  const length = `Content-Length: ${Buffer.byteLength(value)}`;
  if (typeof value === 'string') return [[`Content-Disposition: form-data; name=${name}`, length], value];
  const disposition = `Content-Disposition: form-data; name=${name}; filename="${name}"`;
  return [[disposition, 'Content-Type: application/octet-stream', length], value];
}

function withQuery(path: string, params: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(params).toString();
  return query === '' ? path : `${path}?${query}`;
}

const kmp: FormClient = {
  get: (wire, sub, path, params) => wire.send(sub, `GET ${withQuery(path, params)} HTTP/1.1\n${common}\n${connection}`),
  form: (wire, sub, what, values) =>
    wire.send(
      sub,
      `${what} HTTP/1.1
      ${common}
      Content-Type: multipart/form-data; boundary=${boundary}
      Content-Length: $LENGTH
      ${connection}`,
      formBody(boundary, values, part),
    ),
  remove: (wire, sub, memo = {}) =>
    wire.send(sub, `DELETE ${withQuery(`/customer/${accountOf(sub)}`, memo)} HTTP/1.1\n${common}\n${connection}`),
};

/** How the SDK finds the field that a 400 is about; the first pattern that fits wins. */
function fieldOf(message: string): string | undefined {
  const patterns = [/field[:\s]+['"]?([a-z_]+)['"]?/i, /['"]?([a-z_]+)['"]?[:\s]+is\s+invalid/i];
  return patterns.map((pattern) => pattern.exec(message)?.[1]).find((found) => found !== undefined);
}

test('[client.kmp] a customer lives from a form of nothing to a DELETE without a body', async () => {
  await assertLife(kmp, { birth_date: '1990-01-31' });
});

test('[client.kmp] [sep12.content.multipart] names without quotes, and a photograph with a filename, arrive intact', async () => {
  await assertPhoto(kmp);
});

test('[client.kmp] [ruling.3] [ruling.23] users of a shared account are deleted by memo and memo_type in the query', async () => {
  await assertSharedAccount(kmp);
});

test('[client.kmp] codes and callback come as forms, the callback without memo_type', async () => {
  await assertVerification(kmp);
  await assertCallback(kmp, { memo: '7' });
});

test('[client.kmp] [ruling.28] the SDK finds in a message the field that is wrong', async () => {
  await using wire = await openWire();
  const wrong = {
    birth_date: 'yesterday',
    email_address: 'nobody',
    mobile_number: '1',
    address_country_code: 'Utopia',
    photo_id_front: 'a text',
  };
  for (const [name, value] of Object.entries(wrong)) {
    const put = await kmp.form(wire, randomAccount(), 'PUT /customer', { type: 'sep6-deposit', [name]: value });
    assert.equal(put.status, 400, name);
    assert.equal(fieldOf(put.body.error), name, put.body.error);
  }
  const bytes = await kmp.form(wire, randomAccount(), 'PUT /customer', { photo_id_front: Buffer.from('no photo') });
  assert.equal(fieldOf(bytes.body.error), 'photo_id_front', bytes.body.error);
  const type = await kmp.get(wire, randomAccount(), '/customer', { type: 'nope' });
  assert.equal(fieldOf(type.body.error), 'type', type.body.error);
  const memo = await kmp.get(wire, randomAccount(), '/customer', { memo: 'x' });
  assert.equal(fieldOf(memo.body.error), 'memo', memo.body.error);
});

test('[client.kmp] 401, 404 and 413 are the classes the SDK makes of them, and 413 says the limit', async () => {
  await using wire = await openWire({ bodyLimits: { fileBytes: 2 * 1024 * 1024 } });
  const sub = randomAccount();
  const stranger = await wire.send(undefined, `GET /customer HTTP/1.1\nAuthorization: Bearer x\n${connection}`);
  assert.deepEqual([stranger.status, stranger.headers.get('www-authenticate')], [401, 'Bearer']);
  assert.equal((await kmp.get(wire, sub, '/customer', { id: 'nobody' })).status, 404);
  const large = await kmp.form(wire, sub, 'PUT /customer', { photo_id_front: photo() });
  assert.equal(large.status, 413);
  assert.equal(/(\d+)\s*MB/i.exec(large.body.error)?.[1], '2', large.body.error);
});

test('[client.kmp] [sep12.files.post] [sep12.files.get] [sep12.files.reference] a file is posted, listed and referred to by id', async () => {
  await assertFiles(kmp);
});
