import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { BlobMissing, type ByteRange } from '../../src/store/files/blob-store.ts';
import { type FileReference, SealedFiles } from '../../src/store/files/sealed-files.ts';
import { SealBroken } from '../../src/vault/key-ring.ts';
import { chunkBytes } from '../../src/vault/sealed-stream.ts';
import { recordingLogger } from '../sep12/support.ts';
import { type BlobGround, diskGround, s3Ground } from '../support/blob-grounds.ts';
import { inPieces } from './blob-cases.ts';

const sealedChunkBytes = chunkBytes + 16;
const sizeBytes = 4 * chunkBytes + 1000;
const chunkCount = 5;

/** Sealed files in a store, and one of them whose bytes are to be tampered with. */
interface Planted {
  readonly ground: BlobGround;
  readonly files: SealedFiles;
  readonly lines: { readonly level: string; readonly message: string; readonly fields: object }[];
  readonly plain: Buffer;
  readonly reference: FileReference;
  readonly sealed: Buffer;
}

async function plant(ground: BlobGround, size = sizeBytes): Promise<Planted> {
  const { logger, lines } = recordingLogger();
  const files = new SealedFiles(ground.store, logger);
  const plain = randomBytes(size);
  const { reference } = await files.store(inPieces(plain));
  return { ground, files, lines, plain, reference, sealed: await ground.read(reference.id) };
}

/** The chunks of sealed bytes. */
function chunksOf(sealed: Uint8Array): Uint8Array[] {
  return Array.from({ length: chunkCount }, (_, n) =>
    sealed.subarray(n * sealedChunkBytes, (n + 1) * sealedChunkBytes),
  );
}

/** What comes out before the end or an error, and that error. */
async function readOut(bytes: AsyncIterable<Uint8Array>): Promise<{ readonly got: Buffer; readonly error: unknown }> {
  const got: Buffer[] = [];
  try {
    for await (const chunk of bytes) got.push(Buffer.from(chunk));
    return { got: Buffer.concat(got), error: undefined };
  } catch (error) {
    return { got: Buffer.concat(got), error };
  }
}

/** Holds a file to this: it breaks, the log says so once, and what came out before are good bytes of chunks before the bad one. */
async function assertRefused(
  planted: Planted,
  bytes: AsyncIterable<Uint8Array>,
  what: string,
  from: number,
  bad: number,
) {
  const { lines, plain, reference } = planted;
  lines.length = 0;
  const { got, error } = await readOut(bytes);
  assert.ok(error instanceof SealBroken, what);
  assert.ok(got.length <= Math.max(0, bad * chunkBytes - from), `${what}: no byte of the bad chunk`);
  assert.ok(got.equals(plain.subarray(from, from + got.length)), `${what}: no byte that was not there`);
  const errors = lines.filter(({ level }) => level === 'error');
  assert.deepEqual(
    errors.map(({ message, fields }) => [message, (fields as { file: string }).file]),
    [['a stored file is not as it was sealed', reference.id]],
    what,
  );
}

/** Everything that can be done to a chunk without its key, by where it first shows. */
function tampered(sealed: Buffer, other: Buffer, at: number): [what: string, bytes: Buffer, bad: number][] {
  const [chunks, others] = [chunksOf(sealed), chunksOf(other)];
  const chunk = Buffer.from(chunks[at] ?? []);
  const before = chunks.slice(0, at);
  const after = chunks.slice(at + 1);
  const flipped = (byte: number): Buffer => {
    const copy = Buffer.from(chunk);
    copy[byte] = (copy[byte] ?? 0) ^ 0x10;
    return copy;
  };
  const swapped = (at + 1) % chunkCount;
  // What comes after a good chunk is bad; the last one is not good where it is not the last.
  const next = Math.min(at + 1, chunkCount - 1);
  const moved = chunks.map((each, n) => (n === at ? (chunks[swapped] ?? each) : n === swapped ? chunk : each));
  const whole: [string, Uint8Array[], number][] = [
    ['a flipped bit at its beginning', [...before, flipped(0), ...after], at],
    ['a flipped bit in its middle', [...before, flipped(chunk.length >> 1), ...after], at],
    ['a flipped bit in its tag', [...before, flipped(chunk.length - 1), ...after], at],
    ['the file ends before it', before, Math.max(0, at - 1)],
    ['the file ends within it', [...before, chunk.subarray(0, chunk.length - 1)], at],
    ['it is left out', [...before, ...after], Math.max(0, Math.min(at, chunkCount - 2))],
    ['it is repeated', [...before, chunk, chunk, ...after], next],
    ['it changes places with the next', moved, Math.min(at, swapped)],
    ['it is the same chunk of another file', [...before, others[at] ?? chunk, ...after], at],
    ['it is followed by garbage', [...before, chunk, randomBytes(7), ...after], next],
    ['it is empty', [...before, Buffer.alloc(chunk.length), ...after], at],
  ];
  return whole.map(([what, parts, bad]) => [what, Buffer.concat(parts), bad]);
}

const grounds = [
  ['on disk', diskGround],
  ['in S3', () => s3Ground()],
] as const;

for (const [where, open] of grounds) {
  suite(`sealed files ${where}`, () => {
    test(`[store.sealed] ${where}, any range is that slice of what came`, async () => {
      await using ground = await open();
      const planted = await plant(ground);
      const { files, plain, reference } = planted;
      const point = fc.oneof(
        fc.nat(sizeBytes),
        fc.nat(chunkCount - 1).map((n) => n * chunkBytes),
      );
      await fc.assert(
        fc.asyncProperty(point, point, async (a, b) => {
          const range: ByteRange = { start: Math.min(a, b), end: Math.max(a, b) };
          const { got, error } = await readOut(files.openRange(reference, range));
          assert.equal(error, undefined);
          assert.ok(got.equals(plain.subarray(range.start, range.end)));
        }),
        { numRuns: 60 },
      );
      assert.ok((await readOut(files.open(reference))).got.equals(plain));
      assert.deepEqual(planted.lines, []);
    });

    test(`[store.sealed] ${where}, a file tampered with at any chunk is refused and logged, and no byte of a bad chunk comes out`, async () => {
      await using ground = await open();
      const planted = await plant(ground);
      const { files, reference, sealed } = planted;
      const other = (await plant(ground)).sealed;
      for (let at = 0; at < chunkCount; at++) {
        for (const [what, bytes, bad] of tampered(sealed, other, at)) {
          await ground.write(reference.id, bytes);
          await assertRefused(planted, files.open(reference), `chunk ${at}: ${what}`, 0, bad);
        }
      }
      await ground.write(reference.id, sealed);
      assert.equal((await readOut(files.open(reference))).error, undefined, 'as it was it opens again');
    });

    test(`[store.sealed] ${where}, a range that reaches a bad chunk is refused and logged; one that does not is good`, async () => {
      await using ground = await open();
      const planted = await plant(ground);
      const { files, plain, reference, sealed } = planted;
      for (let at = 0; at < chunkCount; at++) {
        const copy = Buffer.from(sealed);
        const bad = at * sealedChunkBytes + 500;
        copy[bad] = (copy[bad] ?? 0) ^ 1;
        await ground.write(reference.id, copy);
        const start = Math.max(0, at * chunkBytes - 10);
        const range = { start, end: at * chunkBytes + 10 };
        await assertRefused(planted, files.openRange(reference, range), `chunk ${at}`, start, at);
        const others = [
          { start: 0, end: at * chunkBytes },
          { start: (at + 1) * chunkBytes, end: sizeBytes },
        ];
        for (const { start, end } of others.filter((each) => each.start < each.end)) {
          const { got, error } = await readOut(files.openRange(reference, { start, end }));
          assert.deepEqual([error, got.equals(plain.subarray(start, end))], [undefined, true]);
        }
      }
    });

    test(`[store.sealed] ${where}, an empty file is sealed too: nothing in its place, or anything else, is refused`, async () => {
      await using ground = await open();
      const planted = await plant(ground, 0);
      const { files, reference, sealed } = planted;
      assert.equal(sealed.length, 16);
      assert.deepEqual(await readOut(files.open(reference)), { got: Buffer.alloc(0), error: undefined });
      for (const bytes of [Buffer.alloc(0), randomBytes(16), randomBytes(17), Buffer.concat([sealed, sealed])]) {
        await ground.write(reference.id, bytes);
        await assertRefused(planted, files.open(reference), `${bytes.length} bytes`, 0, 0);
      }
    });

    test(`[store.sealed] ${where}, a file that is gone is told in the log`, async () => {
      await using ground = await open();
      const { files, lines, reference } = await plant(ground);
      await ground.store.remove(reference.id);
      for (const bytes of [files.open(reference), files.openRange(reference, { start: 1, end: 2 })])
        assert.ok((await readOut(bytes)).error instanceof BlobMissing);
      assert.equal(lines.filter(({ level }) => level === 'error').length, 2);
    });
  });
}
