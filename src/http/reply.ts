/** What a route answers, before it is a Response. */
export interface Reply {
  readonly status: number;
  /** Sent as JSON, unless it is a string or bytes, sent as plain text or as the `Content-Type` among the headers. Left out: no body. */
  readonly body?: object | string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Every wallet may call from every page, and read every error.
 * @see SEP-10 § Cross-Origin Headers, SEP-1 § Specification (ruling 29)
 */
const publicHeaders = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Retry-After, WWW-Authenticate, X-Request-Id',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
} as const;

/** What is not for wallets is for no web page of another origin. */
const privateHeaders = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' } as const;

const wallets = 'GET, PUT, POST, DELETE, OPTIONS';

const preflightHeaders = {
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, X-Client-Name, X-Client-Version',
  'Access-Control-Max-Age': '86400',
} as const;

/** The answer to a CORS preflight: the methods wallets use, on every path, and PATCH where SEP-6 and SEP-31 have it. */
export function preflightReply(isPatched: boolean, isPrivate = false): Reply {
  if (isPrivate) return { status: 204 };
  const methods = { 'Access-Control-Allow-Methods': isPatched ? `${wallets}, PATCH` : wallets };
  return { status: 204, headers: { ...methods, ...preflightHeaders } };
}

/** The Response of a reply. Headers are a plain object, which the Node adapter can write without building Headers first. */
export function toResponse(reply: Reply, requestId: string, isPrivate = false): Response {
  const { body } = reply;
  const common = isPrivate ? privateHeaders : publicHeaders;
  const headers: Record<string, string> = { ...common, 'X-Request-Id': requestId, ...reply.headers };
  if (body === undefined) return new Response(null, { status: reply.status, headers });
  if (typeof body === 'string' || body instanceof Uint8Array)
    return new Response(body, { status: reply.status, headers: withType(headers, 'text/plain') });
  return new Response(JSON.stringify(body), { status: reply.status, headers: withType(headers, 'application/json') });
}

function withType(headers: Record<string, string>, type: string): Record<string, string> {
  headers['Content-Type'] ??= `${type}; charset=utf-8`;
  return headers;
}
