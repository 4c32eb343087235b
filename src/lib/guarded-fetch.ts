import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Why a guarded request came to nothing. */
export const guardedFetchReasons = ['bad_url', 'forbidden_address', 'timeout', 'too_large', 'unreachable'] as const;

/** @see guardedFetchReasons */
export type GuardedFetchReason = (typeof guardedFetchReasons)[number];

/** A guarded request that got no answer. The message never holds the URL. */
export class GuardedFetchError extends Error {
  readonly reason: GuardedFetchReason;

  constructor(reason: GuardedFetchReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GuardedFetchError';
    this.reason = reason;
  }
}

/** What to send, and how long and how large the answer may be. */
export interface GuardedRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** For everything together: name lookup, connection, answer. */
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}

/** The answer; a redirect is an answer too and is never followed. */
export interface GuardedResponse {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * Requests a URL that somebody outside named.
 * @throws GuardedFetchError for everything but an answer
 */
export type GuardedFetch = (url: string, request: GuardedRequest) => Promise<GuardedResponse>;

/** How a host name becomes addresses; `lookup` of node:dns with `all` fits. */
export type LookupAll = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Settings of {@link guardedFetch}. */
export interface GuardedFetchOptions {
  /** For a server on a developer's own machine: plain http, any port and loopback addresses are allowed as well. */
  readonly allowLoopback?: boolean;
  readonly lookup?: LookupAll;
}

/**
 * A fetch that reaches public https servers on port 443 and nothing inside our own network: no redirects, credentials,
 * proxies or kept connections. Addresses are judged at the moment of connecting, so a name cannot be looked up once for
 * the check and again, differently, for the connection.
 */
export function guardedFetch(options: GuardedFetchOptions = {}): GuardedFetch {
  const allowLoopback = options.allowLoopback ?? false;
  const lookup = guardedLookup(options.lookup ?? systemLookup, allowLoopback);
  return async (url, request) => send(checkedUrl(url, allowLoopback), request, lookup);
}

/** Whether the address, an IPv4 or IPv6 literal without brackets, is one that a stranger's URL may lead to. */
export function isAllowedAddress(address: string, allowLoopback: boolean): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (range === 'loopback') return allowLoopback;
  return range === 'unicast' && (parsed instanceof ipaddr.IPv4 || parsed.match(globalUnicast));
}

/** The one block that IPv6 addresses of the internet come from; ipaddr.js calls the unassigned rest unicast too. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

function checkedUrl(text: string, allowLoopback: boolean): URL {
  const url = URL.parse(text);
  if (url === null) throw new GuardedFetchError('bad_url', 'not a URL');
  if (url.username !== '' || url.password !== '') throw new GuardedFetchError('bad_url', 'URL with credentials');
  const isWeb = url.protocol === 'https:' || (allowLoopback && url.protocol === 'http:');
  if (!isWeb) throw new GuardedFetchError('bad_url', 'URL that is not https');
  if (url.port !== '' && !allowLoopback) throw new GuardedFetchError('bad_url', 'URL with a port other than 443');
  // A literal address is connected to without a lookup. The URL parser has already turned every spelling into the usual one.
  const host = hostname(url);
  if (isIP(host) !== 0 && !isAllowedAddress(host, allowLoopback)) throw forbiddenAddress();
  return url;
}

function hostname(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function guardedLookup(lookup: LookupAll, allowLoopback: boolean): LookupFunction {
  return (host, { all, ...options }, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      // On an error there are no addresses, whatever the types of node:dns say.
      const refusal = error ?? refusalOf(addresses, allowLoopback);
      if (refusal !== undefined) callback(refusal, '');
      else if (all === true) callback(null, addresses);
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
    });
  };
}

function refusalOf(addresses: readonly LookupAddress[], allowLoopback: boolean): GuardedFetchError | undefined {
  if (addresses.length === 0) return new GuardedFetchError('unreachable', 'the name has no address');
  return addresses.every(({ address }) => isAllowedAddress(address, allowLoopback)) ? undefined : forbiddenAddress();
}

function forbiddenAddress(): GuardedFetchError {
  return new GuardedFetchError('forbidden_address', 'the host has an address that is not public');
}

function send(url: URL, request: GuardedRequest, lookup: LookupFunction): Promise<GuardedResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = open(url, request, lookup);
    const timer = setTimeout(() => {
      outgoing.destroy(new GuardedFetchError('timeout', 'no complete answer in time'));
    }, request.timeoutMs);
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      outgoing.destroy();
      reject(toGuardedError(error));
    };
    outgoing.on('error', fail);
    outgoing.on('response', (response) => {
      readBody(response, request.maxResponseBytes).then((body) => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, body });
      }, fail);
    });
    outgoing.end(request.body);
  });
}

function open(url: URL, { method = 'GET', headers = {} }: GuardedRequest, lookup: LookupFunction): ClientRequest {
  const options = { method, headers: { ...headers }, lookup };
  // An agent of its own: the global one may keep connections or, by environment, use a proxy.
  return url.protocol === 'https:'
    ? httpsRequest(url, { ...options, agent: new HttpsAgent({ keepAlive: false }) })
    : httpRequest(url, { ...options, agent: new HttpAgent({ keepAlive: false }) });
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new GuardedFetchError('too_large', 'the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toGuardedError(error: unknown): GuardedFetchError {
  if (error instanceof GuardedFetchError) return error;
  return new GuardedFetchError('unreachable', 'the server did not answer', { cause: error });
}
