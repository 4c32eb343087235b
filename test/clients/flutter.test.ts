import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KycError } from '../../src/errors.ts';
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
import { openRecorder } from './recorder.ts';
import { openWire } from './wire.ts';

const boundary = 'dart-http-boundary-+b.Hw_q8-ZL0+5n1s.3Yd_pTgAo-RvXcE7K2mUi49jFxBWk';
const common = `x-client-name: stellar_flutter_sdk
  x-client-version: 3.0.4
  user-agent: Dart/3.5 (dart:io)
  accept-encoding: gzip
  authorization: Bearer $TOKEN
  host: $HOST`;

/** Header names are lower-case, and text that is not ASCII says so. */
function part(name: string, value: string | Buffer): WirePart {
  const disposition = `content-disposition: form-data; name="${name}"`;
  if (typeof value !== 'string') return [['content-type: application/octet-stream', disposition], value];
  const isAscii = Buffer.byteLength(value) === value.length;
  const extra = ['content-type: text/plain; charset=utf-8', 'content-transfer-encoding: binary'];
  return [[disposition, ...(isAscii ? [] : extra)], value];
}

const flutter: FormClient = {
  get: (wire, sub, path, params) => wire.send(sub, `GET ${path}?${new URLSearchParams(params)} HTTP/1.1\n${common}`),
  form: (wire, sub, what, values) =>
    wire.send(
      sub,
      `${what} HTTP/1.1
      ${common}
      content-length: $LENGTH
      content-type: multipart/form-data; boundary=${boundary}`,
      formBody(boundary, values, part),
    ),
  remove: (wire, sub, memo = {}) => flutter.form(wire, sub, `DELETE /customer/${accountOf(sub)}`, memo),
};

test('[client.flutter] a customer lives from a form of nothing to an empty form that deletes it', async () => {
  await assertLife(flutter, { birth_date: '1990-01-31' });
});

test('[client.flutter] [sep12.content.multipart] an octet-stream without a filename is the photograph it was', async () => {
  await assertPhoto(flutter);
});

test('[client.flutter] [ruling.3] [ruling.23] users of a shared account are named, and deleted, by memo and memo_type', async () => {
  await assertSharedAccount(flutter);
});

test('[client.flutter] codes and callback come as forms', async () => {
  await assertVerification(flutter);
  await assertCallback(flutter, { memo: '7', memo_type: 'id' });
});

test('[client.flutter] [ruling.30] a KYC_SERVER with a slash at its end still works, as the SDK only concatenates', async () => {
  await using wire = await openWire();
  const sub = randomAccount();
  const { id } = (await flutter.form(wire, sub, 'PUT //customer', { first_name: 'Ada' })).body;
  assert.equal((await flutter.get(wire, sub, '//customer', { account: sub })).body.id, id);
  assert.equal((await flutter.form(wire, sub, `DELETE //customer/${sub}`, {})).status, 200);
});

test('[client.flutter] fields decode into strings, booleans and lists of strings', async () => {
  await using wire = await openWire();
  const { fields } = (await flutter.get(wire, randomAccount(), '/customer', { type: 'sep6-withdraw' })).body;
  assert.deepEqual(fields.id_type.choices, ['Passport', 'ID card', "Driver's license"]);
  assert.equal(fields.birth_date.optional, true);
  assert.equal(fields.first_name.choices, undefined);
});

test('[client.flutter] [ruling.28] Retry-After is read with int.parse', async () => {
  const put = (): Promise<string> =>
    Promise.reject(new KycError('unavailable', 'try again later', { retryAfterSeconds: 1.25 }));
  await using recorder = await openRecorder({ put });
  const answer = await flutter.form(recorder, randomAccount(), 'PUT /customer', { first_name: 'Ada' });
  assert.deepEqual([answer.status, answer.body], [503, { error: 'try again later' }]);
  assert.equal(answer.headers.get('retry-after'), '2');
});

test('[client.flutter] [sep12.files.post] [sep12.files.get] [sep12.files.reference] a file is posted, listed and referred to by id', async () => {
  await assertFiles(flutter);
});
