import { errorPages } from '../error-pages.ts';
import { KycError } from '../errors.ts';
import { requireRole } from '../kyc/review/operator.ts';
import { newUuid } from '../lib/ids.ts';
import { describeError } from '../lib/log.ts';
import { findAsset } from './assets.ts';
import type { ConsoleParts } from './console-parts.ts';
import { readCookie, sessionCookieName } from './cookies.ts';
import { Form, readForm } from './form.ts';
import { pageHeaders, requireFormToken, requireOwnOrigin } from './guard.ts';
import { layout } from './look/layout.ts';
import { errorPage } from './pages/error-page.ts';
import { findRoute } from './routes.ts';
import type { Answer, PageRoute, SignedInVisit, Visit } from './visit.ts';

/**
 * The console over its parts: answers every request whose path is under the console's. It never rejects. In this order: which page; where the
 * form comes from; who asks; what their role allows; then the page itself.
 */
export function openConsole(parts: ConsoleParts): (request: Request) => Promise<Response> {
  return async (request) => {
    const requestId = newUuid();
    const path = pathOf(request, parts);
    const asset = findAsset(path, pageHeaders);
    if (asset !== undefined) return asset;
    const startedAt = performance.now();
    const { route, response } = await answer(parts, request, path, requestId);
    const ms = Math.round((performance.now() - startedAt) * 10) / 10;
    parts.log.info(
      { requestId, method: request.method, route: `console ${route}`, status: response.status, ms },
      'request',
    );
    return request.method === 'HEAD' ? new Response(null, response) : response;
  };
}

async function answer(
  parts: ConsoleParts,
  request: Request,
  path: string,
  requestId: string,
): Promise<{ readonly route: string; readonly response: Response }> {
  let signedIn: SignedInVisit | undefined;
  const found = findRoute(request.method === 'HEAD' ? 'GET' : request.method, path);
  try {
    if (found === undefined) throw new KycError('not_found', 'there is no such page');
    if (found.route.method === 'POST') requireOwnOrigin(request, parts.origin);
    const token = readCookie(request, sessionCookieName(parts));
    const query = new URL(request.url).searchParams;
    const base: Visit = { parts, request, params: found.params, query, form: new Form(), requestId, token };
    signedIn = await identify(base);
    const form = found.route.method === 'POST' ? await readForm(request) : base.form;
    const said = await dispatch(found.route, { ...base, form }, signedIn && { ...signedIn, form });
    return { route: found.route.path, response: await toResponse(parts, said, signedIn) };
  } catch (error) {
    const said = told(error, requestId, parts);
    if (said.status === 401 && found?.route.role !== 'nobody')
      return { route: found?.route.path ?? '-', response: await toResponse(parts, { goTo: '/sign-in' }, undefined) };
    return { route: found?.route.path ?? '-', response: await toResponse(parts, said, signedIn) };
  }
}

/** @throws KycError `unauthenticated`, `forbidden` */
async function dispatch(route: PageRoute, visit: Visit, signedIn: SignedInVisit | undefined): Promise<Answer> {
  if (route.role === 'nobody') return route.handle(visit);
  if (signedIn === undefined) throw new KycError('unauthenticated', 'sign in first');
  if (route.method === 'POST') requireFormToken(signedIn.form.text('form_token'), signedIn.formToken);
  requireRole(signedIn.operator, route.role);
  return route.handle(signedIn);
}

async function identify(visit: Visit): Promise<SignedInVisit | undefined> {
  const { token, parts } = visit;
  const signedIn = token === undefined ? undefined : await parts.sessions.find(token);
  if (signedIn === undefined) return undefined;
  const formToken = parts.signIn.keys.formToken(signedIn.token);
  return { ...visit, signedIn, operator: signedIn.operator, formToken };
}

async function toResponse(parts: ConsoleParts, said: Answer, visit: SignedInVisit | undefined): Promise<Response> {
  if ('raw' in said) return said.raw;
  const headers = new Headers(pageHeaders);
  for (const cookie of said.cookies ?? []) headers.append('Set-Cookie', cookie);
  if ('goTo' in said) {
    headers.set('Location', `${parts.base}${said.goTo === '/' ? '' : said.goTo}`);
    return new Response(null, { status: 303, headers });
  }
  headers.set('Content-Type', 'text/html; charset=utf-8');
  const { title, page, status = 200 } = said;
  const text = await layout(parts, { title, page, visit });
  return new Response(String(text), { status, headers });
}

/** What somebody is told of an error; one that is not meant for them by the request's id alone. */
function told(error: unknown, requestId: string, { log, base }: ConsoleParts): Answer & { readonly status: number } {
  if (error instanceof KycError) {
    const { status } = errorPages[error.code];
    return { title: errorTitles[status] ?? 'It was not done', page: errorPage(error.message, base), status };
  }
  log.error({ requestId, ...describeError(error) }, 'a request failed unexpectedly');
  const text = `Something went wrong on our side. The log knows it as ${requestId}.`;
  return { title: 'Something went wrong', page: errorPage(text, base), status: 500 };
}

const errorTitles: Readonly<Record<number, string>> = {
  400: 'It was not understood',
  401: 'Not signed in',
  403: 'You may not do this',
  404: 'There is nothing here',
  409: 'It is not possible now',
  412: 'The customer has changed',
  503: 'Not now',
};

/** Below the console, without a slash at the end; proxies may or may not have taken off what HOST_URL has before it. */
function pathOf(request: Request, { base }: ConsoleParts): string {
  const path = new URL(request.url).pathname.replace(/\/{2,}/g, '/');
  const prefix = [base, '/console'].find((known) => path === known || path.startsWith(`${known}/`)) ?? '';
  return path.slice(prefix.length).replace(/\/+$/, '') || '/';
}
