import { test } from 'node:test';
import { diskGround, s3Ground } from '../support/blob-grounds.ts';
import { blobCases } from './blob-cases.ts';

test('[store.blobs] files on disk keep the contract of the port', async (t) => {
  await using ground = await diskGround();
  for (const { name, run } of blobCases) await t.test(name, () => run(ground));
});

test('[store.blobs] files in S3 keep the contract of the port', async (t) => {
  await using ground = await s3Ground();
  for (const { name, run } of blobCases) await t.test(name, () => run(ground));
});
