import type { FileHandle } from 'node:fs/promises';
import type { ByteRange } from './blob-store.ts';
import { collectAfter } from './collect.ts';

const pieceBytes = 64 * 1024;

/** The bytes of an open file from its beginning to its end, or those of a range; the file stays open. */
export async function* readHandle(file: FileHandle, range?: ByteRange): AsyncGenerator<Buffer, void> {
  let at = range?.start ?? 0;
  const end = range?.end ?? Number.POSITIVE_INFINITY;
  while (at < end) {
    const wanted = Math.min(pieceBytes, end - at);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
    collectAfter(bytesRead);
  }
}
