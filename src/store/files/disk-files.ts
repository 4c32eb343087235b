import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A blob being written. Nobody reads it before `finish` resolved. */
export interface BlobWriter {
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when the bytes survive a crash. */
  finish(): Promise<void>;
  /** Removes what was written. */
  abort(): Promise<void>;
}

/** Where sealed bytes lie. It never sees a plain one. */
export interface BlobStore {
  create(id: string): Promise<BlobWriter>;
  /** The bytes in order. @throws Error when there is no such blob */
  read(id: string): AsyncIterable<Uint8Array>;
  /** Removes the blob; no error when it is gone already. */
  remove(id: string): Promise<void>;
  /** The ids of blobs last written before `before`. */
  listOlderThan(before: Date): AsyncIterable<string>;
}

const readBytes = 64 * 1024;

/** Blobs as files under one directory, mode 0600, spread over 256 subdirectories by the first two letters of their id. */
export class DiskFiles implements BlobStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async create(id: string): Promise<BlobWriter> {
    const path = this.#path(id);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, 'wx', 0o600);
    return {
      write: async (bytes) => {
        await file.writeFile(bytes);
      },
      finish: async () => {
        await file.sync();
        await file.close();
        await syncDirectory(dirname(path));
      },
      abort: async () => {
        await file.close().catch(() => {});
        await rm(path, { force: true });
      },
    };
  }

  async *read(id: string): AsyncIterable<Uint8Array> {
    await using file = await open(this.#path(id), 'r');
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(readBytes), 0, readBytes);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  async *listOlderThan(before: Date): AsyncIterable<string> {
    for (const shard of await listDirectory(this.#directory)) {
      for (const name of await listDirectory(join(this.#directory, shard))) {
        const entry = await stat(join(this.#directory, shard, name)).catch(() => undefined);
        if (entry?.isFile() && entry.mtime < before) yield name;
      }
    }
  }

  #path(id: string): string {
    if (!/^[0-9a-f]{32}$/.test(id)) throw new TypeError('a file id is 32 hexadecimal digits');
    return join(this.#directory, id.slice(0, 2), id);
  }
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
