/** After so many bytes the young generation is collected: what is left to lie becomes old, and lies on until there are 64 MB of it. */
const everyBytes = 8 * 1024 * 1024;

let bytesSince = 0;

/**
 * Takes note of buffers that were handed to somebody who does not say when they are done with them, and has the collector look for dead ones
 * now and then, where it is exposed: they lie outside the heap that it looks at by itself.
 */
export function collectAfter(bytes: number): void {
  bytesSince += bytes;
  if (bytesSince < everyBytes) return;
  bytesSince = 0;
  globalThis.gc?.({ type: 'minor' });
}
