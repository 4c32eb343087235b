import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newToken } from '../../lib/ids.ts';
import { filesAway } from './blob-store.ts';
import { gather } from './gather.ts';
import { readHandle } from './read-handle.ts';

/** Bytes that wait on this machine's disk to be sent elsewhere; they are gone with this, or with the process. */
export interface Spooled extends AsyncDisposable {
  readonly sizeBytes: number;
  /** SHA-256, base64. */
  readonly sha256: string;
  /** The bytes from their beginning, as often as they are asked for. */
  read(): AsyncGenerator<Buffer, void>;
}

/**
 * Takes bytes as they come, so that how many there are is known before they are sent, and that they can be sent again. The file has no
 * name from the beginning: whatever ends the process, nothing stays.
 * @throws KycError `unavailable` when the disk takes no more; what the bytes end in as it is
 */
export async function spool(directory: string, bytes: AsyncIterable<Uint8Array>): Promise<Spooled> {
  const file = await openNameless(directory).catch(throwAway);
  const close = (): Promise<void> => file.close();
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const chunk of gather(bytes)) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      await file.writeFile(chunk).catch(throwAway);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { sizeBytes, sha256: hash.digest('base64'), read: () => readHandle(file), [Symbol.asyncDispose]: close };
}

async function openNameless(directory: string): Promise<FileHandle> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, newToken());
  const file = await open(path, 'wx+', 0o600);
  await rm(path);
  return file;
}

function throwAway(error: unknown): never {
  throw filesAway(error);
}
