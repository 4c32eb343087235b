import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { jpegBytes, openTestAnchor, randomAccount } from '../support/test-anchor.ts';
import { barePart, blobsOf, multipart, person, programOf, putForm, reply, rowsIn, versionOf } from './support.ts';

const json = 'application/json';
const form = 'application/x-www-form-urlencoded';

test('[ruling.15] [sep12.put.success] a PUT that creates and one that updates both answer 202 with nothing but the id', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const created = await anchor.json(sub, 'PUT', '/customer', { first_name: 'Ada' });
  const updated = await anchor.json(sub, 'PUT', '/customer', { first_name: 'Grace' });
  assert.deepEqual([created.status, updated.status], [202, 202]);
  assert.deepEqual(created.body, { id: created.body.id });
  assert.deepEqual(updated.body, created.body);
  assert.match(created.body.id, /^[0-9a-f-]{36}$/);
  assert.equal(versionOf(anchor, created.body.id), 2, 'the second changed the customer');
});

test('[sep12.put.id-alone] [sep12.put.same-id] with an id no other parameter is needed, and the same id comes back', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const { id } = (await anchor.json(account, 'PUT', '/customer', { memo: '7', first_name: 'Ada' })).body;
  const put = await anchor.json(account, 'PUT', '/customer', { id, last_name: 'Lovelace' });
  assert.deepEqual([put.status, put.body], [202, { id }]);
  assert.equal(rowsIn(anchor, 'customers'), 1, 'nobody else was registered');
  const got = await anchor.json(account, 'GET', `/customer?id=${id}`);
  assert.deepEqual(Object.keys(got.body.provided_fields), ['first_name', 'last_name']);
});

test('[sep12.put.404] an id that does not exist is 404 and registers nobody', async () => {
  await using anchor = await openTestAnchor();
  const put = await anchor.json(randomAccount(), 'PUT', '/customer', { id: randomUUID(), ...person });
  assert.deepEqual([put.status, put.body], [404, { error: 'customer not found' }]);
  assert.equal(rowsIn(anchor, 'customers'), 0);
});

test('[ruling.15] [sep12.put.idempotent] the same PUT ten times over changes nothing after the first', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const photo = jpegBytes();
  const ids = new Set<string>();
  for (let n = 0; n < 10; n++) ids.add((await putForm(anchor, sub, person, { photo_id_front: photo })).body.id);
  const [id = ''] = ids;
  assert.equal(ids.size, 1);
  assert.equal(versionOf(anchor, id), 1);
  assert.equal((await blobsOf(anchor)).length, 1, 'one photo is kept, the other nine are gone');
  assert.equal(rowsIn(anchor, 'files'), 1);
});

test('[ruling.15] [ruling.16] [sep12.put.idempotent] ten equal PUTs at once end in one customer, one version and one file', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const photo = jpegBytes();
  const puts = await Promise.all(
    Array.from({ length: 10 }, () => putForm(anchor, sub, person, { photo_id_front: photo })),
  );
  const ids = new Set(puts.map((put) => put.body.id));
  const [id = ''] = ids;
  assert.deepEqual(new Set(puts.map((put) => put.status)), new Set([202]));
  assert.equal(ids.size, 1);
  assert.equal(versionOf(anchor, id), 1);
  assert.deepEqual([rowsIn(anchor, 'customers'), rowsIn(anchor, 'identities'), rowsIn(anchor, 'files')], [1, 1, 1]);
  assert.equal((await blobsOf(anchor)).length, 1);
});

test('[ruling.15] [sep12.put.idempotent] the same values written differently are the same values', async () => {
  const fields = { first_name: {}, birth_date: {}, mobile_number: {}, address_country_code: {}, email_address: {} };
  await using anchor = await openTestAnchor({ program: programOf(fields) });
  const sub = randomAccount();
  const first = { first_name: 'Zoë', birth_date: '1990-01-31', mobile_number: '+14155550100' };
  const { id } = (await anchor.json(sub, 'PUT', '/customer', { ...first, address_country_code: 'USA' })).body;
  await anchor.json(sub, 'PUT', '/customer', {
    given_name: ' Zoe\u0308 ',
    birth_date: '1990-01-31T00:00:00+00:00',
    mobile_number: '+1 (415) 555-0100',
    address_country_code: 'usa',
  });
  assert.equal(versionOf(anchor, id), 1);
});

test('[ruling.16] a PUT without any field registers the customer, whatever its body is called', async () => {
  await using anchor = await openTestAnchor();
  const bodies: readonly RequestInit[] = [
    {},
    { headers: { 'content-type': json } },
    { headers: { 'content-type': json }, body: '{}' },
    { headers: { 'content-type': json }, body: ' ' },
    { headers: { 'content-type': form } },
    { headers: { 'content-type': 'multipart/form-data; boundary=b' } },
    multipart([]),
    { body: new FormData() },
  ];
  for (const [index, init] of bodies.entries()) {
    const sub = randomAccount();
    const put = await reply(await anchor.call(sub, 'PUT', '/customer', init));
    assert.equal(put.status, 202, `body ${index}: ${put.body.error}`);
    const got = await anchor.json(sub, 'GET', '/customer');
    assert.equal(got.body.id, put.body.id, `body ${index}`);
    assert.equal(got.body.status, 'NEEDS_INFO');
  }
});

test('[ruling.16] concurrent first PUTs with different fields end in one customer that has them all', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const puts = await Promise.all(
    Object.entries(person).map(([name, value]) => anchor.json(sub, 'PUT', '/customer', { [name]: value })),
  );
  assert.equal(new Set(puts.map((put) => put.body.id)).size, 1);
  assert.equal((await anchor.json(sub, 'GET', '/customer')).body.status, 'ACCEPTED');
});

test('[sep12.content.json] [sep12.content.form] [sep12.content.multipart] the three content types say the same', async () => {
  await using anchor = await openTestAnchor();
  const texts = { ...person, first_name: 'Zoë & Co = +1', address: 'Line 1\nLine 2' };
  const sub = randomAccount();
  const { id } = (await anchor.json(sub, 'PUT', '/customer', texts)).body;
  const bodies: readonly RequestInit[] = [
    { headers: { 'content-type': form }, body: new URLSearchParams(texts).toString() },
    { headers: { 'content-type': `${form}; charset=UTF-8` }, body: new URLSearchParams(texts).toString() },
    { headers: { 'content-type': 'Application/JSON;charset=utf-8' }, body: JSON.stringify(texts) },
    multipart(Object.entries(texts).map(([name, text]) => barePart(name, text))),
  ];
  for (const init of bodies) {
    const put = await reply(await anchor.call(sub, 'PUT', '/customer', init));
    assert.deepEqual([put.status, put.body], [202, { id }]);
    assert.equal(versionOf(anchor, id), 1, 'nothing differs from what came as JSON');
  }
});

test('[sep12.put.error] [sep12.get.400] a PUT with one bad field stores none of its fields', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const refused = await putForm(anchor, sub, { ...person, birth_date: '2020-02-30' }, { photo_id_front: jpegBytes() });
  assert.deepEqual([refused.status, refused.body], [400, { error: "'birth_date' is invalid: expected YYYY-MM-DD" }]);
  assert.equal(rowsIn(anchor, 'customers'), 0, 'a stranger stays a stranger');
  assert.deepEqual(await blobsOf(anchor), [], 'and the photo is gone');
  const { id } = (await anchor.json(sub, 'PUT', '/customer', person)).body;
  assert.equal((await anchor.json(sub, 'PUT', '/customer', { first_name: 'Eve', email_address: 'x' })).status, 400);
  assert.equal(versionOf(anchor, id), 1, 'a customer keeps what it had');
});

test('[kyc.sealed] values that are stored are nowhere in the data directory as they were sent', async () => {
  await using anchor = await openTestAnchor();
  const marker = 'Xyzzyplugh';
  const photo = Buffer.concat([jpegBytes(), Buffer.from(marker.repeat(100))]);
  await putForm(anchor, randomAccount(), { ...person, first_name: marker }, { photo_id_front: photo });
  const paths = [...(await blobsOf(anchor)), `${anchor.dataDir}/anchor-kyc.db`, `${anchor.dataDir}/anchor-kyc.db-wal`];
  for (const path of paths) assert.equal((await readFile(path)).includes(marker), false, path);
});
