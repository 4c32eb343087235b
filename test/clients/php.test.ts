import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomAccount } from '../support/test-anchor.ts';
import {
  accountOf,
  assertCallback,
  assertFiles,
  assertLife,
  assertPhoto,
  assertSharedAccount,
  assertVerification,
  bareWithLength,
  type FormClient,
  formBody,
} from './form-client.ts';
import { openRecorder } from './recorder.ts';
import { openWire } from './wire.ts';

const boundary = '8f0bb54ef5f5d1e47e1a4a8c2fb4b28c1e2d7a33';
const common = `Host: $HOST
  User-Agent: GuzzleHttp/7
  X-Client-Name: stellar_php_sdk
  X-Client-Version: 1.9.3
  Authorization: Bearer $TOKEN`;

const php: FormClient = {
  get: (wire, sub, path, params) => wire.send(sub, `GET ${path}?${new URLSearchParams(params)} HTTP/1.1\n${common}`),
  form: (wire, sub, what, values) =>
    wire.send(
      sub,
      `${what} HTTP/1.1
      Content-Length: $LENGTH
      ${common}
      Content-Type: multipart/form-data; boundary=${boundary}`,
      formBody(boundary, values, bareWithLength),
    ),
  remove: (wire, sub, memo = {}) => php.form(wire, sub, `DELETE /customer/${accountOf(sub)}`, memo),
};

/** As DateTimeInterface::ATOM formats a date. */
const dates = { birth_date: '1990-01-31', id_issue_date: '2020-02-29T00:00:00+00:00' };

test('[client.php] a customer lives from a form of nothing to an empty form that deletes it', async () => {
  await assertLife(php, dates);
});

test('[client.php] [ruling.19] a bare part, without filename and type, is the photograph it was', async () => {
  await assertPhoto(php);
});

test('[client.php] [ruling.18] a datetime in ATOM is taken for its date, as it is written', async () => {
  const program = {
    types: { basic: { decision: 'automatic' as const, fields: { id_issue_date: {}, id_expiration_date: {} } } },
  };
  await using wire = await openWire({ program });
  const sub = randomAccount();
  const values = { id_issue_date: '2020-02-29T00:00:00+00:00', id_expiration_date: '2030-02-28T23:59:59-11:00' };
  const put = await php.form(wire, sub, 'PUT /customer', values);
  assert.equal(put.status, 202, put.text);
  assert.equal((await php.get(wire, sub, '/customer', {})).body.status, 'ACCEPTED');
  const impossible = await php.form(wire, sub, 'PUT /customer', { id_issue_date: '2021-02-29T00:00:00+00:00' });
  assert.deepEqual(
    [impossible.status, impossible.body],
    [400, { error: "'id_issue_date' is invalid: expected YYYY-MM-DD" }],
  );
});

test('[client.php] [ruling.3] [ruling.23] users of a shared account are named, and deleted, by memo and memo_type', async () => {
  await assertSharedAccount(php);
});

test('[client.php] codes and callback come as forms', async () => {
  await assertVerification(php);
  await assertCallback(php, { memo: '7', memo_type: 'id' });
});

test('[client.php] a GET without parameters ends in a question mark', async () => {
  await using wire = await openWire();
  const got = await php.get(wire, randomAccount(), '/customer', {});
  assert.deepEqual([got.status, got.body.status], [200, 'NEEDS_INFO']);
});

test('[client.php] files of the anchor itself, and of organizations, come bare too', async () => {
  await using recorder = await openRecorder({ binaryFields: ['selfie'] });
  const files = {
    selfie: Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
    'organization.photo_proof_address': Buffer.from('%PDF-1.7'),
  };
  const put = await php.form(recorder, randomAccount(), 'PUT /customer', files);
  assert.equal(put.status, 202, put.text);
  assert.deepEqual(Object.keys(recorder.puts[0]?.files ?? {}), Object.keys(files));
});

test('[client.php] [sep12.files.post] [sep12.files.get] [sep12.files.reference] a file is posted, listed and referred to by id', async () => {
  await assertFiles(php);
});
