import { KycError } from '../errors.ts';
import { tooMany } from './body-limits.ts';

/** Headers of a part by lower-case name, each byte as one character. */
export type PartHeaders = Readonly<Record<string, readonly string[] | undefined>>;

/** One part of a multipart body; to be read to its end before the next is asked for. */
export interface Part {
  readonly headers: PartHeaders;
  /** The next bytes, good until more are asked for, or undefined at the end. Throws what is wrong with the body. */
  read(): Promise<Uint8Array | undefined>;
}

const maxBoundaryLength = 200;
const maxHeaderBytes = 8192;
const maxHeaders = 20;
/** Large chunks are cut, so that nobody works on one for long. */
const pieceBytes = 64 * 1024;
const lineBreak = Buffer.from('\r\n');
const headerEnd = Buffer.from('\r\n\r\n');
/** What makes a delimiter the last. */
const closing = Buffer.from('--');

/**
 * The parts in the order they come. Takes a chunk when all of the one before was read, so that nothing waits here. What comes before the
 * first delimiter and after the last is passed over. Throws `invalid_request` or `too_large`.
 * Choice: own code, because splitters that are written to (busboy's) queue what they have found and need more of everything.
 * @see RFC 2046 § 5.1.1
 */
export async function* splitParts(
  chunks: AsyncIterable<Uint8Array>,
  boundary: string,
  maxParts: number,
): AsyncGenerator<Part, void> {
  if (boundary === '' || boundary.length > maxBoundaryLength) throw malformedMultipart();
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const window = new Window(pieces(chunks));
  await passOver(window.until(delimiter));
  for (let count = 1; !(await window.startsWith(closing)); count++) {
    if (count > maxParts) throw tooMany('error.too_many_parts', maxParts);
    const headers = await readHeaders(window, delimiter);
    const bytes = bodyOf(window, delimiter);
    yield { headers, read: async () => (await bytes.next()).value ?? undefined };
    await passOver(bytes);
  }
  await window.drain();
}

/** What is thrown when the bytes do not follow the format, or end too soon. */
export function malformedMultipart(): KycError {
  return new KycError('invalid_request', { key: 'error.multipart_malformed' });
}

/** The line break before a body belongs to the headers, or, where there is no body, to the delimiter. */
async function* bodyOf(window: Window, delimiter: Buffer): AsyncGenerator<Uint8Array, void> {
  if (!(await window.startsWith(delimiter))) window.take(lineBreak.length);
  yield* window.until(delimiter);
}

/** Headers after the first twenty, or beyond the first 8 kB, are passed over. */
async function readHeaders(window: Window, delimiter: Buffer): Promise<PartHeaders> {
  let text = '';
  let end = Buffer.alloc(0);
  for await (const bytes of window.until(headerEnd, lineBreak.length)) {
    text += bytes.toString('latin1', 0, Math.max(0, maxHeaderBytes - text.length));
    const seen = Buffer.concat([end, bytes]);
    if (seen.includes(delimiter)) throw malformedMultipart();
    end = Buffer.from(seen.subarray(Math.max(0, seen.length - delimiter.length + 1)));
  }
  return parseHeaders(text);
}

/** Reads as far as the lines are headers. What is left of the delimiter's own line may be blanks; lines may be folded. */
function parseHeaders(text: string): PartHeaders {
  const headers = new Map<string, string[]>();
  const lines = text
    .replace(/^[\t ]*\r\n/, '')
    .replace(/\r\n(?=[\t ])/g, '')
    .split('\r\n');
  for (const line of lines.filter((each) => each !== '').slice(0, maxHeaders)) {
    const [, name, value] = /^([^:\r\n]+):[\t ]?([^\r\n]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) break;
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
  }
  return Object.fromEntries(headers);
}

/** What has come of a body and was not taken yet. */
class Window {
  readonly #source: AsyncIterator<Uint8Array>;
  /** A body may begin with its delimiter, as if after a line break. */
  #held: Buffer = lineBreak;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The bytes before `needle` as they come; the needle is taken too, but for its last `left` bytes. Throws when there is none. */
  async *until(needle: Buffer, left = 0): AsyncGenerator<Buffer, void> {
    for (;;) {
      const at = this.#held.indexOf(needle);
      const before = at < 0 ? this.#held.length - begunBytes(this.#held, needle) : at;
      if (before > 0) yield this.take(before);
      if (at >= 0) return void this.take(needle.length - left);
      if (!(await this.#fill())) throw malformedMultipart();
    }
  }

  /** Throws when the body ends before that can be said. */
  async startsWith(bytes: Buffer): Promise<boolean> {
    while (this.#held.length < bytes.length && bytes.subarray(0, this.#held.length).equals(this.#held)) {
      if (!(await this.#fill())) throw malformedMultipart();
    }
    return this.#held.subarray(0, bytes.length).equals(bytes);
  }

  take(bytes: number): Buffer {
    const taken = this.#held.subarray(0, bytes);
    this.#held = this.#held.subarray(bytes);
    return taken;
  }

  async drain(): Promise<void> {
    while (!(await this.#source.next()).done);
  }

  async #fill(): Promise<boolean> {
    // A few bytes at most; the chunk that they are of is good no longer than this.
    const kept = Buffer.from(this.#held);
    const { done, value } = await this.#source.next();
    if (done) return false;
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.#held = kept.length === 0 ? bytes : Buffer.concat([kept, bytes]);
    return true;
  }
}

/** How many bytes at the end may be the beginning of a needle, which begins with a carriage return. */
function begunBytes(held: Buffer, needle: Buffer): number {
  let at = held.indexOf('\r', Math.max(0, held.length - needle.length + 1));
  while (at >= 0 && !needle.subarray(0, held.length - at).equals(held.subarray(at))) at = held.indexOf('\r', at + 1);
  return at < 0 ? 0 : held.length - at;
}

async function passOver(bytes: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of bytes);
}

async function* pieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += pieceBytes) yield chunk.subarray(at, at + pieceBytes);
  }
}
