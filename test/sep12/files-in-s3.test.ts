import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { SealedFiles } from '../../src/store/files/sealed-files.ts';
import { sweep } from '../../src/store/files/sweep.ts';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import { type BlobGround, s3Ground } from '../support/blob-grounds.ts';
import type { S3StandIn } from '../support/stand-ins/s3-stand-in.ts';
import { jpegBytes, openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { postFile, upload } from './file-support.ts';
import { barePart, blobsOf, multipart, putForm, recordingLogger, rowsIn, withdrawer } from './support.ts';

const hourMs = 3_600_000;

type S3Ground = BlobGround & { readonly s3: S3StandIn };

async function anchorOver({ s3 }: S3Ground): Promise<TestAnchor & { readonly logged: () => string }> {
  const { logger, lines } = recordingLogger();
  const anchor = await openTestAnchor({ filesUrl: s3.url, logger });
  return { ...anchor, logged: () => JSON.stringify(lines) };
}

/** One round of the hourly job, as another process would do it. */
async function sweepOnce(anchor: TestAnchor, { store: blobs }: S3Ground): Promise<number> {
  const clock = { now: () => new Date() };
  const store = await openSqliteStore(join(anchor.dataDir, 'anchor-kyc.db'), clock);
  try {
    return await sweep(new SealedFiles(blobs), store, clock);
  } finally {
    await store.close();
  }
}

suite('files in S3', { concurrency: 4 }, () => {
  test('[store.s3] a customer with a file: it lies in the bucket, sealed, and nowhere else; DELETE removes it', async () => {
    await using ground = await s3Ground();
    await using anchor = await anchorOver(ground);
    const sub = randomAccount();
    const mark = Buffer.from('PLANTED-IN-A-FILE');
    const photo = jpegBytes(Buffer.concat(Array<Buffer>(9000).fill(mark)));
    const put = await putForm(anchor, sub, withdrawer, { photo_id_front: photo });
    assert.equal(put.status, 202, put.body.error);
    const [key = '', ...more] = ground.s3.keys();
    assert.deepEqual(more, []);
    assert.ok(!(await ground.s3.read(key)).includes(mark));
    assert.deepEqual([await blobsOf(anchor), await readdir(join(anchor.dataDir, 'spool'))], [[], []]);
    const got = await anchor.json(sub, 'GET', '/customer?type=sep6-withdraw');
    assert.equal(got.body.status, 'PROCESSING');
    assert.equal((await anchor.json(sub, 'DELETE', `/customer/${sub}`)).status, 200);
    assert.deepEqual(ground.s3.keys(), []);
  });

  test('[store.s3] while S3 is away an upload is answered 503 and nothing of it is kept; then it is taken', async () => {
    await using ground = await s3Ground();
    await using anchor = await anchorOver(ground);
    const sub = randomAccount();
    ground.s3.fail('PUT', 'slow down', 8);
    for (const send of [
      () => putForm(anchor, sub, withdrawer, { photo_id_front: jpegBytes() }),
      () => postFile(anchor, sub),
    ]) {
      const away = await send();
      assert.deepEqual([away.status, away.headers.get('retry-after')], [503, '5']);
      assert.deepEqual(away.body, { error: 'the file store cannot be reached; try again later' });
    }
    assert.match(anchor.logged(), /"cause":"SlowDown"|"error":"SlowDown"/);
    assert.deepEqual([rowsIn(anchor, 'customers'), rowsIn(anchor, 'uploads'), ground.s3.keys()], [0, 0, []]);
    assert.equal((await putForm(anchor, sub, withdrawer, { photo_id_front: jpegBytes() })).status, 202);
    assert.equal((await postFile(anchor, sub)).status, 200);
  });

  test('[store.s3] a file that is refused cannot be removed while S3 is away: the answer is the refusal, and the sweep removes it', async () => {
    await using ground = await s3Ground();
    await using anchor = await anchorOver(ground);
    const sub = randomAccount();
    ground.s3.fail('DELETE', 'denied', 10);
    const put = await putForm(anchor, sub, withdrawer, { photo_id_front: Buffer.from('no image at all') });
    assert.equal(put.status, 400);
    assert.match(put.body.error, /photo_id_front/);
    await upload(anchor, sub);
    const deleted = await anchor.json(sub, 'DELETE', `/customer/${sub}`);
    assert.equal(deleted.status, 200, 'the key is gone');
    assert.equal(ground.s3.keys().length, 2);
    assert.match(anchor.logged(), /a file was not removed; the sweep will/);
    assert.equal(await sweepOnce(anchor, ground).catch(() => 0), 0, 'younger than an hour');
    for (const key of ground.s3.keys()) ground.s3.age(key, hourMs + 1);
    await assert.rejects(sweepOnce(anchor, ground), { code: 'unavailable' }, 'still away');
    while (ground.s3.keys().length > 0) await sweepOnce(anchor, ground).catch(() => 0);
  });

  test('[store.s3] what a crash leaves in the bucket is swept after an hour, over all pages; what is referred to stays', async () => {
    await using ground = await s3Ground();
    await using anchor = await anchorOver(ground);
    const sub = randomAccount();
    await putForm(anchor, sub, withdrawer, { photo_id_front: jpegBytes() });
    await upload(anchor, sub);
    const live = ground.s3.keys();
    const files = new SealedFiles(ground.store);
    for (let n = 0; n < 5; n++) {
      await files.store(
        (async function* () {
          yield jpegBytes();
        })(),
      );
    }
    await ground.litter();
    const foreign = ground.s3.keys().filter((key) => !/^sealed\/[0-9a-f]{32}$/.test(key));
    for (const key of ground.s3.keys()) ground.s3.age(key, hourMs + 1);
    assert.equal(await sweepOnce(anchor, ground), 5);
    assert.deepEqual(ground.s3.keys(), [...live, ...foreign].sort());
  });

  test('[store.s3] an upload whose body ends too soon never reaches the bucket', async () => {
    await using ground = await s3Ground();
    await using anchor = await anchorOver(ground);
    const { body, headers } = multipart([barePart('photo_id_front', jpegBytes(Buffer.alloc(300_000)))]);
    const cut = { body: (body as Buffer).subarray(0, 200_000), ...(headers && { headers }) };
    const answer = await anchor.call(randomAccount(), 'PUT', '/customer', cut);
    assert.equal(answer.status, 400);
    assert.deepEqual(
      ground.s3.requests.filter((request) => request.startsWith('PUT')),
      [],
    );
    assert.deepEqual(await readdir(join(anchor.dataDir, 'spool')), []);
  });
});
