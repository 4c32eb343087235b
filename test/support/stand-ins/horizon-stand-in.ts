import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { json, type StandIn, serveStandIn } from './stand-in.ts';

/** A payment to be put on the ledger; what is left out is usual. */
export interface LedgerPayment {
  readonly to: string;
  readonly amount: string;
  /** `native`, or code and issuer with a colon between. */
  readonly asset: string;
  readonly type?: 'payment' | 'path_payment_strict_receive' | 'path_payment_strict_send' | 'create_account';
  readonly muxedId?: string;
}

/** What the transaction around payments says. */
export interface LedgerTransaction {
  readonly memo?: string;
  readonly memoType?: 'text' | 'id' | 'hash' | 'return';
  readonly isSuccessful?: boolean;
}

/** How the server misbehaves; each may be changed at any time. */
export interface Conduct {
  /** Whether it streams, answers a page to whoever asks for a stream, refuses, or says nothing after its head. */
  streams: 'yes' | 'page' | 'refuses' | 'mute';
  /** A stream ends within a record after so many. */
  breakAfter: number;
  /** Every record of a stream is told so often. */
  tells: number;
  /** Pages are told in another order. */
  isReordered: boolean;
  /** Whether `join=transactions` is heard. */
  joins: boolean;
  /** So many of the next requests are answered 503. */
  failing: number;
}

/** A Horizon server that stands in for the real one: it knows what a test puts on its ledger. */
export interface HorizonStandIn extends StandIn {
  readonly conduct: Conduct;
  /** The requests that were made: path and query. */
  readonly requests: readonly string[];
  /** Puts a transaction on the ledger; answers its hash. */
  pay(payments: readonly LedgerPayment[], transaction?: LedgerTransaction): string;
  /** The place of the newest record. */
  readonly newest: string;
}

type Json = Readonly<Record<string, unknown>>;

interface Entry {
  readonly token: bigint;
  readonly to: string;
  readonly hash: string;
  readonly record: Json;
}

/**
 * Speaks Horizon's payments of an account, by page and as server-sent events, its transactions, and "no such account" for every account: as its
 * documentation says, until it is told to misbehave. @see developers.stellar.org, Horizon API
 */
export async function horizonStandIn(): Promise<HorizonStandIn> {
  const conduct: Conduct = {
    ...{ streams: 'yes', breakAfter: Number.POSITIVE_INFINITY, tells: 1 },
    ...{ isReordered: false, joins: true, failing: 0 },
  };
  const ledger = new Ledger();
  const requests: string[] = [];
  const server = await serveStandIn(async (request) => {
    const url = new URL(request.url);
    requests.push(`${url.pathname}${url.search}`);
    if (conduct.failing-- > 0) return json({ title: 'Service Unavailable', status: 503 }, 503);
    const [, kind, id = '', list] = url.pathname.split('/');
    if (kind === 'accounts' && list === 'payments') {
      return payments(ledger, conduct, askedBy(id, url.searchParams, request, conduct));
    }
    if (kind !== 'transactions') return notFound();
    const own = ledger.entries.filter(({ hash }) => hash === id);
    if (own[0] === undefined) return notFound();
    return list === 'payments' ? page(own.map(({ record }) => unjoined(record))) : json(own[0].record['transaction']);
  });
  return {
    ...{ url: server.url, conduct, requests },
    pay: (paid, transaction = {}) => ledger.close(paid, transaction),
    get newest() {
      return String(ledger.entries.at(-1)?.token ?? 0);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** What happened, in order. */
class Ledger {
  readonly entries: Entry[] = [];
  #sequence = 51_000_000n;

  close(payments: readonly LedgerPayment[], transaction: LedgerTransaction): string {
    // As in Horizon: ledger, transaction and operation in one number beyond what a double holds.
    const first = (this.#sequence++ << 32n) + 4096n;
    const hash = createHash('sha256').update(randomUUID()).digest('hex');
    const { memo, memoType = memo === undefined ? 'none' : 'id', isSuccessful = true } = transaction;
    const joined = {
      ...{ id: hash, hash, paging_token: String(first), successful: isSuccessful },
      ...{ memo_type: memoType, ...(memo !== undefined && { memo }), operation_count: payments.length },
    };
    for (const [index, payment] of payments.entries()) {
      const token = first + BigInt(index) + 1n;
      const record = recordOf(payment, { token: String(token), hash, isSuccessful });
      this.entries.push({ token, to: payment.to, hash, record: { ...record, transaction: joined } });
    }
    return hash;
  }

  after(account: string, cursor: bigint): readonly Entry[] {
    return this.entries.filter(({ to, token }) => to === account && token > cursor);
  }
}

const payer = 'GAIH3ULLFQ4DGSECF2AR555KZ4KNDGEKN4AFI4SU2M7B43MGK3QJZNSR';

function recordOf(
  { to, amount, asset, type = 'payment', muxedId }: LedgerPayment,
  { token, hash, isSuccessful }: { readonly token: string; readonly hash: string; readonly isSuccessful: boolean },
): Json {
  const about = {
    ...{ id: token, paging_token: token, transaction_successful: isSuccessful, source_account: payer },
    ...{ type, created_at: '2026-11-24T12:00:00Z', transaction_hash: hash },
  };
  if (type === 'create_account') return { ...about, starting_balance: amount, funder: payer, account: to };
  const isPath = type !== 'payment';
  return {
    ...about,
    ...{ ...assetOf(asset), from: payer, to, amount },
    ...(isPath && { source_amount: '1.0000000', source_asset_type: 'native', path: [] }),
    ...(muxedId !== undefined && { to_muxed: 'M…', to_muxed_id: muxedId }),
  };
}

function assetOf(asset: string): Json {
  const [code = '', issuer] = asset.split(':');
  if (issuer === undefined) return { asset_type: 'native' };
  const kind = code.length > 4 ? 'credit_alphanum12' : 'credit_alphanum4';
  return { asset_type: kind, asset_code: code, asset_issuer: issuer };
}

/** Who asks for what. */
interface Asked {
  readonly account: string;
  readonly after: bigint;
  readonly isNewestFirst: boolean;
  readonly limit: number;
  readonly wantsStream: boolean;
  readonly shown: (entry: Entry) => Json;
  readonly signal: AbortSignal;
}

function askedBy(account: string, query: URLSearchParams, request: Request, { joins }: Conduct): Asked {
  const isJoined = joins && query.get('join') === 'transactions';
  return {
    ...{ account, after: BigInt(query.get('cursor') ?? '0'), signal: request.signal },
    isNewestFirst: query.get('order') === 'desc',
    limit: Number(query.get('limit') ?? 10),
    wantsStream: request.headers.get('accept') === 'text/event-stream',
    shown: ({ record }) => (isJoined ? record : unjoined(record)),
  };
}

function payments(ledger: Ledger, conduct: Conduct, asked: Asked): Response {
  const { streams, isReordered } = conduct;
  if (asked.wantsStream && streams === 'refuses') return json({ title: 'Not Acceptable', status: 406 }, 406);
  if (asked.wantsStream && streams !== 'page') {
    const body = streams === 'mute' ? mute(asked.signal) : told(ledger, conduct, asked);
    return new Response(ReadableStream.from<Uint8Array>(body), {
      headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    });
  }
  const all = ledger.after(asked.account, asked.after);
  const records = (asked.isNewestFirst ? all.toReversed() : all).slice(0, asked.limit).map(asked.shown);
  return page(isReordered ? records.toReversed() : records);
}

async function* told(
  ledger: Ledger,
  conduct: Conduct,
  { account, after, shown, signal }: Asked,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from('retry: 1000\nevent: open\ndata: "hello"\n\n');
  let [last, count] = [after, 0];
  while (!signal.aborted) {
    for (const entry of ledger.after(account, last)) {
      const text = `id: ${entry.token}\ndata: ${JSON.stringify(shown(entry))}\n\n`;
      // In pieces, as networks do.
      const [one, other] = [Buffer.from(text.slice(0, 40)), Buffer.from(text.slice(40))];
      if (count++ >= conduct.breakAfter) {
        yield one;
        return;
      }
      for (let n = 0; n < conduct.tells; n++) {
        yield one;
        yield other;
      }
      last = entry.token;
    }
    await delay(5);
  }
}

async function* mute(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield Buffer.from(': \n');
  while (!signal.aborted) await delay(5);
}

function unjoined({ transaction: _, ...record }: Json): Json {
  return record;
}

function page(records: readonly Json[]): Response {
  return json({ _links: {}, _embedded: { records } });
}

function notFound(): Response {
  return json({ type: 'https://stellar.org/horizon-errors/not_found', title: 'Resource Missing', status: 404 }, 404);
}
