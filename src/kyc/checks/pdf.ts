import type { CheckFile } from './check.ts';

/** The end of file marker is in here, as readers have it. @see ISO 32000-1 § H.3, implementation note 18 */
const tailBytes = 1024;
const headBytes = 8;

/** Whether a file begins as a PDF and was not broken off: its version first, its end mark last. Memory held: 1 kB and a piece. */
export async function isWholePdf(file: CheckFile, signal: AbortSignal): Promise<boolean> {
  let head = '';
  let tail = '';
  for await (const piece of file.open()) {
    signal.throwIfAborted();
    if (head.length < headBytes) head += latin1(piece.subarray(0, headBytes - head.length));
    tail = (tail + latin1(piece.subarray(-tailBytes))).slice(-tailBytes);
  }
  return /^%PDF-[12]\.\d$/.test(head) && tail.includes('%%EOF');
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
