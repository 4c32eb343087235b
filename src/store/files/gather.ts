import { releaseMemory } from '../../lib/release-memory.ts';

/** A write costs as much as sealing its bytes, however few they are, as the thread that makes it has to be woken. */
const writeBytes = 256 * 1024;

/** The same bytes in pieces that are worth a write; each is good until the next is asked for. */
export async function* gather(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const held = Buffer.allocUnsafeSlow(writeBytes);
  let filled = 0;
  try {
    for await (const chunk of bytes) {
      for (let at = 0; at < chunk.length; ) {
        const some = chunk.subarray(at, at + writeBytes - filled);
        held.set(some, filled);
        at += some.length;
        filled += some.length;
        if (filled < writeBytes) continue;
        yield held;
        filled = 0;
      }
    }
    if (filled > 0) yield held.subarray(0, filled);
  } finally {
    releaseMemory(held);
  }
}
