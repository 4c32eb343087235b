import type { Readable } from 'node:stream';
import { newUuid } from '../lib/ids.ts';
import type { Logger } from '../lib/log.ts';
import { translate } from '../messages/translate.ts';
import { errorReply } from './error-reply.ts';
import { preflightReply, type Reply, toResponse } from './reply.ts';
import { requestLanguage } from './request-language.ts';
import type { Answered } from './request-metrics.ts';
import { type Method, type Route, readQuery } from './route.ts';

/** What the handler needs beside its routes. */
export interface AppParts {
  readonly log: Logger;
  /** The path of the public URL, '' for most; taken off before every route, as some proxies strip it and some do not. */
  readonly basePath: string;
  /** Told of every request that found a route. */
  readonly onAnswer?: (answered: Answered) => void;
}

/** A request and the route that was found for it. */
interface Found {
  readonly request: Request;
  readonly incoming: Readable | undefined;
  readonly route: Route;
  readonly account: string | undefined;
}

/** The routes of one path, by method. */
type Methods = ReadonlyMap<string, Route>;

/** What stands for the open segment of a path, whatever the route calls it. */
const open = '/:';

/** A web-standard handler. Our own server hands over the stream, too, that the request's body would be made of: it is then read from there. */
export type App = (request: Request, incoming?: Readable) => Promise<Response>;

/**
 * The web-standard handler over the routes: any server that speaks `Request` and `Response` can mount it.
 * It never rejects. A table of paths is all the routing that a few fixed paths need, and the fastest measured.
 */
export function createApp(routes: readonly Route[], parts: AppParts): App {
  const byPath = tabulate(routes);
  return async (request, incoming) => {
    const requestId = newUuid();
    const path = pathOf(request.url, parts.basePath, byPath);
    const { methods, account } = find(byPath, path);
    if (methods === undefined) return toResponse(notFound(request), requestId);
    const [{ isPrivate } = {}] = methods.values();
    if (request.method === 'OPTIONS')
      return toResponse(preflightReply(methods.has('PATCH'), isPrivate), requestId, isPrivate);
    const route = methods.get(request.method === 'HEAD' ? 'GET' : request.method);
    if (route === undefined) return toResponse(methodNotAllowed(request, methods), requestId, isPrivate);
    return serve({ request, incoming, route, account }, requestId, parts);
  };
}

async function serve(found: Found, requestId: string, { log, onAnswer }: AppParts): Promise<Response> {
  const startedAt = performance.now();
  const reply = await answer(found, requestId, log);
  const ms = Math.round((performance.now() - startedAt) * 10) / 10;
  const { method, path } = found.route;
  log.info({ requestId, method, route: path, status: reply.status, ms }, 'request');
  onAnswer?.({ method, route: path, status: reply.status, ms });
  return toResponse(reply, requestId, found.route.isPrivate);
}

async function answer({ request, incoming, route, account }: Found, requestId: string, log: Logger): Promise<Reply> {
  let asked: string | undefined;
  const answerIn = (lang: string | undefined): void => {
    asked = lang;
  };
  try {
    const query = (): ReadonlyMap<string, string> => readQuery(request.url);
    return await route.handle({ request, incoming, query, account, requestId, answerIn });
  } catch (error) {
    return errorReply(error, { requestId, log, lang: asked || requestLanguage(request) });
  }
}

function tabulate(routes: readonly Route[]): ReadonlyMap<string, Methods> {
  const byPath = new Map<string, Map<Method, Route>>();
  for (const route of routes) {
    const path = route.path.replace(/\/:\w+/, open);
    const methods = byPath.get(path) ?? new Map<Method, Route>();
    byPath.set(path, methods.set(route.method, route));
  }
  return byPath;
}

/** The routes of a path: as it stands, else with its last segment open, else with the one before. */
function find(
  byPath: ReadonlyMap<string, Methods>,
  path: string,
): { readonly methods?: Methods | undefined; readonly account?: string | undefined } {
  const exact = byPath.get(path);
  if (exact !== undefined) return { methods: exact };
  const last = path.lastIndexOf('/');
  const methods = byPath.get(path.slice(0, last) + open);
  if (methods !== undefined) return { methods, account: path.slice(last + 1) };
  const before = path.lastIndexOf('/', last - 1);
  return {
    methods: byPath.get(path.slice(0, before) + open + path.slice(last)),
    account: path.slice(before + 1, last),
  };
}

function notFound(request: Request): Reply {
  return { status: 404, body: { error: translate({ key: 'error.no_such_endpoint' }, requestLanguage(request)) } };
}

function methodNotAllowed(request: Request, methods: Methods): Reply {
  return {
    status: 405,
    body: { error: translate({ key: 'error.method_not_allowed' }, requestLanguage(request)) },
    headers: { Allow: [...methods.keys(), 'OPTIONS'].join(', ') },
  };
}

/** The path without that of the public URL; what a proxy has stripped already may begin with the same word: `/kyc/open` of `https://a.example/kyc`. */
function pathOf(url: string, basePath: string, byPath: ReadonlyMap<string, Methods>): string {
  const path = normalPath(url);
  if (basePath === '' || !path.startsWith(`${basePath}/`)) return path;
  const stripped = path.slice(basePath.length);
  return byPath.has(path) && !byPath.has(stripped) ? path : stripped;
}

/**
 * The path of a URL, with the doubled and trailing slashes taken out that clients make when they join
 * KYC_SERVER and `/customer` (ruling 30).
 */
function normalPath(url: string): string {
  const from = url.indexOf('/', url.indexOf('//') + 2);
  const end = url.indexOf('?', from);
  const raw = from < 0 ? '/' : url.slice(from, end < 0 ? undefined : end);
  return raw.includes('//') || raw.endsWith('/') ? raw.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1') : raw;
}
