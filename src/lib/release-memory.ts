/**
 * Gives back the memory of bytes that nobody needs any more, without waiting for the collector: it goes by its heap, in which they are a few
 * words each, and finds them late. Afterwards they are empty for whoever still has them.
 */
export function releaseMemory({ buffer, byteLength }: Uint8Array): void {
  // Where they are part of something larger, the rest may be somebody's.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
