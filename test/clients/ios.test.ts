import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bare } from '../http/request-body-fixtures.ts';
import { withdrawer } from '../sep12/support.ts';
import { randomAccount } from '../support/test-anchor.ts';
import {
  accountOf,
  assertCallback,
  assertFiles,
  assertLife,
  assertPhoto,
  assertVerification,
  type FormClient,
  formBody,
  type Values,
} from './form-client.ts';
import { openRecorder, photo, sha256 } from './recorder.ts';
import { openWire } from './wire.ts';

const boundary = '------------------------5F3C0A1B9D27E468';
const common = `Host: $HOST
  Accept: */*
  X-Client-Name: org.soneso.stellarsdk
  X-Client-Version: 3.4.1
  X-App-Name: com.example.wallet
  X-App-Version: 1.0
  Authorization: Bearer $TOKEN
  Accept-Language: en-US,en;q=0.9
  Accept-Encoding: gzip, deflate
  User-Agent: Wallet/1 CFNetwork/1490.0.4 Darwin/23.2.0
  Connection: keep-alive`;

/** A form of nothing is a line break and the end. */
function body(values: Values): Buffer {
  const whole = formBody(boundary, values, bare);
  return Object.keys(values).length === 0 ? Buffer.concat([Buffer.from('\r\n'), whole]) : whole;
}

const ios: FormClient = {
  get: (wire, sub, path, params) => {
    const pairs = Object.entries(params).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return wire.send(sub, `GET ${[path, pairs.join('&')].filter(Boolean).join('?')} HTTP/1.1\n${common}`);
  },
  form: (wire, sub, what, values) =>
    wire.send(
      sub,
      `${what} HTTP/1.1
      ${common}
      Content-Type: multipart/form-data; charset=utf-8; boundary=${boundary}
      Content-Length: $LENGTH`,
      body(values),
    ),
  remove: (wire, sub) => wire.send(sub, `DELETE /customer/${accountOf(sub)} HTTP/1.1\n${common}`),
};

test('[client.ios] a customer lives from a form of nothing to a DELETE of neither body nor type', async () => {
  await assertLife(ios, { birth_date: '1990-01-31T00:00:00Z' });
});

test('[client.ios] [ruling.19] a bare part in a form with a charset is the photograph it was', async () => {
  await assertPhoto(ios);
});

test('[client.ios] [ruling.19] [sep12.put.binary-order] parts come in any order, a photograph before the id and memo that it is for', async () => {
  await using recorder = await openRecorder();
  await using wire = await openWire();
  const image = photo(100_000);
  const account = randomAccount();
  const texts = Object.entries({ ...withdrawer, account, memo: '7', memo_type: 'id' });
  for (let turn = 0; turn <= texts.length; turn += 4) {
    const values: Values = Object.fromEntries([
      ...texts.slice(turn),
      ...(turn % 8 === 0 ? [['photo_id_front', image] as const] : []),
      ...texts.slice(0, turn),
      ...(turn % 8 === 0 ? [] : [['photo_id_front', image] as const]),
    ]);
    assert.equal((await ios.form(recorder, account, 'PUT /customer', values)).status, 202);
    assert.deepEqual(recorder.puts.at(-1)?.files, { photo_id_front: sha256(image) }, `turned by ${turn}`);
    assert.equal(recorder.puts.at(-1)?.request.memo, '7');
    const put = await ios.form(wire, account, 'PUT /customer', values);
    assert.equal(put.status, 202, put.text);
  }
  const got = await ios.get(wire, `${account}:7`, '/customer', { type: 'sep6-withdraw' });
  assert.equal(got.body.status, 'PROCESSING');
});

test('[client.ios] [ruling.23] a token with a memo deletes that user, as the request cannot name one', async () => {
  await using wire = await openWire();
  const sub = `${randomAccount()}:7`;
  await ios.form(wire, sub, 'PUT /customer', { first_name: 'Ada' });
  assert.equal((await ios.remove(wire, sub)).status, 200);
  assert.equal((await ios.get(wire, sub, '/customer', {})).body.id, undefined);
});

test('[client.ios] [sep12.get.memo-type] releases that do not encode the query still find a hash memo with + and / in it', async () => {
  await using wire = await openWire();
  const sub = randomAccount();
  const memo = Buffer.alloc(32, 0xfb).toString('base64');
  assert.match(memo, /\+.*=$/);
  const { id } = (await ios.form(wire, sub, 'PUT /customer', { memo, memo_type: 'hash', first_name: 'Ada' })).body;
  const got = await wire.send(sub, `GET /customer?account=${sub}&memo=${memo}&memo_type=hash HTTP/1.1\n${common}`);
  assert.equal(got.body.id, id);
});

test('[client.ios] codes and callback come as forms', async () => {
  await assertVerification(ios);
  await assertCallback(ios, { memo: '7', memo_type: 'id' });
});

test('[client.ios] [ruling.30] a KYC_SERVER with a slash at its end still works, as the SDK only concatenates', async () => {
  await using wire = await openWire();
  const sub = randomAccount();
  const { id } = (await ios.form(wire, sub, 'PUT //customer', { first_name: 'Ada' })).body;
  assert.equal((await ios.get(wire, sub, '//customer', { id })).body.id, id);
  assert.equal((await wire.send(sub, `DELETE //customer/${sub} HTTP/1.1\n${common}`)).status, 200);
});

test('[client.ios] [sep12.files.413] errors are read where the SDK reads them: 400, 404 and 413', async () => {
  await using wire = await openWire({ bodyLimits: { fileBytes: 10_000 } });
  const sub = randomAccount();
  const wrong = await ios.form(wire, sub, 'PUT /customer', { birth_date: '1990-02-30T00:00:00Z' });
  assert.deepEqual([wrong.status, wrong.body], [400, { error: "'birth_date' is invalid: expected YYYY-MM-DD" }]);
  const missing = await ios.get(wire, sub, '/customer', { id: 'nobody' });
  assert.deepEqual([missing.status, missing.body], [404, { error: 'customer not found' }]);
  const large = await ios.form(wire, sub, 'PUT /customer', { photo_id_front: photo(20_000) });
  assert.equal(large.status, 413);
  assert.match(large.body.error, /^'photo_id_front' is too large: /);
});

test('[client.ios] [sep12.files.post] [sep12.files.get] [sep12.files.reference] a file is posted, listed and referred to by id', async () => {
  await assertFiles(ios);
});
