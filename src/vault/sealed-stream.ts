import { createCipheriv, createDecipheriv } from 'node:crypto';
import { SealBroken } from './key-ring.ts';

/** Plain bytes in every chunk but the last. */
export const chunkBytes: number = 64 * 1024;

const tagBytes = 16;

/**
 * Seals a stream in chunks of {@link chunkBytes}, each authenticated with its position and whether it is the last, so that a
 * chunk cut off, repeated, moved or taken from elsewhere is noticed. `key` must be random and used for this one stream:
 * the nonces are counters. Memory held: one chunk.
 */
export async function* sealStream(key: Uint8Array, plain: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  let index = 0;
  let held: Buffer | undefined;
  for await (const chunk of rechunk(plain, chunkBytes)) {
    if (held !== undefined) yield* sealChunk(key, held, index++, false);
    held = chunk;
  }
  yield* sealChunk(key, held ?? Buffer.alloc(0), index, true);
}

/** Opens what {@link sealStream} sealed, chunk by chunk. @throws SealBroken at the first chunk that is not as it was sealed */
export async function* openStream(key: Uint8Array, sealed: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  let index = 0;
  let held: Buffer | undefined;
  for await (const chunk of rechunk(sealed, chunkBytes + tagBytes)) {
    if (held !== undefined) yield openChunk(key, held, index++, false);
    held = chunk;
  }
  yield openChunk(key, held ?? Buffer.alloc(0), index, true);
}

function* sealChunk(key: Uint8Array, plain: Uint8Array, index: number, last: boolean): Iterable<Buffer> {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index, last));
  yield cipher.update(plain);
  cipher.final();
  yield cipher.getAuthTag();
}

function openChunk(key: Uint8Array, sealed: Uint8Array, index: number, last: boolean): Buffer {
  if (sealed.length < tagBytes) throw new SealBroken('a file');
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index, last), { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  try {
    const body = decipher.update(sealed.subarray(0, sealed.length - tagBytes));
    return Buffer.concat([body, decipher.final()]);
  } catch {
    throw new SealBroken('a file');
  }
}

/** Position and last-chunk mark make the nonce, so both are authenticated. */
function nonceOf(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt8(last ? 1 : 0, 0);
  nonce.writeUInt32BE(index, 8);
  return nonce;
}

/**
 * The same bytes in pieces of exactly `size`, the last one shorter. A piece is good until the next but one: two buffers take turns, so
 * that large files leave no trail of dead ones.
 */
async function* rechunk(source: AsyncIterable<Uint8Array>, size: number): AsyncIterable<Buffer> {
  let [piece, other] = [Buffer.allocUnsafe(size), Buffer.allocUnsafe(size)];
  let filled = 0;
  for await (const bytes of source) {
    for (let at = 0; at < bytes.length; ) {
      const taken = Math.min(size - filled, bytes.length - at);
      piece.set(bytes.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < size) continue;
      yield piece;
      [piece, other] = [other, piece];
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

/** How many bytes {@link sealStream} makes of so many plain ones. */
export function sealedBytes(plainBytes: number): number {
  return plainBytes + Math.max(1, Math.ceil(plainBytes / chunkBytes)) * tagBytes;
}
