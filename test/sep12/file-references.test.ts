import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jpegBytes, openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { fileIds, mp4Bytes, pdfBytes, upload } from './file-support.ts';
import {
  barePart,
  blobsOf,
  multipart,
  person,
  programOf,
  putForm,
  reply,
  rowsIn,
  versionOf,
  withdrawer,
} from './support.ts';

const noFile = (field: string): object => ({ error: `'${field}_file_id' is invalid: there is no such file` });

function put(anchor: TestAnchor, sub: string, body: Readonly<Record<string, unknown>>): ReturnType<TestAnchor['json']> {
  return anchor.json(sub, 'PUT', '/customer', body);
}

test('[sep12.files.reference] a field filled by a file_id in JSON counts like the file itself', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const fileId = await upload(anchor, sub);
  const done = await put(anchor, sub, { ...withdrawer, photo_id_front_file_id: fileId });
  assert.deepEqual([done.status, Object.keys(done.body)], [202, ['id']]);
  const got = await anchor.json(sub, 'GET', '/customer?type=sep6-withdraw');
  assert.equal(got.body.status, 'PROCESSING');
  assert.equal(got.body.provided_fields.photo_id_front.type, 'binary');
  const { files } = (await anchor.json(sub, 'GET', `/customer/files?file_id=${fileId}`)).body;
  assert.deepEqual(files, [{ file_id: fileId, content_type: 'image/jpeg', size: 86, customer_id: done.body.id }]);
  assert.deepEqual([rowsIn(anchor, 'uploads'), rowsIn(anchor, 'files'), (await blobsOf(anchor)).length], [0, 1, 1]);
});

test('[sep12.files.reference] nested, dotted and prefixed names take a file_id, in JSON, form and multipart', async () => {
  const field = 'organization.photo_proof_address';
  await using anchor = await openTestAnchor({ program: programOf({ [field]: {}, photo_id_front: {} }) });
  for (const init of [
    (id: string): RequestInit => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ organization: { photo_proof_address_file_id: id } }),
    }),
    (id: string): RequestInit => ({
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `${field}_file_id=${id}`,
    }),
    (id: string): RequestInit => multipart([barePart('photo_id_front', jpegBytes()), barePart(`${field}_file_id`, id)]),
  ]) {
    const sub = randomAccount();
    const done = await reply(await anchor.call(sub, 'PUT', '/customer', init(await upload(anchor, sub))));
    assert.equal(done.status, 202, done.body.error);
    assert.ok(field in (await anchor.json(sub, 'GET', '/customer')).body.provided_fields);
  }
});

test('[sep12.files.reference] [sep12.put.idempotent] the same file_id again for the same field changes nothing', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const body = { ...person, photo_id_front_file_id: await upload(anchor, sub) };
  const { id } = (await put(anchor, sub, body)).body;
  const again = await Promise.all(Array.from({ length: 10 }, () => put(anchor, sub, body)));
  for (const done of again) assert.deepEqual([done.status, done.body], [202, { id }]);
  assert.equal(versionOf(anchor, id), 1);
});

test('[ruling.24] a file fills one field of one customer: for another field or customer its id is unknown', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const used = await upload(anchor, sub);
  await put(anchor, sub, { photo_id_front_file_id: used });
  const other = await put(anchor, sub, { photo_id_back_file_id: used });
  assert.deepEqual([other.status, other.body], [400, noFile('photo_id_back')]);
  const customer = await put(anchor, sub, { memo: '7', photo_id_front_file_id: used });
  assert.deepEqual([customer.status, customer.body], [400, noFile('photo_id_front')]);
  const fresh = await upload(anchor, sub);
  const twice = await put(anchor, sub, { photo_id_front_file_id: fresh, photo_id_back_file_id: fresh });
  assert.deepEqual(
    [twice.status, twice.body],
    [400, { error: "'photo_id_back_file_id' is invalid: a file fills one field" }],
  );
  assert.equal(rowsIn(anchor, 'customers'), 1, 'nobody was registered by the refused ones');
});

test("[ruling.24] a sending anchor's file may be referred to for any of its users", async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  for (const memo of ['7', '8']) {
    const fileId = await upload(anchor, account);
    const done = await put(anchor, account, { memo, ...person, photo_id_front_file_id: fileId });
    assert.equal(done.status, 202);
    assert.deepEqual(await fileIds(anchor, `${account}:${memo}`, { customer_id: done.body.id }), [fileId]);
  }
});

test('[ruling.24] of fifty PUTs at once that give one file to two customers, one customer has it', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const fileId = await upload(anchor, account);
  const puts = await Promise.all(
    Array.from({ length: 50 }, (_, n) => put(anchor, account, { memo: String(n % 2), photo_id_front_file_id: fileId })),
  );
  const byCustomer = [0, 1].map((memo) => new Set(puts.filter((_, n) => n % 2 === memo).map(({ status }) => status)));
  assert.deepEqual(new Set(byCustomer.flatMap((statuses) => [...statuses])), new Set([202, 400]));
  assert.ok(
    byCustomer.every((statuses) => statuses.size === 1),
    'all PUTs of one customer fare alike',
  );
  assert.deepEqual(
    [rowsIn(anchor, 'customers'), rowsIn(anchor, 'files'), rowsIn(anchor, 'uploads'), (await blobsOf(anchor)).length],
    [1, 1, 0, 1],
  );
});

test('[sep12.files.reference] a PUT that is refused takes no file', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const fileId = await upload(anchor, sub);
  for (const wrong of [
    { email_address: 'nobody' },
    { type: 'nope' },
    { photo_id_back_file_id: 'file_abc' },
    { id: 'nobody' },
  ]) {
    const refused = await put(anchor, sub, { photo_id_front_file_id: fileId, ...wrong });
    assert.ok(refused.status === 400 || refused.status === 404, JSON.stringify(wrong));
  }
  assert.equal(rowsIn(anchor, 'uploads'), 1);
  assert.equal((await put(anchor, sub, { photo_id_front_file_id: fileId })).status, 202);
});

test('[sep12.files.reference] the field decides again which types it takes', async () => {
  await using anchor = await openTestAnchor({
    program: programOf({ photo_id_front: {}, proof_of_liveness: {}, first_name: { optional: true } }),
  });
  const sub = randomAccount();
  const video = await upload(anchor, sub, mp4Bytes);
  const refused = await put(anchor, sub, { photo_id_front_file_id: video });
  assert.deepEqual(
    [refused.status, refused.body],
    [400, { error: "'photo_id_front_file_id' is invalid: must be a jpg, png, heic, webp or pdf file" }],
  );
  assert.equal((await put(anchor, sub, { proof_of_liveness_file_id: video })).status, 202);
  assert.equal((await put(anchor, sub, { photo_id_front_file_id: await upload(anchor, sub, pdfBytes) })).status, 202);
  const text = await put(anchor, sub, { first_name_file_id: await upload(anchor, sub) });
  assert.deepEqual(
    [text.status, text.body],
    [400, { error: "'first_name_file_id' is invalid: expected string, not a file" }],
  );
});

test('[sep12.files.reference] a field given by id and by file, or by id and as text, is 400', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const texts = { photo_id_front_file_id: await upload(anchor, sub) };
  const both = await putForm(anchor, sub, texts, { photo_id_front: jpegBytes() });
  assert.deepEqual(
    [both.status, both.body],
    [400, { error: "'photo_id_front_file_id' is invalid: given both as a file and as the id of one" }],
  );
  const text = await put(anchor, sub, { ...texts, photo_id_front: 'x' });
  assert.deepEqual(
    [text.status, text.body],
    [400, { error: "'photo_id_front_file_id' is invalid: given both as text and as a file" }],
  );
  assert.deepEqual([rowsIn(anchor, 'uploads'), (await blobsOf(anchor)).length], [1, 1]);
});

test('[sep12.files.reference] a file by id takes the place of the one that was there, and the other way round', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const { id } = (await putForm(anchor, sub, withdrawer, { photo_id_front: jpegBytes() })).body;
  const first = await upload(anchor, sub);
  await put(anchor, sub, { photo_id_front_file_id: first });
  assert.deepEqual(await fileIds(anchor, sub, { customer_id: id }), [first]);
  assert.equal((await blobsOf(anchor)).length, 1);
  await putForm(anchor, sub, {}, { photo_id_front: jpegBytes() });
  assert.deepEqual(await fileIds(anchor, sub, { file_id: first }), []);
  assert.deepEqual((await put(anchor, sub, { photo_id_front_file_id: first })).body, noFile('photo_id_front'));
  assert.equal((await blobsOf(anchor)).length, 1);
});
