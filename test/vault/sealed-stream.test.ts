import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { SealBroken } from '../../src/vault/key-ring.ts';
import {
  chunkBytes,
  openStream,
  openStreamRange,
  type SealedRange,
  sealStream,
} from '../../src/vault/sealed-stream.ts';

const sealedChunkBytes = chunkBytes + 16;

async function* pieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  // What is given out is good until the next is asked for.
  return Buffer.concat(await Array.fromAsync(source, (bytes) => Buffer.from(bytes)));
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

/** What a store gives of sealed bytes, in pieces of any size. */
function readFrom(sealed: Uint8Array, cut = 50_000): (range: SealedRange) => AsyncIterable<Uint8Array> {
  return ({ start, end }) => pieces(sealed.subarray(start, end), cut);
}

/** A range within so many bytes. */
function rangeWithin(size: number): fc.Arbitrary<SealedRange> {
  return fc.tuple(fc.nat(size), fc.nat(size)).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));
}

/** Sizes around whole chunks, where the last chunk is easily mistaken. */
const sizeOf = fc
  .tuple(fc.nat(4), fc.integer({ min: -2, max: 2 }), fc.nat(chunkBytes))
  .map(([chunks, beside, more]) => Math.max(0, chunks * chunkBytes + (beside === 2 ? more : beside)));

test('[vault.stream] any range opens to the slice of the plain bytes, and reads no chunk but its own', async () => {
  const key = randomBytes(32);
  const cases = sizeOf.chain((size) => fc.record({ size: fc.constant(size), range: rangeWithin(size) }));
  await fc.assert(
    fc.asyncProperty(cases, fc.integer({ min: 1000, max: 200_000 }), async ({ size, range }, cut) => {
      const plain = randomBytes(size);
      const bytes = await sealed(key, plain);
      const asked: SealedRange[] = [];
      const read = (of: SealedRange): AsyncIterable<Uint8Array> => {
        asked.push(of);
        return readFrom(bytes, cut)(of);
      };
      const got = await all(openStreamRange(key, read, size, range));
      assert.ok(got.equals(plain.subarray(range.start, range.end)));
      const first = Math.floor(range.start / chunkBytes);
      const last = Math.ceil(range.end / chunkBytes);
      const chunks = { start: first * sealedChunkBytes, end: Math.min(last * sealedChunkBytes, bytes.length) };
      assert.deepEqual(asked, range.start === range.end ? [] : [chunks]);
    }),
    { numRuns: 150 },
  );
});

test('[vault.stream] a range outside the file is refused', async () => {
  const read = (): never => assert.fail('nothing is read');
  for (const [start, end] of [
    [-1, 5],
    [0, 11],
    [6, 5],
    [0.5, 2],
    [0, Number.NaN],
  ] as const)
    await assert.rejects(all(openStreamRange(randomBytes(32), read, 10, { start, end })), RangeError);
});

test('[vault.stream] a range of a file that was cut, filled up or given another size is refused', async () => {
  const key = randomBytes(32);
  const size = 2 * chunkBytes + 100;
  const bytes = await sealed(key, randomBytes(size));
  const whole = { start: 0, end: size };
  const short = bytes.subarray(0, -1);
  const wrong: readonly (readonly [string, Uint8Array, number, SealedRange])[] = [
    ['cut by a byte', short, size, whole],
    ['cut by a chunk', bytes.subarray(0, sealedChunkBytes * 2), size, whole],
    ['nothing left', Buffer.alloc(0), size, { start: 5, end: 6 }],
    ['said to end with its first chunk', bytes, chunkBytes, { start: 0, end: 10 }],
    ['said to be longer', Buffer.concat([bytes, randomBytes(40)]), size + 40, whole],
  ];
  for (const [what, given, plainBytes, range] of wrong)
    await assert.rejects(all(openStreamRange(key, readFrom(given), plainBytes, range)), SealBroken, what);
  const more = (): AsyncIterable<Uint8Array> => pieces(bytes, 1000);
  await assert.rejects(all(openStreamRange(key, more, size, { start: 0, end: 10 })), SealBroken, 'more than asked for');
});
