import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jpegBytes, openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { postFile, upload } from './file-support.ts';
import { blobsOf, programOf, putForm, rowsIn } from './support.ts';

const MB = 1024 * 1024;
const tooMany = [413, { error: 'too many files: at most 20 files a customer' }];
const tooLarge = [413, { error: 'too many files: at most 50 MB of files a customer' }];

/** Fields of the anchor's own, so that a customer can have as many files as it likes. */
const names = Array.from({ length: 25 }, (_, n) => `scan_${n}`);
const program = programOf(
  Object.fromEntries(names.map((name) => [name, { type: 'binary', description: name, optional: true }] as const)),
);

function filesOf(count: number, from = 0, bytes = 64): Record<string, Uint8Array> {
  return Object.fromEntries(names.slice(from, from + count).map((name) => [name, jpegBytes(Buffer.alloc(bytes))]));
}

function counts(anchor: TestAnchor): unknown[] {
  return [rowsIn(anchor, 'files'), rowsIn(anchor, 'uploads')];
}

test('[kyc.files] [sep12.files.413] a subject may have twenty files waiting; the next is 413 and leaves nothing', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const posts = await Promise.all(Array.from({ length: 25 }, () => postFile(anchor, account)));
  assert.equal(posts.filter(({ status }) => status === 200).length, 20, 'also when all come at once');
  const refused = posts.find(({ status }) => status !== 200);
  assert.deepEqual([refused?.status, refused?.body], tooMany);
  assert.equal((await blobsOf(anchor)).length, 20);
  assert.equal((await postFile(anchor, `${account}:7`)).status, 200, 'others have a quota of their own');
});

test('[kyc.files] [sep12.files.413] a customer may have twenty files, those that wait included', async () => {
  await using anchor = await openTestAnchor({ program });
  const sub = randomAccount();
  assert.equal((await putForm(anchor, sub, {}, filesOf(15))).status, 202);
  const waiting: string[] = [];
  for (let n = 0; n < 5; n++) waiting.push(await upload(anchor, sub));
  const post = await postFile(anchor, sub);
  assert.deepEqual([post.status, post.body], tooMany);
  const put = await putForm(anchor, sub, {}, filesOf(1, 15));
  assert.deepEqual([put.status, put.body], tooMany);
  assert.equal(
    (await putForm(anchor, sub, {}, filesOf(15, 0, 65))).status,
    202,
    'a file in place of another is not one more',
  );
  const body = Object.fromEntries(waiting.map((id, n) => [`scan_${15 + n}_file_id`, id]));
  assert.equal(
    (await anchor.json(sub, 'PUT', '/customer', body)).status,
    202,
    'nor is one that waited and is referred to',
  );
  assert.deepEqual([...counts(anchor), (await blobsOf(anchor)).length], [20, 0, 20]);
  assert.equal((await anchor.json(sub, 'PUT', '/customer', { scan_0: '' })).status, 202);
  assert.equal((await postFile(anchor, sub)).status, 200, 'a withdrawn one makes room');
});

test('[kyc.files] [sep12.files.413] a first PUT that brings more than a customer may have is 413 and registers nobody', async () => {
  await using anchor = await openTestAnchor({ program });
  const sub = randomAccount();
  await upload(anchor, sub);
  const put = await putForm(anchor, sub, {}, filesOf(20));
  assert.deepEqual([put.status, put.body], tooMany);
  assert.deepEqual([rowsIn(anchor, 'customers'), ...counts(anchor), (await blobsOf(anchor)).length], [0, 0, 1, 1]);
});

test('[kyc.files] [sep12.files.413] a customer may have 50 MB of files', async () => {
  await using anchor = await openTestAnchor({ program });
  const sub = randomAccount();
  const full = 10 * MB - 22;
  assert.equal((await putForm(anchor, sub, {}, filesOf(4, 0, full))).status, 202);
  await upload(anchor, sub, jpegBytes(Buffer.alloc(full - MB)));
  const post = await postFile(anchor, sub, jpegBytes(Buffer.alloc(MB)));
  assert.deepEqual([post.status, post.body], tooLarge);
  const put = await putForm(anchor, sub, {}, filesOf(1, 4, MB));
  assert.deepEqual([put.status, put.body], tooLarge);
  assert.equal((await postFile(anchor, sub, jpegBytes(Buffer.alloc(MB - 22)))).status, 200, 'exactly the limit');
});

test('[kyc.files] an image of more than 40 megapixels is 400, whether sent with the data or ahead of it', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const bomb = jpegBytes(undefined, 8001, 5000);
  const post = await postFile(anchor, sub, bomb);
  assert.deepEqual([post.status, post.body], [400, { error: "'file' is invalid: at most 40 megapixels" }]);
  const put = await putForm(anchor, sub, {}, { photo_id_front: bomb });
  assert.deepEqual([put.status, put.body], [400, { error: "'photo_id_front' is invalid: at most 40 megapixels" }]);
  assert.deepEqual(await blobsOf(anchor), []);
  assert.equal((await postFile(anchor, sub, jpegBytes(undefined, 8000, 5000))).status, 200, 'exactly the limit');
});

test('[kyc.files] an image whose header cannot be read is 400', async () => {
  await using anchor = await openTestAnchor();
  for (const hex of [
    'ffd8ffe000104a46494600010100000100010000ffd9',
    '89504e470d0a1a0a0000000d49484452',
    '524946461000000057454250565038200000000000',
  ]) {
    const put = await putForm(anchor, randomAccount(), {}, { photo_id_front: Buffer.from(hex, 'hex') });
    assert.equal(put.status, 400, hex);
    assert.match(put.body.error, /^'photo_id_front' is invalid: must be a jpg, png, heic, webp or pdf file/);
  }
  assert.deepEqual([await blobsOf(anchor), rowsIn(anchor, 'customers')], [[], 0]);
});
