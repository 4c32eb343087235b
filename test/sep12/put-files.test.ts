import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jpegBytes, openTestAnchor, randomAccount } from '../support/test-anchor.ts';
import {
  barePart,
  blobsOf,
  multipart,
  person,
  programOf,
  putForm,
  type RawPart,
  reply,
  rowsIn,
  versionOf,
  withdrawer,
} from './support.ts';

const photoField = 'photo_id_front';
const texts: readonly RawPart[] = Object.entries(withdrawer).map(([name, text]) => barePart(name, text));

function photoPart(extra: string, contentType?: string): RawPart {
  const disposition = `Content-Disposition: form-data; name="${photoField}"${extra}`;
  return { headers: [disposition, ...(contentType ? [`Content-Type: ${contentType}`] : [])], content: jpegBytes() };
}

test('[ruling.19] [sep12.content.multipart] a file is told by its name, with or without a filename and a content type', async () => {
  await using anchor = await openTestAnchor();
  const parts: Readonly<Record<string, RawPart>> = {
    'bare, as PHP and iOS send it': photoPart(''),
    'octet-stream, as Flutter and TypeScript send it': photoPart('', 'application/octet-stream'),
    'with filename, as Kotlin and browsers send it': photoPart('; filename="a.jpg"', 'image/jpeg'),
    'with a wrong content type': photoPart('; filename="a.txt"', 'text/plain; charset=utf-8'),
  };
  for (const [title, part] of Object.entries(parts)) {
    const sub = randomAccount();
    const put = await reply(await anchor.call(sub, 'PUT', '/customer', multipart([...texts, part])));
    assert.equal(put.status, 202, `${title}: ${put.body.error}`);
    const got = await anchor.json(sub, 'GET', '/customer?type=sep6-withdraw');
    assert.equal(got.body.status, 'PROCESSING', title);
  }
});

test('[ruling.19] [sep12.put.binary-order] files come after all fields, before all, or between, also before the memo that says whose they are', async () => {
  await using anchor = await openTestAnchor();
  const orders = [
    [...texts, photoPart('')],
    [photoPart(''), ...texts],
    [...texts.slice(0, 3), photoPart(''), ...texts.slice(3)],
  ];
  for (const [index, parts] of orders.entries()) {
    const account = randomAccount();
    const body = multipart([...parts, barePart('memo', '7')]);
    const put = await reply(await anchor.call(account, 'PUT', '/customer', body));
    assert.equal(put.status, 202, `order ${index}: ${put.body.error}`);
    const got = await anchor.json(`${account}:7`, 'GET', '/customer?type=sep6-withdraw');
    assert.deepEqual([got.body.id, got.body.status], [put.body.id, 'PROCESSING'], `order ${index}`);
  }
});

test('[ruling.19] a binary field that arrives as text is 400 in every content type, and never stored', async () => {
  await using anchor = await openTestAnchor();
  const value = '[object File]';
  const bodies: readonly RequestInit[] = [
    { body: JSON.stringify({ [photoField]: value }), headers: { 'content-type': 'application/json' } },
    {
      body: new URLSearchParams({ [photoField]: value }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    multipart([barePart(photoField, value)]),
    multipart([barePart(photoField, Buffer.from(jpegBytes()).toString('base64'))]),
  ];
  for (const init of bodies) {
    const put = await reply(await anchor.call(randomAccount(), 'PUT', '/customer', init));
    assert.equal(put.status, 400);
    assert.ok(put.body.error.startsWith(`'${photoField}' is invalid: `), put.body.error);
    assert.equal(put.body.error.includes('object File'), false);
  }
  assert.deepEqual(
    [rowsIn(anchor, 'customers'), rowsIn(anchor, 'field_values'), (await blobsOf(anchor)).length],
    [0, 0, 0],
  );
});

test('[ruling.19] a file is judged by its bytes: what is no picture is 400 whatever it is called', async () => {
  await using anchor = await openTestAnchor();
  const contents = ['MZ executable', '<svg onload="x"/>', '<html></html>', '%!PS', '\u0000'];
  for (const content of contents) {
    const headers = [
      `Content-Disposition: form-data; name="${photoField}"; filename="a.jpg"`,
      'Content-Type: image/jpeg',
    ];
    const put = await reply(await anchor.call(randomAccount(), 'PUT', '/customer', multipart([{ headers, content }])));
    assert.deepEqual(
      [put.status, put.body],
      [400, { error: "'photo_id_front' is invalid: must be a jpg, png, heic, webp or pdf file" }],
    );
  }
  assert.deepEqual(await blobsOf(anchor), [], 'nothing of them stays on disk');
});

test("[ruling.19] the anchor's own binary field takes a file and no text, and a field given twice is 400", async () => {
  await using anchor = await openTestAnchor({
    program: programOf({ portrait: { type: 'binary', description: 'Portrait' } }),
  });
  const sub = randomAccount();
  const own = await putForm(anchor, sub, {}, { portrait: jpegBytes() });
  assert.equal(own.status, 202, "the anchor's own binary field takes a file");
  assert.equal((await anchor.json(sub, 'GET', '/customer')).body.provided_fields.portrait.type, 'binary');
  const text = await anchor.json(sub, 'PUT', '/customer', { portrait: 'x' });
  assert.match(text.body.error, /^'portrait' is invalid: expected a file/);
  const twice = multipart([photoPart(''), photoPart('')]);
  const put = await reply(await anchor.call(sub, 'PUT', '/customer', twice));
  assert.deepEqual([put.status, put.body], [400, { error: "'photo_id_front' is given more than once" }]);
});

test('[kyc.files] a new photo takes the place of the old one, whose bytes are gone', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const { id } = (await putForm(anchor, sub, withdrawer, { [photoField]: jpegBytes() })).body;
  const [old] = await blobsOf(anchor);
  await putForm(anchor, sub, {}, { [photoField]: jpegBytes() });
  const blobs = await blobsOf(anchor);
  assert.equal(versionOf(anchor, id), 2);
  assert.equal(blobs.length, 1);
  assert.notEqual(blobs[0], old);
  assert.equal(rowsIn(anchor, 'files'), 1);
});

test('[kyc.files] ten photos for one field at once leave exactly one', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const puts = await Promise.all(
    Array.from({ length: 10 }, () => putForm(anchor, sub, {}, { [photoField]: jpegBytes() })),
  );
  assert.deepEqual(new Set(puts.map((put) => put.status)), new Set([202]));
  assert.deepEqual([(await blobsOf(anchor)).length, rowsIn(anchor, 'files'), rowsIn(anchor, 'customers')], [1, 1, 1]);
});

test("[kyc.files] [ruling.17] '' and an empty file withdraw an optional photo, and its bytes are gone", async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  for (const withdrawal of [
    multipart([barePart('photo_id_back', '')]),
    { body: '{"photo_id_back":null}', headers: { 'content-type': 'application/json' } },
  ]) {
    await putForm(anchor, sub, withdrawer, { photo_id_back: jpegBytes() });
    assert.equal((await blobsOf(anchor)).length, 1);
    const put = await anchor.call(sub, 'PUT', '/customer', withdrawal);
    assert.equal(put.status, 202, await put.text());
    assert.deepEqual([(await blobsOf(anchor)).length, rowsIn(anchor, 'files')], [0, 0]);
  }
  await putForm(anchor, sub, withdrawer, { [photoField]: jpegBytes() });
  const required = await putForm(anchor, sub, { type: 'sep6-withdraw', [photoField]: '' });
  assert.equal(required.status, 400, 'a required photo is replaced, not withdrawn');
  assert.equal((await blobsOf(anchor)).length, 1);
});

test('[sep12.files.413] a file over the limit is 413 and named, and nothing of the request stays', async () => {
  await using anchor = await openTestAnchor({ bodyLimits: { fileBytes: 1024 } });
  const sub = randomAccount();
  const fits = await putForm(anchor, sub, person, { [photoField]: jpegBytes(Buffer.alloc(1002)) });
  assert.equal(fits.status, 202, 'a file of exactly the limit');
  const put = await putForm(anchor, sub, { first_name: 'Eve' }, { [photoField]: jpegBytes(Buffer.alloc(1003)) });
  assert.deepEqual([put.status, put.body], [413, { error: "'photo_id_front' is too large: at most 1 kB" }]);
  assert.equal(versionOf(anchor, fits.body.id), 1);
  assert.equal((await blobsOf(anchor)).length, 1, 'the photo that was there is still there');
});

test('[kyc.files] files of a request that is refused are gone: unknown id, another account, a bad memo', async () => {
  await using anchor = await openTestAnchor();
  for (const [name, value, status] of [
    ['id', 'nobody', 404],
    ['account', randomAccount(), 403],
    ['memo', '007', 400],
    ['type', 'nope', 400],
    ['transaction_id', 'x', 400],
  ] as const) {
    const put = await putForm(
      anchor,
      randomAccount(),
      { [name]: value },
      { [photoField]: jpegBytes(), photo_id_back: jpegBytes() },
    );
    assert.equal(put.status, status, name);
    assert.deepEqual(await blobsOf(anchor), [], name);
  }
});

test('[kyc.files] a body that ends in the middle of a file is 400 and leaves nothing', async () => {
  await using anchor = await openTestAnchor();
  const { body, headers } = multipart([photoPart('')]);
  const cut = Buffer.from(body as Buffer<ArrayBuffer>).subarray(0, -60);
  const put = await reply(
    await anchor.call(randomAccount(), 'PUT', '/customer', { body: cut, headers: headers ?? {} }),
  );
  assert.equal(put.status, 400);
  assert.deepEqual([(await blobsOf(anchor)).length, rowsIn(anchor, 'customers')], [0, 0]);
});
