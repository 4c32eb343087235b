import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { BlobExists, BlobMissing, type BlobStore, type ByteRange } from '../../src/store/files/blob-store.ts';
import type { BlobGround } from '../support/blob-grounds.ts';

/** One thing that every store of blobs must do. */
export interface BlobCase {
  readonly name: string;
  run(ground: BlobGround): Promise<void>;
}

/** A fresh id. */
export function blobId(): string {
  return randomBytes(16).toString('hex');
}

/** Bytes in pieces, each of which is overwritten once the next is asked for, as a sealed stream does. */
export async function* inPieces(bytes: Uint8Array, size = 60_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    const piece = Buffer.from(bytes.subarray(at, at + size));
    yield piece;
    piece.fill(0);
  }
}

/** All bytes of a stream. */
export async function allOf(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(bytes, (chunk) => Buffer.from(chunk)));
}

async function put(store: BlobStore, bytes: Uint8Array): Promise<string> {
  const id = blobId();
  await store.put(id, inPieces(bytes));
  return id;
}

async function* broken(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield* inPieces(bytes);
  throw new RangeError('the sender went away');
}

/** What every adapter of the port BlobStore must do. */
export const blobCases: readonly BlobCase[] = [
  {
    name: 'what was put is read as it was, whatever its size',
    run: async ({ store }) => {
      for (const size of [0, 1, 65_536, 200_000, 11_000_000]) {
        const bytes = randomBytes(size);
        assert.ok((await allOf(store.open(await put(store, bytes)))).equals(bytes), `${size}`);
      }
    },
  },
  {
    name: 'a range is those bytes and no others',
    run: async ({ store }) => {
      const bytes = randomBytes(200_000);
      const id = await put(store, bytes);
      const ranges = [
        [0, 200_000],
        [0, 1],
        [199_999, 200_000],
        [65_535, 131_073],
        [7, 7],
      ] as const;
      for (const [start, end] of ranges) {
        const range: ByteRange = { start, end };
        assert.ok((await allOf(store.open(id, range))).equals(bytes.subarray(start, end)), `${start}-${end}`);
      }
    },
  },
  {
    name: 'a range of a blob that was cut off ends where the blob does',
    run: async ({ store, write }) => {
      const id = await put(store, randomBytes(1000));
      await write(id, randomBytes(100));
      assert.equal((await allOf(store.open(id, { start: 50, end: 1000 }))).length, 50);
      assert.equal((await allOf(store.open(id, { start: 100, end: 1000 }))).length, 0);
    },
  },
  {
    name: 'an id is never used twice: the blob of before stays as it is',
    run: async ({ store }) => {
      const bytes = randomBytes(1000);
      const id = await put(store, bytes);
      await assert.rejects(store.put(id, inPieces(randomBytes(2000))), BlobExists);
      assert.ok((await allOf(store.open(id))).equals(bytes));
    },
  },
  {
    name: 'of twenty that put one id at once, one does',
    run: async ({ store }) => {
      const id = blobId();
      const puts = Array.from({ length: 20 }, (_, n) => store.put(id, inPieces(Buffer.alloc(1000, n))));
      const settled = await Promise.allSettled(puts);
      const winner = settled.findIndex(({ status }) => status === 'fulfilled');
      assert.equal(settled.filter(({ status }) => status === 'rejected').length, 19);
      assert.ok((await allOf(store.open(id))).equals(Buffer.alloc(1000, winner)));
    },
  },
  {
    name: 'bytes that end in an error leave nothing behind, and the error is told as it is',
    run: async ({ store, ids }) => {
      const before = await ids();
      for (const size of [0, 100, 300_000])
        await assert.rejects(store.put(blobId(), broken(randomBytes(size))), RangeError);
      assert.deepEqual(await ids(), before);
    },
  },
  {
    name: 'what is not there is missing, whole or in part',
    run: async ({ store }) => {
      await assert.rejects(allOf(store.open(blobId())), BlobMissing);
      await assert.rejects(allOf(store.open(blobId(), { start: 1, end: 2 })), BlobMissing);
    },
  },
  {
    name: 'what was removed is gone, and may be removed again',
    run: async ({ store, ids }) => {
      const id = await put(store, randomBytes(1000));
      await store.remove(id);
      await assert.rejects(allOf(store.open(id)), BlobMissing);
      await store.remove(id);
      assert.ok(!(await ids()).some((each) => each.includes(id)));
    },
  },
  {
    name: 'those older than a moment are listed, page by page, and nothing that is no blob',
    run: async ({ store, age, litter }) => {
      const before = new Date(Date.now() - 60_000);
      const listed = async (): Promise<string[]> => (await Array.fromAsync(store.listOlderThan(before))).sort();
      await litter();
      assert.deepEqual(await listed(), []);
      const [young, ...old] = await Promise.all(Array.from({ length: 6 }, () => put(store, randomBytes(10))));
      for (const id of old) await age(id, 120_000);
      assert.deepEqual(await listed(), old.sort());
      await Promise.all([...old, young ?? ''].map((id) => store.remove(id)));
    },
  },
  {
    name: 'an id that might lead elsewhere is refused',
    run: async ({ store }) => {
      for (const id of ['', '..', '../../etc/passwd', 'A'.repeat(32), `${'a'.repeat(32)}/`]) {
        await assert.rejects(store.put(id, inPieces(randomBytes(1))), TypeError);
        await assert.rejects(allOf(store.open(id)), TypeError);
        await assert.rejects(store.remove(id), TypeError);
      }
    },
  },
  {
    name: 'a reader who stops early holds nothing open',
    run: async ({ store }) => {
      const id = await put(store, randomBytes(2_000_000));
      for (let n = 0; n < 60; n++) {
        for await (const chunk of store.open(id)) {
          assert.ok(chunk.length > 0);
          break;
        }
      }
      assert.equal((await allOf(store.open(id))).length, 2_000_000);
    },
  },
];
