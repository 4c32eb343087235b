import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { releaseMemory } from '../lib/release-memory.ts';
import { SealBroken } from './key-ring.ts';

/** Plain bytes in every chunk but the last. */
export const chunkBytes: number = 64 * 1024;

const tagBytes = 16;
const sealedChunkBytes = chunkBytes + tagBytes;

/**
 * Seals a stream in chunks of {@link chunkBytes}, each authenticated with its position and whether it is the last, so that a
 * chunk cut off, repeated, moved or taken from elsewhere is noticed. `key` must be random and used for this one stream:
 * the nonces are counters. Memory held: one chunk, plain and sealed; what is given out is good until the next is asked for.
 */
export async function* sealStream(key: Uint8Array, plain: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  const secret = createSecretKey(key);
  const sealed = Buffer.allocUnsafeSlow(sealedChunkBytes);
  let index = 0;
  try {
    for await (const { bytes, isLast } of rechunk(plain, chunkBytes))
      yield sealChunk(secret, bytes, nonceOf(index++, isLast), sealed);
  } finally {
    releaseMemory(sealed);
  }
}

/**
 * Opens what {@link sealStream} sealed, chunk by chunk; no byte of a chunk is given out before all of the chunk is known to be good.
 * @throws SealBroken at the first chunk that is not as it was sealed
 */
export async function* openStream(key: Uint8Array, sealed: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  const secret = createSecretKey(key);
  let index = 0;
  for await (const { bytes, isLast } of rechunk(sealed, sealedChunkBytes))
    yield openChunk(secret, bytes, index++, isLast);
}

/** Some of the bytes of a sealed stream: from `start` up to and not including `end`. */
export interface SealedRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Opens the plain bytes of `range` and reads no chunk but those that they lie in, each held to its position. `plainBytes`, the size of
 * the whole, must come from where it cannot be altered: it tells which chunk is the last.
 * @throws SealBroken at the first chunk that is not as it was sealed
 * @throws RangeError when the range does not lie within the whole
 */
export async function* openStreamRange(
  key: Uint8Array,
  read: (range: SealedRange) => AsyncIterable<Uint8Array>,
  plainBytes: number,
  range: SealedRange,
): AsyncIterable<Buffer> {
  checkRange(range, plainBytes);
  if (range.start === range.end) return;
  const secret = createSecretKey(key);
  const lastIndex = Math.ceil(plainBytes / chunkBytes) - 1;
  const [from, to] = [Math.floor(range.start / chunkBytes), Math.floor((range.end - 1) / chunkBytes)];
  const end = to === lastIndex ? plainBytes + (lastIndex + 1) * tagBytes : (to + 1) * sealedChunkBytes;
  let index = from;
  for await (const { bytes } of rechunk(read({ start: from * sealedChunkBytes, end }), sealedChunkBytes)) {
    if (index > to) throw new SealBroken('a file');
    const plain = openChunk(secret, bytes, index, index === lastIndex);
    const before = index * chunkBytes;
    yield plain.subarray(Math.max(range.start - before, 0), range.end - before);
    index++;
  }
  if (index <= to) throw new SealBroken('a file');
}

function checkRange({ start, end }: SealedRange, plainBytes: number): void {
  const isWithin = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end <= plainBytes;
  if (!isWithin || start > end) throw new RangeError('the range does not lie within the file');
}

/** Writes ciphertext and tag into `sealed`, and answers what of it they fill. */
function sealChunk(key: KeyObject, plain: Uint8Array, nonce: Uint8Array, sealed: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = cipher.update(plain);
  cipher.final();
  sealed.set(body);
  sealed.set(cipher.getAuthTag(), body.length);
  const end = body.length + tagBytes;
  releaseMemory(body);
  return sealed.subarray(0, end);
}

function openChunk(key: KeyObject, sealed: Uint8Array, index: number, last: boolean): Buffer {
  if (sealed.length < tagBytes) throw new SealBroken('a file');
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index, last), { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  try {
    const plain = decipher.update(sealed.subarray(0, sealed.length - tagBytes));
    decipher.final();
    return plain;
  } catch {
    throw new SealBroken('a file');
  }
}

/**
 * Position and last-chunk mark make the nonce, so both are authenticated; a key is for one stream, so no nonce comes twice under it.
 * @see Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance (STREAM)
 */
function nonceOf(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt8(last ? 1 : 0, 0);
  nonce.writeUInt32BE(index, 8);
  return nonce;
}

/** Some of a stream's bytes. */
interface Piece {
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

/**
 * The same bytes in pieces of exactly `size`, the last one shorter, or empty if there are none. A piece is good until the next is asked
 * for: all are of one buffer, so that large files leave no trail of dead ones.
 */
async function* rechunk(source: AsyncIterable<Uint8Array>, size: number): AsyncIterable<Piece> {
  const buffer = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  try {
    for await (const bytes of source) {
      for (let at = 0; at < bytes.length; ) {
        if (filled === size) {
          yield { bytes: buffer, isLast: false };
          filled = 0;
        }
        const some = bytes.subarray(at, at + size - filled);
        buffer.set(some, filled);
        filled += some.length;
        at += some.length;
      }
    }
    yield { bytes: buffer.subarray(0, filled), isLast: true };
  } finally {
    releaseMemory(buffer);
  }
}

/** How many bytes {@link sealStream} makes of so many plain ones. */
export function sealedBytes(plainBytes: number): number {
  return plainBytes + Math.max(1, Math.ceil(plainBytes / chunkBytes)) * tagBytes;
}
