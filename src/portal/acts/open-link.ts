import { spokenTo } from '../language.ts';
import type { LinkContent } from '../links.ts';
import { isFromOwnPage } from '../own-page.ts';
import type { Outcome, PageCall } from '../portal-parts.ts';
import { openPage, problemPage } from '../views/gates.ts';
import { busy, pagePath, problem } from './visiting.ts';

/** Shows whose page a link leads to. Changes nothing: links are also fetched by whatever looks at them before the customer does. */
export async function showLink(call: PageCall): Promise<Outcome> {
  const token = new URL(call.request.url, 'http://localhost').searchParams.get('link') ?? '';
  const link = call.parts.links.read(token);
  if (link === undefined) return problem(call, 'bad_link');
  if (link === 'expired') return problem(call, 'expired_link');
  return openPage(call.parts.settings, spokenTo(call.request, link.visit.lang).lang, token);
}

/** Exchanges a link for a session, once. */
export async function openLink(call: PageCall): Promise<Outcome> {
  const { parts, request } = call;
  if (!isFromOwnPage(request, parts.settings.origin)) return problem(call, 'foreign');
  const token = await call.withForm(async ({ values }) => values.get('page:link') ?? '');
  const link = parts.links.read(token);
  if (link === undefined) return problem(call, 'bad_link');
  if (link === 'expired') return problem(call, 'expired_link');
  return exchange(call, link);
}

async function exchange(call: PageCall, { nonce, expiresAt, visit }: LinkContent): Promise<Outcome> {
  const { parts, throttles, request } = call;
  const { lang } = spokenTo(request, visit.lang);
  const waitSeconds = throttles.openings.refuse(nonce);
  if (waitSeconds !== undefined) return busy(problemPage('busy', lang), waitSeconds);
  const isFirst = await parts.used.use(`customer page link ${nonce}`, expiresAt);
  const earlier = await parts.sessions.find(request);
  if (!isFirst) {
    // Whoever comes back by their link has that visit already; it gives them nothing that they have not.
    const isOwn = earlier !== undefined && parts.sessions.markOf(earlier.visit) === parts.sessions.markOf(visit);
    return isOwn ? { seeOther: pagePath(call) } : problemPage('used_link', lang);
  }
  if (earlier !== undefined) await parts.sessions.end(earlier);
  const session = parts.sessions.start(visit);
  return { seeOther: pagePath(call), headers: { 'Set-Cookie': parts.sessions.cookieOf(session) } };
}
