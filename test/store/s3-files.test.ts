import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { KycError } from '../../src/errors.ts';
import type { BlobStore } from '../../src/store/files/blob-store.ts';
import { readS3Url } from '../../src/store/files/s3-location.ts';
import { openS3, s3Ground } from '../support/blob-grounds.ts';
import { outages } from '../support/stand-ins/outages.ts';
import type { S3Fault } from '../support/stand-ins/s3-stand-in.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { allOf, blobId, inPieces } from './blob-cases.ts';

const away = (error: unknown): boolean =>
  error instanceof KycError && error.code === 'unavailable' && error.retryAfterSeconds === 5;

/** Removing may seem to work, as its answer is empty: what is still there is found by the sweep. */
async function useEach(store: BlobStore): Promise<void> {
  const id = blobId();
  await assert.rejects(store.put(id, inPieces(randomBytes(200_000))), away, 'put');
  await assert.rejects(allOf(store.open(id)), away, 'open');
  await assert.rejects(allOf(store.open(id, { start: 0, end: 5 })), away, 'open a range');
  await assert.rejects(Array.fromAsync(store.listOlderThan(new Date())), away, 'list');
  await store.remove(id).catch((error: unknown) => assert.ok(away(error), 'remove'));
}

suite('S3', { concurrency: 12 }, () => {
  test('[store.s3] what passes is tried again: a busy store, a connection cut, a bit flipped on the way', async () => {
    const faults: S3Fault[] = ['slow down', 'internal error', 'cut', 'flipped bit'];
    for (const fault of faults) {
      await using ground = await s3Ground();
      const [id, bytes] = [blobId(), randomBytes(300_000)];
      ground.s3.fail('PUT', fault, 2);
      await ground.store.put(id, inPieces(bytes));
      assert.ok((await ground.read(id)).equals(bytes), fault);
      assert.equal(ground.s3.requests.filter((request) => request.startsWith('PUT')).length, 3, fault);
    }
  });

  test('[store.s3] a put whose answer was lost is known for its own when it is tried again', async () => {
    await using ground = await s3Ground();
    const [id, bytes] = [blobId(), randomBytes(300_000)];
    ground.s3.fail('PUT', 'lost answer');
    await ground.store.put(id, inPieces(bytes));
    assert.ok((await ground.read(id)).equals(bytes));
  });

  test('[store.s3] another blob that came in between is not taken for its own', async () => {
    await using ground = await s3Ground();
    const id = blobId();
    ground.s3.fail('PUT', 'slow down');
    const put = ground.store.put(id, inPieces(randomBytes(1000)));
    await ground.write(id, randomBytes(1000));
    await assert.rejects(put, { name: 'BlobExists' });
  });

  test('[store.s3] a store that stays busy, or says no, is away; nothing is kept and nothing waits on disk', async () => {
    for (const fault of ['slow down', 'denied', 'cut'] as const) {
      await using ground = await s3Ground();
      ground.s3.fail('PUT', fault, 10);
      await assert.rejects(ground.store.put(blobId(), inPieces(randomBytes(100_000))), away, fault);
      assert.deepEqual(await ground.ids(), [], fault);
    }
  });

  test('[store.s3] reading that is cut off in the middle is no end of the file', async () => {
    await using ground = await s3Ground();
    const id = blobId();
    await ground.store.put(id, inPieces(randomBytes(500_000)));
    ground.s3.fail('GET', 'cut');
    await assert.rejects(allOf(ground.store.open(id)), away);
    ground.s3.fail('GET', 'slow down');
    assert.equal((await allOf(ground.store.open(id))).length, 500_000, 'tried again');
  });

  test('[store.s3] a store that falls silent is away after a while', async () => {
    await using ground = await s3Ground(200);
    for (const method of ['PUT', 'GET', 'DELETE']) ground.s3.fail(method, 'silence', 16);
    await useEach(ground.store);
  });

  for (const { what, open } of outages) {
    test(`[store.s3] in place of S3: ${what}`, async () => {
      await using directory = await temporaryDirectory();
      await using outage = await open();
      const store = await openS3(`s3://kyc-files?endpoint=${outage.url}`, directory.path, 200);
      await useEach(store).catch((error: unknown) => {
        throw new Error(what, { cause: error });
      });
    });
  }
});

test('[store.s3] the URL of a bucket is read, and one that holds credentials or anything else is none', () => {
  assert.deepEqual(readS3Url('s3://my-bucket/kyc/files/?region=eu-west-1'), {
    bucket: 'my-bucket',
    prefix: 'kyc/files/',
    region: 'eu-west-1',
    endpoint: undefined,
    pathStyle: false,
  });
  const own = readS3Url('s3://b00?endpoint=http://minio:9000');
  assert.deepEqual(own, {
    bucket: 'b00',
    prefix: '',
    region: 'us-east-1',
    endpoint: 'http://minio:9000',
    pathStyle: true,
  });
  for (const wrong of [
    's3://bucket',
    's3://key:secret@bucket?region=eu-west-1',
    's3://Bucket_?region=eu-west-1',
    's3://bucket?region=eu-west-1&secret=x',
    's3://bucket/../other?region=eu%20west',
    's3://bucket/a b?region=eu-west-1',
    's3://bucket?endpoint=ftp://host',
    's3://bucket?endpoint=http://u:p@host',
    's3://bucket?region=eu-west-1&pathStyle=maybe',
    'https://bucket.s3.amazonaws.com',
    'bucket',
  ]) {
    assert.equal(readS3Url(wrong), undefined, wrong);
  }
});
