import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { SealBroken } from '../../src/vault/key-ring.ts';
import { chunkBytes, openStream, sealStream } from '../../src/vault/sealed-stream.ts';

const sealedChunkBytes = chunkBytes + 16;

async function* pieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(source));
}

async function sealed(key: Uint8Array, plain: Uint8Array): Promise<Buffer> {
  return all(sealStream(key, pieces(plain, 10_000)));
}

test('[vault.stream] what was sealed opens again, whatever its size and however it is cut up', async () => {
  const sizes = [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes, 200_000];
  for (const size of sizes) {
    const key = randomBytes(32);
    const plain = randomBytes(size);
    const bytes = await sealed(key, plain);
    for (const cut of [1000, sealedChunkBytes, 1_000_000])
      assert.deepEqual(await all(openStream(key, pieces(bytes, cut))), plain);
  }
});

test('[vault.stream] a chunk cut off, added, repeated or moved is refused', async () => {
  const key = randomBytes(32);
  const bytes = await sealed(key, randomBytes(3 * chunkBytes + 100));
  const chunk = (index: number): Buffer => bytes.subarray(index * sealedChunkBytes, (index + 1) * sealedChunkBytes);
  const [a, b, c, d] = [chunk(0), chunk(1), chunk(2), chunk(3)];
  const broken = {
    truncated: [a, b, c],
    empty: [],
    swapped: [b, a, c, d],
    dropped: [a, c, d],
    repeated: [a, b, b, c, d],
    longer: [a, b, c, d, d],
    last: [d],
  };
  for (const [name, parts] of Object.entries(broken)) {
    await assert.rejects(all(openStream(key, pieces(Buffer.concat(parts), 1000))), SealBroken, name);
  }
});

test('[vault.stream] a flipped bit anywhere, or another key, is refused', async () => {
  const key = randomBytes(32);
  const bytes = await sealed(key, randomBytes(500));
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      await assert.rejects(all(openStream(key, pieces(flipped, 1000))), SealBroken);
    }),
  );
  await assert.rejects(all(openStream(randomBytes(32), pieces(bytes, 1000))), SealBroken);
});
