import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomerFile, CustomerFiles } from '../../src/sep12/integration.ts';
import { jpegBytes, openTestAnchor, randomAccount } from '../support/test-anchor.ts';
import { fileIds, movableClock, mp4Bytes, pdfBytes, postFile, postParts, upload } from './file-support.ts';
import { openPort } from './port.ts';
import { barePart, blobsOf, putForm, reply, rowsIn, withdrawer } from './support.ts';

const unknown = `file_${'0'.repeat(32)}`;

test('[sep12.files.post] [ruling.24] POST answers 200 with id, type by the bytes, size, expiry in 24 hours and no customer yet', async () => {
  const clock = movableClock();
  await using anchor = await openTestAnchor({ clock });
  const posted = await postFile(anchor, randomAccount(), jpegBytes(Buffer.alloc(100)));
  assert.equal(posted.status, 200);
  const { file_id: fileId, ...rest } = posted.body;
  assert.match(fileId, /^file_[0-9a-f]{32}$/);
  const expiresAt = new Date(clock.now().getTime() + 86_400_000).toISOString();
  assert.deepEqual(rest, { content_type: 'image/jpeg', size: 122, expires_at: expiresAt, customer_id: null });
});

test('[sep12.files.post] the part may come bare, with a filename, or under a wrong content type', async () => {
  await using anchor = await openTestAnchor();
  for (const extra of [
    '',
    '; filename="a.txt"',
    '; filename="a.jpg"\r\nContent-Type: text/plain',
    '\r\nContent-Type: application/octet-stream',
  ]) {
    const headers = [`Content-Disposition: form-data; name="file"${extra}`];
    const posted = await postParts(anchor, randomAccount(), [{ headers, content: jpegBytes() }]);
    assert.deepEqual([posted.status, posted.body.content_type], [200, 'image/jpeg'], extra);
  }
});

test('[sep12.files.post] scans and videos are taken, as some field may be a liveness proof', async () => {
  await using anchor = await openTestAnchor();
  assert.equal((await postFile(anchor, randomAccount(), pdfBytes)).body.content_type, 'application/pdf');
  assert.equal((await postFile(anchor, randomAccount(), mp4Bytes)).body.content_type, 'video/mp4');
});

test('[sep12.files.413] whatever else is not one good file is 400, says so under error, and leaves nothing', async () => {
  await using anchor = await openTestAnchor();
  const isRequired = "'file' is required, as multipart/form-data";
  const expected = "'file' is invalid: expected a file that is not empty, as multipart/form-data";
  const type = "'file' is invalid: must be a jpg, png, heic, webp or pdf file, or a video";
  const file = barePart('file', jpegBytes());
  const namedFile = {
    headers: ['Content-Disposition: form-data; name="photo_id_front"; filename="a"'],
    content: jpegBytes(),
  };
  for (const [title, parts, error] of [
    ['no part', [], isRequired],
    ['a text of another name', [barePart('name', 'x')], isRequired],
    ['a file of another name', [namedFile], isRequired],
    ['an empty file', [barePart('file', '')], expected],
    ['two files', [file, barePart('file', jpegBytes())], "'file' is given more than once"],
    ['a second file of another name', [file, namedFile], "'file' must be the only file of the request"],
    ['no picture', [barePart('file', 'MZ executable')], type],
    [
      'a picture that cannot be read',
      [barePart('file', Buffer.from('ffd8ffd9', 'hex'))],
      "'file' is invalid: must be a jpg, png, heic, webp or pdf file that can be read",
    ],
  ] as const) {
    const posted = await postParts(anchor, randomAccount(), parts);
    assert.deepEqual([posted.status, posted.body], [400, { error }], title);
  }
  for (const body of [{}, { file: 'x' }]) {
    const posted = await anchor.json(randomAccount(), 'POST', '/customer/files', body);
    assert.deepEqual([posted.status, posted.body.error], [400, 'file' in body ? expected : isRequired]);
  }
  assert.deepEqual([await blobsOf(anchor), rowsIn(anchor, 'uploads')], [[], 0]);
});

test('[sep12.files.413] a file over the limit is 413 and leaves nothing', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const limit = 10 * 1024 * 1024;
  const posted = await postFile(anchor, sub, jpegBytes(Buffer.alloc(limit - 21)));
  assert.deepEqual([posted.status, posted.body], [413, { error: "'file' is too large: at most 10 MB" }]);
  assert.deepEqual([await blobsOf(anchor), rowsIn(anchor, 'uploads')], [[], 0]);
  assert.equal((await postFile(anchor, sub, jpegBytes(Buffer.alloc(limit - 22)))).status, 200, 'exactly the limit');
});

test('[sep12.files.get] GET by file_id lists that file alone, as POST told of it', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const posted = await postFile(anchor, sub);
  await postFile(anchor, sub);
  const got = await anchor.json(sub, 'GET', `/customer/files?file_id=${posted.body.file_id}`);
  assert.deepEqual([got.status, got.body], [200, { files: [posted.body] }]);
});

test("[sep12.files.get] GET by customer_id lists all of the customer's files, those sent with the data included", async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const sent = await upload(anchor, sub);
  const { id } = (
    await putForm(anchor, sub, { ...withdrawer, photo_id_back_file_id: sent }, { photo_id_front: jpegBytes() })
  ).body;
  await upload(anchor, sub);
  const got = await anchor.json(sub, 'GET', `/customer/files?customer_id=${id}`);
  assert.equal(got.status, 200);
  assert.equal(got.body.files.length, 2, "a file that nothing refers to is not the customer's yet");
  for (const file of got.body.files) {
    assert.deepEqual(
      Object.keys(file),
      ['file_id', 'content_type', 'size', 'customer_id'],
      'it does not expire any more',
    );
    assert.equal(file.customer_id, id);
    assert.deepEqual(await fileIds(anchor, sub, { file_id: file.file_id }), [file.file_id]);
  }
  assert.ok(got.body.files.some(({ file_id }: { file_id: string }) => file_id === sent));
});

test("[sep12.files.get] GET with both parameters lists the file if it is that customer's", async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const [used, waiting] = [await upload(anchor, sub), await upload(anchor, sub)];
  const { id } = (await anchor.json(sub, 'PUT', '/customer', { photo_id_front_file_id: used })).body;
  assert.deepEqual(await fileIds(anchor, sub, { file_id: used, customer_id: id }), [used]);
  assert.deepEqual(await fileIds(anchor, sub, { file_id: waiting, customer_id: id }), []);
  assert.deepEqual(await fileIds(anchor, sub, { file_id: used, customer_id: 'nobody' }), []);
});

test('[sep12.files.get] GET with neither parameter, also an empty one, is 400 and names both', async () => {
  await using anchor = await openTestAnchor();
  for (const query of ['', '?', '?file_id=&customer_id=']) {
    const got = await anchor.json(randomAccount(), 'GET', `/customer/files${query}`);
    assert.deepEqual([got.status, got.body], [400, { error: "'file_id' or 'customer_id' is required" }]);
  }
});

test('[sep12.files.get] nothing found is 200 and an empty list', async () => {
  await using anchor = await openTestAnchor();
  for (const query of [`file_id=${unknown}`, 'file_id=file_abc', 'file_id=../x', 'customer_id=nobody']) {
    const got = await anchor.json(randomAccount(), 'GET', `/customer/files?${query}`);
    assert.deepEqual([got.status, got.body], [200, { files: [] }], query);
  }
});

test('[sep12.files.post] [sep12.files.get] without a token it is 401; an integration without files is 501 before the body is read', async () => {
  await using anchor = await openPort({});
  for (const method of ['POST', 'GET']) {
    assert.equal((await anchor.json(undefined, method, '/customer/files?file_id=x')).status, 401);
    assert.equal((await anchor.json(randomAccount(), method, '/customer/files')).status, 501);
  }
});

const good: CustomerFile = { fileId: 'f', contentType: 'image/png', sizeBytes: 3, customerId: 'c' };

test('[sep12.files.post] [sep12.files.get] an integration of its own gets the file, its query and the subject, and is answered for', async () => {
  const calls: unknown[] = [];
  const files: CustomerFiles = {
    add: async (file, { subject }) => {
      calls.push([file.contentType, file.sizeBytes, subject.sub]);
      return { ...good, expiresAt: new Date(0), customerId: null };
    },
    find: async (query, { subject }) => {
      calls.push([query, subject.sub]);
      return [good];
    },
  };
  await using anchor = await openPort({ files });
  const sub = randomAccount();
  const posted = await postFile(anchor, sub, jpegBytes(Buffer.alloc(0)));
  const wire = { file_id: 'f', content_type: 'image/png', size: 3, customer_id: 'c' };
  assert.deepEqual(posted.body, { ...wire, expires_at: '1970-01-01T00:00:00.000Z', customer_id: null });
  assert.deepEqual((await anchor.json(sub, 'GET', '/customer/files?file_id=f')).body, { files: [wire] });
  assert.deepEqual((await anchor.json(sub, 'GET', '/customer/files?customer_id=c')).body, { files: [wire] });
  assert.deepEqual((await anchor.json(sub, 'GET', '/customer/files?file_id=f&customer_id=d')).body, { files: [] });
  assert.deepEqual(calls, [
    ['image/jpeg', 22, sub],
    [{ fileId: 'f' }, sub],
    [{ customerId: 'c' }, sub],
    [{ fileId: 'f' }, sub],
  ]);
  assert.deepEqual(await blobsOf(anchor), [], 'what it did not copy is gone');
});

test('[sep12.files.get] an answer that the SEP does not allow is 500, logged, and does not leave', async () => {
  const wrong: readonly unknown[] = [
    undefined,
    [null],
    [{ ...good, fileId: '' }],
    [{ ...good, fileId: 'other' }],
    [good, good],
    [{ ...good, contentType: 7 }],
    [{ ...good, sizeBytes: 1.5 }],
    [{ ...good, sizeBytes: -1 }],
    [{ ...good, expiresAt: new Date(Number.NaN) }],
    [{ ...good, expiresAt: 'soon' }],
    [{ ...good, customerId: undefined }],
  ];
  for (const answer of wrong) {
    const files = { add: async () => good, find: async () => answer as readonly CustomerFile[] };
    await using anchor = await openPort({ files });
    const got = await reply(await anchor.call(randomAccount(), 'GET', '/customer/files?file_id=f'));
    assert.equal(got.status, 500, JSON.stringify(answer));
    assert.ok(anchor.lines.some(({ level, fields }) => level === 'error' && String(fields['fault']).includes('file')));
  }
  const foreign = { add: async () => good, find: async () => [good] };
  await using anchor = await openPort({ files: foreign });
  assert.equal((await anchor.json(randomAccount(), 'GET', '/customer/files?customer_id=d')).status, 500);
});
