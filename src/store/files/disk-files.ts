import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  BlobExists,
  BlobMissing,
  type BlobStore,
  type ByteRange,
  checkBlobId,
  filesAway,
  isBlobId,
} from './blob-store.ts';
import { gather } from './gather.ts';
import { readHandle } from './read-handle.ts';

/** Blobs as files under one directory, mode 0600, spread over 256 subdirectories by the first two letters of their id. */
export class DiskFiles implements BlobStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async put(id: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.#path(id);
    const file = await this.#create(path);
    try {
      for await (const chunk of gather(bytes)) await file.writeFile(chunk).catch(throwAway);
      await this.#makeDurable(file, path).catch(throwAway);
    } catch (error) {
      await file.close().catch(() => {});
      await rm(path, { force: true }).catch(() => {});
      throw error;
    }
  }

  async *open(id: string, range?: ByteRange): AsyncIterable<Uint8Array> {
    await using file = await open(this.#path(id), 'r').catch(throwMissing);
    yield* readHandle(file, range);
  }

  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  async *listOlderThan(before: Date): AsyncIterable<string> {
    for (const shard of await listDirectory(this.#directory)) {
      for (const name of (await listDirectory(join(this.#directory, shard))).filter(isBlobId)) {
        const entry = await stat(join(this.#directory, shard, name)).catch(() => undefined);
        if (entry?.isFile() && entry.mtime < before) yield name;
      }
    }
  }

  async #create(path: string): Promise<FileHandle> {
    const directory = dirname(path);
    const made = await mkdir(directory, { recursive: true, mode: 0o700 }).catch(throwAway);
    const parents = made === undefined ? [] : new Set([dirname(directory), dirname(made)]);
    for (const parent of parents) await syncDirectory(parent).catch(throwAway);
    return open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? new BlobExists({ cause: error }) : filesAway(error);
    });
  }

  async #makeDurable(file: FileHandle, path: string): Promise<void> {
    await file.sync();
    await file.close();
    await syncDirectory(dirname(path));
  }

  #path(id: string): string {
    checkBlobId(id);
    return join(this.#directory, id.slice(0, 2), id);
  }
}

function throwAway(error: unknown): never {
  throw filesAway(error);
}

function throwMissing(error: NodeJS.ErrnoException): never {
  throw error.code === 'ENOENT' ? new BlobMissing({ cause: error }) : filesAway(error);
}

async function listDirectory(path: string): Promise<string[]> {
  return readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
}

/** A new name in a directory survives a crash only after the directory itself was synced. */
async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, 'r');
  await directory.sync();
}
