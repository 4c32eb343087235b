import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobStore } from '../../src/store/files/blob-store.ts';
import { DiskFiles } from '../../src/store/files/disk-files.ts';
import { openS3Files } from '../../src/store/files/open-s3-files.ts';
import { readS3Url } from '../../src/store/files/s3-location.ts';
import { standInKeys } from './stand-ins/s3-signature.ts';
import { type S3StandIn, startS3 } from './stand-ins/s3-stand-in.ts';
import { temporaryDirectory } from './test-anchor.ts';

/** A store of blobs, and what others who reach the same place can do to it. */
export interface BlobGround extends AsyncDisposable {
  readonly store: BlobStore;
  /** The ids of everything that is kept, finished or not. */
  ids(): Promise<string[]>;
  read(id: string): Promise<Buffer>;
  /** Puts other bytes in the place of a blob's. */
  write(id: string, bytes: Uint8Array): Promise<void>;
  /** Makes a blob older than it is. */
  age(id: string, ms: number): Promise<void>;
  /** Leaves things in the same place that are no blobs, all of them old. */
  litter(): Promise<void>;
}

/** A directory of its own. */
export async function diskGround(): Promise<BlobGround> {
  const directory = await temporaryDirectory();
  const path = (id: string): string => join(directory.path, 'files', id.slice(0, 2), id);
  const age = async (of: string, ms: number): Promise<void> => {
    const at = new Date(Date.now() - ms);
    await utimes(of, at, at);
  };
  return {
    store: new DiskFiles(join(directory.path, 'files')),
    ids: async () => (await readdir(directory.path, { recursive: true })).filter((name) => /[0-9a-f]{32}$/.test(name)),
    read: (id) => readFile(path(id)),
    write: (id, bytes) => writeFile(path(id), bytes),
    age: (id, ms) => age(path(id), ms),
    litter: async () => {
      for (const name of ['.DS_Store', 'ab/notes.txt', 'ab/0123']) {
        const of = join(directory.path, 'files', name);
        await mkdir(dirname(of), { recursive: true });
        await writeFile(of, 'mine');
        await age(of, 1e9);
      }
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

/** A bucket of a stand-in, with a page of two keys so that lists have several. */
export async function s3Ground(idleMs?: number): Promise<BlobGround & { readonly s3: S3StandIn }> {
  const directory = await temporaryDirectory();
  const s3 = await startS3(directory.path, 2);
  return {
    s3,
    store: await openS3(s3.url, join(directory.path, 'spool'), idleMs),
    ids: async () => [...s3.keys(), ...(await readdir(join(directory.path, 'spool')).catch(() => []))],
    read: (id) => s3.read(keyOf(id)),
    write: (id, bytes) => s3.write(keyOf(id), bytes),
    age: async (id, ms) => s3.age(keyOf(id), ms),
    litter: async () => {
      for (const key of ['notes.txt', `elsewhere/${'a'.repeat(32)}`, `sealed/${'b'.repeat(31)}`, 'sealed/x/y']) {
        await s3.write(key, Buffer.from('mine'));
        s3.age(key, 1e9);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await s3[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** Files in a store that a URL names, with the credentials of the stand-in where AWS's tools look for them. */
export async function openS3(url: string, spoolDirectory: string, idleMs?: number): Promise<BlobStore> {
  const location = readS3Url(url);
  if (location === undefined) throw new TypeError('not a URL of S3');
  process.env['AWS_ACCESS_KEY_ID'] = standInKeys.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = standInKeys.secretAccessKey;
  return openS3Files(location, spoolDirectory, { idleMs });
}

function keyOf(id: string): string {
  return `sealed/${id}`;
}
