import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { AssetUrls } from './views/frame.ts';

/** What is answered. */
export interface PageReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const compress = promisify(gzip);
/** Below this there is little to be won. */
const minBytes = 1024;

/** What every answer of the door says, whatever it is. */
const guardHeaders = {
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Robots-Tag': 'noindex',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
} as const;

/** A page: one style sheet, one script, previews of what was chosen, and nothing else from anywhere. */
export async function pageReply(
  request: Request,
  status: number,
  document: string,
  {
    origin,
    assets,
    headers = {},
  }: {
    readonly origin: string;
    readonly assets: AssetUrls;
    readonly headers?: Readonly<Record<string, string>> | undefined;
  },
): Promise<PageReply> {
  const policy = [
    "default-src 'none'",
    `style-src ${origin}${withoutQuery(assets.style)}`,
    `script-src ${origin}${withoutQuery(assets.script)}`,
    'img-src blob:',
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const all = {
    ...guardHeaders,
    'Content-Security-Policy': policy,
    'Content-Type': 'text/html; charset=utf-8',
    ...headers,
  };
  return compressed(request, { status, headers: all, body: document });
}

/** A style sheet or a script, named by what is in it: kept for good. */
export function assetReply(request: Request, type: 'text/css' | 'text/javascript', text: string): Promise<PageReply> {
  const headers = {
    ...guardHeaders,
    'Content-Type': `${type}; charset=utf-8`,
    'Cache-Control': 'public, max-age=31536000, immutable',
  };
  return compressed(request, { status: 200, headers, body: text });
}

/** For the script: what it asked about is so, or 304 as it was. */
export function stateReply(request: Request, state: string): PageReply {
  const tag = `"${state}"`;
  const headers = { ...guardHeaders, ETag: tag, 'Content-Type': 'application/json; charset=utf-8' };
  return request.headers.get('if-none-match') === tag
    ? { status: 304, headers }
    : { status: 200, headers, body: JSON.stringify({ state }) };
}

/** Elsewhere, to be got: what was done is not done again by a reload. */
export function redirectReply(path: string, headers: Readonly<Record<string, string>> = {}): PageReply {
  return { status: 303, headers: { ...guardHeaders, Location: path, ...headers } };
}

/**
 * Choice: pages are compressed though they hold a token and what was typed. Who could have a visitor's browser send guesses would need
 * the cookie to go along, and it goes along with our own pages alone.
 */
async function compressed(request: Request, reply: PageReply & { readonly body: string }): Promise<PageReply> {
  const headers = { ...reply.headers, Vary: 'Accept-Encoding' };
  const isTaken = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
  if (!isTaken || reply.body.length < minBytes) return { ...reply, headers };
  return { ...reply, headers: { ...headers, 'Content-Encoding': 'gzip' }, body: await compress(reply.body) };
}

/** Sources of a policy have no query. */
function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? url;
}
