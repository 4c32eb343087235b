import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
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
  /** What an answer larger than that is: no answer (`refuse`, unless said), or as good as its status and its beginning. */
  readonly onLargeResponse?: 'refuse' | 'cut';
}

/** The answer; a redirect is an answer too and is never followed. */
export interface GuardedResponse {
  readonly status: number;
  readonly headers: Readonly<IncomingHttpHeaders>;
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
  /** For a URL out of our own configuration alone: plain http, any port and every address are allowed. */
  readonly allowPrivate?: boolean;
  readonly lookup?: LookupAll;
  /** How many connections to each host to keep for the next request; none unless said. Each was judged when it was made. */
  readonly keptConnections?: number;
}

/** What a URL and an address are judged by. */
interface Guard {
  readonly isOpen: boolean;
  isAllowed(address: string): boolean;
}

/** The two kinds of connections. */
interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** After how long without a use a kept connection is closed. */
const idleMs = 20_000;

/**
 * A fetch that reaches public https servers on port 443 and nothing inside our own network: no redirects, credentials or
 * proxies. Addresses are judged at the moment of connecting, so a name cannot be looked up once for
 * the check and again, differently, for the connection.
 */
export function guardedFetch(options: GuardedFetchOptions = {}): GuardedFetch {
  const { allowLoopback = false, allowPrivate = false, lookup = systemLookup, keptConnections = 0 } = options;
  const guard: Guard = {
    isOpen: allowLoopback || allowPrivate,
    isAllowed: (address) => allowPrivate || isAllowedAddress(address, allowLoopback),
  };
  const connecting = { lookup: guardedLookup(lookup, guard) };
  // Agents of its own: the global ones may, by environment, use a proxy.
  const agents = agentsOf(keptConnections);
  const fresh = agentsOf(0);
  return async (text, request) => {
    const url = checkedUrl(text, guard);
    const giveUpAt = performance.now() + request.timeoutMs;
    try {
      return await send(url, request, { ...connecting, agents });
    } catch (error) {
      if (!(error instanceof ClosedMeanwhile)) throw error;
      const timeoutMs = Math.max(1, giveUpAt - performance.now());
      return await send(url, { ...request, timeoutMs }, { ...connecting, agents: fresh });
    }
  };
}

function agentsOf(keptConnections: number): Agents {
  const options = { keepAlive: keptConnections > 0, maxFreeSockets: keptConnections, timeout: idleMs };
  return keptConnections > 0
    ? { http: new HttpAgent(options), https: new HttpsAgent(options) }
    : { http: new HttpAgent({ keepAlive: false }), https: new HttpsAgent({ keepAlive: false }) };
}

/** Whether the address, an IPv4 or IPv6 literal without brackets, is one that a stranger's URL may lead to. */
export function isAllowedAddress(address: string, allowLoopback: boolean): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (cloudAddresses.has(parsed.toString())) return false;
  const range = parsed.range();
  if (range === 'loopback') return allowLoopback;
  return range === 'unicast' && (parsed instanceof ipaddr.IPv4 || parsed.match(globalUnicast));
}

/** Public by their number, and answered by the cloud that a machine runs in: Azure's, for its agents. */
const cloudAddresses: ReadonlySet<string> = new Set(['168.63.129.16']);

/** The one block that IPv6 addresses of the internet come from; ipaddr.js calls the unassigned rest unicast too. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

function checkedUrl(text: string, { isOpen, isAllowed }: Guard): URL {
  const url = URL.parse(text);
  if (url === null) throw new GuardedFetchError('bad_url', 'not a URL');
  if (url.username !== '' || url.password !== '') throw new GuardedFetchError('bad_url', 'URL with credentials');
  const isWeb = url.protocol === 'https:' || (isOpen && url.protocol === 'http:');
  if (!isWeb) throw new GuardedFetchError('bad_url', 'URL that is not https');
  if (url.port !== '' && !isOpen) throw new GuardedFetchError('bad_url', 'URL with a port other than 443');
  // A literal address is connected to without a lookup. The URL parser has already turned every spelling into the usual one.
  const host = hostname(url);
  if (isIP(host) !== 0 && !isAllowed(host)) throw forbiddenAddress();
  return url;
}

function hostname(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function guardedLookup(lookup: LookupAll, guard: Guard): LookupFunction {
  return (host, { all, ...options }, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      // On an error there are no addresses, whatever the types of node:dns say.
      const refusal = error ?? refusalOf(addresses, guard);
      if (refusal !== undefined) callback(refusal, '');
      else if (all === true) callback(null, addresses);
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
    });
  };
}

function refusalOf(addresses: readonly LookupAddress[], { isAllowed }: Guard): GuardedFetchError | undefined {
  if (addresses.length === 0) return new GuardedFetchError('unreachable', 'the name has no address');
  return addresses.every(({ address }) => isAllowed(address)) ? undefined : forbiddenAddress();
}

function forbiddenAddress(): GuardedFetchError {
  return new GuardedFetchError('forbidden_address', 'the host has an address that is not public');
}

interface Connecting {
  readonly lookup: LookupFunction;
  readonly agents: Agents;
}

/** A kept connection that the server had closed before the request reached it. */
class ClosedMeanwhile extends GuardedFetchError {}

function send(url: URL, request: GuardedRequest, connecting: Connecting): Promise<GuardedResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = open(url, request, connecting);
    const timer = setTimeout(() => {
      outgoing.destroy(new GuardedFetchError('timeout', 'no complete answer in time'));
    }, request.timeoutMs);
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      outgoing.destroy();
      reject(toGuardedError(error));
    };
    outgoing.on('error', (error) =>
      fail(isClosedMeanwhile(outgoing, error) ? new ClosedMeanwhile('unreachable', 'closed') : error),
    );
    outgoing.on('response', (response) => {
      readBody(response, request).then((body) => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      }, fail);
    });
    outgoing.end(request.body);
  });
}

function isClosedMeanwhile(outgoing: ClientRequest, error: NodeJS.ErrnoException): boolean {
  return outgoing.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '');
}

function open(
  url: URL,
  { method = 'GET', headers = {} }: GuardedRequest,
  { lookup, agents }: Connecting,
): ClientRequest {
  const options = { method, headers: { ...headers }, lookup };
  return url.protocol === 'https:'
    ? httpsRequest(url, { ...options, agent: agents.https })
    : httpRequest(url, { ...options, agent: agents.http });
}

async function readBody(response: IncomingMessage, limits: GuardedRequest): Promise<Buffer> {
  const { maxResponseBytes, onLargeResponse = 'refuse' } = limits;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    chunks.push(chunk);
    if (size <= maxResponseBytes) continue;
    if (onLargeResponse === 'refuse') throw new GuardedFetchError('too_large', 'the answer is too large');
    // Leaving the loop closes the connection.
    return Buffer.concat(chunks).subarray(0, maxResponseBytes);
  }
  return Buffer.concat(chunks);
}

function toGuardedError(error: unknown): GuardedFetchError {
  if (error instanceof GuardedFetchError) return error;
  return new GuardedFetchError('unreachable', 'the server did not answer', { cause: error });
}
