import { readEvents } from './event-stream.ts';
import { type Operation, readOperation, readTransaction, type TransactionFacts } from './read-credit.ts';
import { SilenceWatch } from './silence-watch.ts';

/** Horizon gave no answer that can be used. The message holds no URL. */
export class HorizonFault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HorizonFault';
  }
}

/** It answers, but not as a stream. */
export class NoStream extends HorizonFault {}

/** Where Horizon is and how long it may be silent. */
export interface HorizonOptions {
  readonly url: string;
  /** The account whose payments are asked for. */
  readonly account: string;
  readonly fetch: typeof fetch;
  /** For an answer that is complete, and for the first word of a stream, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number | undefined;
  /** For how long a stream may say nothing, in milliseconds. Default: 65,000, as Horizon ends its streams after about 55 seconds. */
  readonly silenceMs?: number | undefined;
}

/** The most that Horizon puts on a page. */
export const pageSize = 200;
const maxBodyBytes = 8_000_000;

/** The payments of one account as a Horizon server tells of them. @see Horizon API § Retrieve an Account's Payments */
export class HorizonPayments {
  readonly #options: HorizonOptions;
  readonly #base: string;
  readonly #timeoutMs: number;

  constructor(options: HorizonOptions) {
    this.#options = options;
    this.#base = options.url.replace(/\/+$/, '');
    this.#timeoutMs = options.timeoutMs ?? 10_000;
  }

  /** The place of the newest payment; `0` when there was none, or the account does not exist yet. @throws HorizonFault */
  async newestToken(signal: AbortSignal): Promise<string> {
    const [newest] = await this.#page(this.#paymentsUrl({ order: 'desc', limit: '1' }), signal);
    return newest?.token ?? '0';
  }

  /** What came after a place, in order; at most {@link pageSize}. @throws HorizonFault */
  async after(cursor: string, signal: AbortSignal): Promise<readonly Operation[]> {
    const query = { cursor, order: 'asc', limit: String(pageSize), join: 'transactions' };
    const page = await this.#page(this.#paymentsUrl(query), signal);
    // Order is what "everything up to here was seen" rests on, so it is not taken on trust.
    return page.toSorted((a, b) => Number(BigInt(a.token) - BigInt(b.token)));
  }

  /** All payments of a transaction. @throws HorizonFault */
  ofTransaction(id: string, signal: AbortSignal): Promise<readonly Operation[]> {
    return this.#page(`${this.#base}/transactions/${encodeURIComponent(id)}/payments?limit=${pageSize}`, signal);
  }

  /** @throws HorizonFault */
  async transaction(id: string, signal: AbortSignal): Promise<TransactionFacts> {
    const facts = readTransaction(await this.#json(`${this.#base}/transactions/${encodeURIComponent(id)}`, signal));
    if (facts === undefined) throw new HorizonFault('a transaction that cannot be read');
    return facts;
  }

  /**
   * What comes after a place, as it happens, until the server ends it or says nothing for too long.
   * @throws NoStream when the server does not stream; HorizonFault when the stream broke
   */
  async *stream(cursor: string, signal: AbortSignal): AsyncGenerator<Operation> {
    const watch = new SilenceWatch(signal, this.#timeoutMs);
    try {
      yield* this.#listen(cursor, watch);
    } catch (error) {
      if (signal.aborted) return;
      // Choice: something in between may keep a stream to itself until it ends; then it is asked for pages.
      throw watch.wasMute ? new NoStream('not a word') : toFault(error);
    } finally {
      watch.end();
    }
  }

  async *#listen(cursor: string, watch: SilenceWatch): AsyncGenerator<Operation> {
    const query = { cursor, order: 'asc', join: 'transactions' };
    const response = await this.#fetch(this.#paymentsUrl(query), 'text/event-stream', watch.signal);
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    if (response.status !== 200 || !isStream || response.body === null) {
      await response.body?.cancel();
      throw new NoStream(`status ${response.status}`);
    }
    const { account, silenceMs = 65_000 } = this.#options;
    for await (const { data } of readEvents(response.body)) {
      watch.heard(silenceMs);
      if (data === '"byebye"') return;
      const operation = readOperation(parseJson(data), account);
      if (operation !== undefined) yield operation;
    }
  }

  #paymentsUrl(query: Readonly<Record<string, string>>): string {
    return `${this.#base}/accounts/${this.#options.account}/payments?${new URLSearchParams(query)}`;
  }

  /** An account that nobody made yet has no payments. */
  async #page(url: string, signal: AbortSignal): Promise<readonly Operation[]> {
    const body = await this.#json(url, signal);
    if (body === undefined) return [];
    const records = memberOf(memberOf(body, '_embedded'), 'records');
    if (!Array.isArray(records)) throw new HorizonFault('a page that cannot be read');
    return records.flatMap((record) => readOperation(record, this.#options.account) ?? []);
  }

  /** Undefined for Horizon's own "there is no such thing"; the 404 of a gateway is a fault. */
  async #json(url: string, signal: AbortSignal): Promise<unknown> {
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]);
      const response = await this.#fetch(url, 'application/json', limited);
      const body = parseJson(await readBounded(response));
      if (response.status === 404 && isHorizonNotFound(body)) return undefined;
      if (response.status !== 200 || body === undefined) throw new HorizonFault(`status ${response.status}`);
      return body;
    } catch (error) {
      throw toFault(error);
    }
  }

  #fetch(url: string, accept: string, signal: AbortSignal): Promise<Response> {
    return this.#options.fetch(url, { redirect: 'error', headers: { accept }, signal });
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new HorizonFault('an answer that is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function isHorizonNotFound(body: unknown): boolean {
  const type = memberOf(body, 'type');
  return typeof type === 'string' && type.endsWith('/not_found');
}

function memberOf(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[name] : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toFault(error: unknown): HorizonFault {
  return error instanceof HorizonFault ? error : new HorizonFault('no answer', { cause: error });
}
