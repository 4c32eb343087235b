import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { KycError } from '../errors.ts';
import { releaseMemory } from '../lib/release-memory.ts';
import { tooLarge } from './body-limits.ts';
import { type Pulling, pullStream } from './pull-stream.ts';

/** Up to this announced length a body is read in one piece. */
const smallBytes = 64 * 1024;

/**
 * The bytes of one request, pulled chunk by chunk and counted. Touches nothing before the first pull. What comes from `incoming`, which nobody
 * else may read, is given back as it is read: left to the collector, the chunks of many uploads at once would lie around by the dozens of MB.
 */
export class BodySource {
  readonly #request: Request;
  readonly #maxBytes: number;
  readonly #announcedBytes: number;
  readonly #incoming: Readable | undefined;
  #pulling: Pulling | undefined;
  #readBytes = 0;
  #isRead = false;
  #first: Uint8Array | undefined;

  constructor(request: Request, maxBytes: number, incoming?: Readable) {
    this.#request = request;
    this.#incoming = incoming;
    this.#maxBytes = maxBytes;
    this.#announcedBytes = Number(request.headers.get('content-length') ?? Number.NaN);
  }

  /** Waits for the first bytes, or for the end. Call it once, before {@link chunks}. */
  async isEmpty(): Promise<boolean> {
    if (this.#announcedBytes > this.#maxBytes) throw tooLarge({ key: 'thing.request_body' }, this.#maxBytes);
    this.#first = await this.#read();
    return this.#first === undefined;
  }

  /** The chunks in order, none empty, each good until the next is asked for. Throws `too_large`, or `invalid_request` if the client goes away. */
  async *chunks(): AsyncGenerator<Uint8Array, void> {
    for (let chunk = this.#first; chunk !== undefined; chunk = await this.#read()) {
      yield chunk;
      if (this.#incoming !== undefined && !this.#isRead) releaseMemory(chunk);
    }
  }

  /** Wants no more of it; resolves when that has been said. */
  async cancel(): Promise<void> {
    if (this.#isRead) return;
    // A Request made of FormData is filled by undici without being asked, and does not stand being closed in the midst of it.
    if (this.#incoming === undefined) await setImmediate();
    this.#open().cancel();
  }

  async #read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const chunk = await (this.#announcedBytes <= smallBytes ? this.#pullAll() : this.#pull()).catch(endedEarly);
      if (chunk === undefined) return undefined;
      this.#readBytes += chunk.length;
      if (this.#readBytes > this.#maxBytes) throw tooLarge({ key: 'thing.request_body' }, this.#maxBytes);
      if (chunk.length > 0) return chunk;
    }
  }

  /** On Node's adapter several times cheaper than {@link BodySource.#pull}, for which it has to build a `Request` in full. */
  async #pullAll(): Promise<Uint8Array | undefined> {
    if (this.#isRead) return undefined;
    this.#isRead = true;
    return new Uint8Array(await this.#request.arrayBuffer());
  }

  async #pull(): Promise<Uint8Array | undefined> {
    return this.#open().read();
  }

  #open(): Pulling {
    this.#pulling ??= this.#incoming === undefined ? pullRequest(this.#request) : pullStream(this.#incoming);
    return this.#pulling;
  }
}

function pullRequest({ body }: Request): Pulling {
  const reader = body?.getReader();
  return {
    read: async () => (await reader?.read())?.value,
    // Nobody waits for the sender to agree: it may never do.
    cancel: () => void reader?.cancel().catch(() => undefined),
  };
}

function endedEarly(cause: unknown): never {
  throw new KycError('invalid_request', { key: 'error.body_ended_early' }, { cause });
}
