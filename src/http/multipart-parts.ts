import { once } from 'node:events';
import { Readable } from 'node:stream';
import { Dicer } from '@fastify/busboy';
import { KycError } from '../errors.ts';
import { tooMany } from './body-limits.ts';

/** Headers of a part by lower-case name, each byte as one character. */
export type PartHeaders = Readonly<Record<string, readonly string[] | undefined>>;

/** One part of a multipart body; to be read to its end before the next is asked for. */
export interface Part {
  readonly headers: PartHeaders;
  /** The next bytes, or undefined at the end. Throws what is wrong with the body. */
  read(): Promise<Uint8Array | undefined>;
}

/** The parts in the order they come. Reads no faster than they are read. Throws `invalid_request` or `too_large`. */
export async function* splitParts(
  chunks: AsyncIterable<Uint8Array>,
  boundary: string,
  maxParts: number,
): AsyncGenerator<Part, void> {
  const splitter = new PartSplitter(boundary, maxParts);
  const feeding = splitter.feed(chunks);
  try {
    yield* splitter.parts();
    await feeding;
  } finally {
    splitter.stop();
  }
}

/** What is thrown when the bytes do not follow the format, or end too soon. */
export function malformedMultipart(): KycError {
  return new KycError('invalid_request', { key: 'error.multipart_malformed' });
}

const pieceBytes = 64 * 1024;
/** What may wait in each part; many small parts may wait at once while a slow store holds up the first. */
const partBytes = 16 * 1024;
const maxBoundaryLength = 200;

/**
 * Turns the events of Dicer, the splitter inside busboy, into parts that are pulled one by one.
 * Choice: Dicer and not busboy itself, which drops a part it cannot make sense of without a word, and guesses charsets.
 */
class PartSplitter {
  readonly #dicer: Dicer;
  readonly #queue = new Readable({ objectMode: true, read: () => undefined });
  readonly #stopped = new AbortController();
  readonly #maxParts: number;
  #count = 0;
  #open: Readable | undefined;
  #openHasHeaders = true;
  #failure: unknown;

  constructor(boundary: string, maxParts: number) {
    if (boundary === '' || boundary.length > maxBoundaryLength) throw malformedMultipart();
    const config = { boundary, maxHeaderPairs: 20, maxHeaderSize: 8192, partHwm: partBytes };
    this.#maxParts = maxParts;
    this.#queue.on('error', () => undefined);
    this.#dicer = new Dicer(config);
    this.#dicer.on('error', () => this.#fail(malformedMultipart()));
    this.#dicer.on('part', (stream: Readable) => this.#begin(stream));
  }

  /** Never rejects: what goes wrong is thrown to whoever reads the parts. */
  async feed(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const piece of pieces(chunks)) await this.#write(piece);
      this.#dicer.end();
      await once(this.#dicer, 'close', { signal: this.#stopped.signal });
      if (!this.#openHasHeaders) throw malformedMultipart();
      this.#queue.push(null);
    } catch (error) {
      this.#fail(error);
    }
  }

  parts(): AsyncIterable<Part> {
    return this.#queue;
  }

  stop(): void {
    this.#stopped.abort();
    this.#open?.destroy();
  }

  async #write(piece: Uint8Array): Promise<void> {
    if (!this.#dicer.write(piece)) await once(this.#dicer, 'drain', { signal: this.#stopped.signal });
    if (this.#failure !== undefined) throw this.#failure;
  }

  #begin(stream: Readable): void {
    stream.on('error', () => undefined);
    if (!this.#openHasHeaders) this.#fail(malformedMultipart());
    if (++this.#count > this.#maxParts) this.#fail(tooMany('error.too_many_parts', this.#maxParts));
    if (this.#failure !== undefined) return;
    this.#open = stream;
    this.#openHasHeaders = false;
    stream.once('header', (headers: PartHeaders) => {
      this.#openHasHeaders = true;
      this.#queue.push(this.#part(headers, stream));
    });
  }

  #part(headers: PartHeaders, stream: Readable): Part {
    const bytes: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
    return {
      headers,
      read: async () => {
        const next = await bytes.next().catch(() => this.#throwFailure());
        if (this.#failure !== undefined) return this.#throwFailure();
        if (!next.done) return next.value;
        // Dicer pauses when a part is full and misses its end if the delimiter began a chunk: ask for more by hand.
        stream._read(0);
        return undefined;
      },
    };
  }

  #throwFailure(): never {
    throw this.#failure ?? malformedMultipart();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#open?.destroy();
    this.#queue.destroy(error instanceof Error ? error : malformedMultipart());
  }
}

/** Cuts large chunks, so that the splitter stops soon after a part is full. */
async function* pieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += pieceBytes) yield chunk.subarray(at, at + pieceBytes);
  }
}
