import { KycError } from '../errors.ts';
import { tooLarge } from './body-limits.ts';

/** The bytes of one request, pulled chunk by chunk and counted. */
export class BodySource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #maxBytes: number;
  #readBytes = 0;
  #first: Uint8Array | undefined;

  constructor(request: Request, maxBytes: number) {
    this.#reader = request.body?.getReader();
    this.#maxBytes = maxBytes;
  }

  /** Waits for the first bytes, or for the end. Call it once, before {@link chunks}. */
  async isEmpty(): Promise<boolean> {
    this.#first = await this.#read();
    return this.#first === undefined;
  }

  /** The chunks in order, none of them empty. Throws `too_large`, or `invalid_request` if the client goes away. */
  async *chunks(): AsyncGenerator<Uint8Array, void> {
    for (let chunk = this.#first; chunk !== undefined; chunk = await this.#read()) yield chunk;
  }

  /** Wants no more of it. Nobody waits for the sender to agree: it may never do. */
  cancel(): void {
    this.#reader?.cancel().catch(() => undefined);
  }

  async #read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const next = await this.#reader?.read().catch(endedEarly);
      if (next === undefined || next.done) return undefined;
      this.#readBytes += next.value.length;
      if (this.#readBytes > this.#maxBytes) throw tooLarge('request body', this.#maxBytes);
      if (next.value.length > 0) return next.value;
    }
  }
}

function endedEarly(cause: unknown): never {
  throw new KycError('invalid_request', 'request body ended early', { cause });
}
