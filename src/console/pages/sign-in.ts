import { html } from 'hono/html';
import { KycError } from '../../errors.ts';
import { signInByPassword } from '../../operators/sign-in.ts';
import { clearCookie, sessionCookieName, setCookie } from '../cookies.ts';
import type { Html } from '../look/html.ts';
import { input } from '../look/pieces.ts';
import type { Answer, PageRoute, SignedInVisit, Visit } from '../visit.ts';

/** Signing in and out. */
export const signInRoutes: readonly PageRoute[] = [
  { method: 'GET', path: '/sign-in', role: 'nobody', handle: async (visit) => signInPage(visit.parts) },
  { method: 'POST', path: '/sign-in', role: 'nobody', handle: signIn },
  { method: 'POST', path: '/sign-out', role: 'viewer', handle: signOut },
];

/** The page; after a failure it says one thing, whatever was wrong. */
export function signInPage({ base, singleSignOn }: Visit['parts'], fault?: KycError): Answer {
  const page = html`${fault ? html`<p role="alert" class="alert">${fault.message}</p>` : ''}
<form method="post" action="${base}/sign-in" class="narrow">
${input({ id: 'name', name: 'name', label: 'Name', autocomplete: 'username webauthn', isRequired: true, isFirst: true })}
${input({ id: 'password', name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', isRequired: true })}
${input({ id: 'code', name: 'code', label: 'Code of your authenticator app', autocomplete: 'one-time-code', inputmode: 'numeric' })}
<button class="primary">Sign in</button>
</form>
${otherWays(base, singleSignOn !== undefined)}`;
  return { title: 'Sign in', page, status: fault === undefined ? 200 : fault.code === 'unavailable' ? 429 : 401 };
}

function otherWays(base: string, hasSingleSignOn: boolean): Html {
  return html`<form method="post" action="${base}/passkey/sign-in" class="narrow" data-passkey="sign-in" data-options="${base}/passkey/options/sign-in">
<input type="hidden" name="answer"><input type="hidden" name="signed">
<button type="submit" hidden>Sign in with a passkey</button><p role="status" class="hint"></p></form>
${hasSingleSignOn ? html`<p><a class="button" href="${base}/single-sign-on">Sign in with single sign-on</a></p>` : ''}`;
}

async function signIn({ parts, form, token }: Visit): Promise<Answer> {
  try {
    const typed = { name: form.text('name').trim(), password: form.text('password'), code: form.text('code') };
    const record = await signInByPassword(parts.signIn, typed);
    return await begin(parts, record.id, 'password', token);
  } catch (error) {
    if (error instanceof KycError && ['unauthenticated', 'unavailable'].includes(error.code))
      return signInPage(parts, error);
    throw error;
  }
}

/** A session of its own for every signing in, whatever cookie came with it. */
export async function begin(
  parts: Visit['parts'],
  operatorId: string,
  by: string,
  formerToken: string | undefined,
): Promise<Answer> {
  const token = await parts.sessions.begin(operatorId, by, formerToken);
  return { goTo: '/', cookies: [setCookie(parts, sessionCookieName(parts), token)] };
}

async function signOut({ parts, signedIn }: SignedInVisit): Promise<Answer> {
  await parts.sessions.end(signedIn.token);
  return { goTo: '/sign-in', cookies: [clearCookie(parts, sessionCookieName(parts))] };
}
