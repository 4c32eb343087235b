import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { readS3Url } from '../src/store/files/s3-location.ts';
import { standInKeys } from '../test/support/stand-ins/s3-signature.ts';

// The floor of bench/files.ts: AES-256-GCM over chunks of 64 kB under a key for each file, written and made durable, or put to S3 in one piece
// with its checksum; one file after the other, or so many at once.

const fileBytes = 10_000_000;
const chunkBytes = 64 * 1024;

const [directory = '', filesUrl = '', count = '50', atOnce = '1'] = process.argv.slice(2);
await mkdir(directory, { recursive: true });
const plain = randomBytes(fileBytes);
const write = filesUrl === '' ? writeToDisk : putToS3(filesUrl);
let next = 0;
const startedAt = performance.now();
await Promise.all(Array.from({ length: Number(atOnce) }, work));
const seconds = (performance.now() - startedAt) / 1000;
process.send?.((Number(count) * fileBytes) / 1e6 / seconds);
process.disconnect();

async function work(): Promise<void> {
  while (next < Number(count)) await write(String(next++));
}

function* sealed(): Iterable<Buffer> {
  const key = randomBytes(32);
  for (let at = 0; at < fileBytes; at += chunkBytes) {
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(at / chunkBytes, 8);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    yield cipher.update(plain.subarray(at, at + chunkBytes));
    cipher.final();
    yield cipher.getAuthTag();
  }
}

async function writeToDisk(name: string): Promise<void> {
  await using file = await open(join(directory, name), 'wx');
  for (const chunk of sealed()) await file.write(chunk);
  await file.sync();
}

function putToS3(url: string): (name: string) => Promise<void> {
  const location = readS3Url(url);
  if (location?.endpoint === undefined) throw new TypeError('the floor takes the URL of a stand-in');
  const { bucket, region, endpoint } = location;
  const client = new S3Client({ region, endpoint, forcePathStyle: true, credentials: standInKeys });
  return async (name) => {
    const Body = Buffer.concat([...sealed()]);
    const ChecksumSHA256 = createHash('sha256').update(Body).digest('base64');
    const Key = `floor/${process.pid}/${name}`;
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ChecksumSHA256 }));
  };
}
