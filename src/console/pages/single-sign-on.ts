import { KycError } from '../../errors.ts';
import type { SingleSignOn } from '../../operators/single-sign-on.ts';
import { clearCookie, readCookie, roundTripCookieName, sessionCookieName, setCookie } from '../cookies.ts';
import { pageHeaders } from '../guard.ts';
import type { Answer, PageRoute, Visit } from '../visit.ts';
import { signInPage } from './sign-in.ts';

/** Signing in by the anchor's own provider. Links lead there: a form may not, as the policy of our pages has it. */
export const singleSignOnRoutes: readonly PageRoute[] = [
  { method: 'GET', path: '/single-sign-on', role: 'nobody', handle: depart },
  { method: 'GET', path: '/single-sign-on/callback', role: 'nobody', handle: arrive },
];

async function depart({ parts, query }: Visit): Promise<Answer> {
  const invitation = query.get('invitation') ?? '';
  const { url, kept } = await required(parts).depart(/^[0-9a-f]{64}$/.test(invitation) ? invitation : '');
  const headers = { ...pageHeaders, Location: url, 'Set-Cookie': setCookie(parts, roundTripCookieName(parts), kept) };
  return { raw: new Response(null, { status: 303, headers }) };
}

async function arrive({ parts, request, token }: Visit): Promise<Answer> {
  const name = roundTripCookieName(parts);
  const kept = readCookie(request, name);
  try {
    if (kept === undefined) throw new KycError('unauthenticated', 'sign in from the page of the console');
    const operator = await required(parts).arrive(new URL(request.url).searchParams.toString(), kept);
    const session = await parts.sessions.begin(operator.id, 'single sign-on', token);
    const cookies = [clearCookie(parts, name), setCookie(parts, sessionCookieName(parts), session)];
    return { goTo: '/', cookies };
  } catch (error) {
    if (error instanceof KycError) return { ...signInPage(parts, error), cookies: [clearCookie(parts, name)] };
    throw error;
  }
}

function required({ singleSignOn }: Visit['parts']): SingleSignOn {
  if (singleSignOn === undefined) throw new KycError('not_found', 'there is no single sign-on here');
  return singleSignOn;
}
