import { KycError } from '../../errors.ts';
import type { Asked } from '../../operators/passkeys.ts';
import { pageHeaders } from '../guard.ts';
import type { Answer, PageRoute, SignedInVisit, Visit } from '../visit.ts';
import { begin, signInPage } from './sign-in.ts';

/** Signing in by a passkey, and adding one. */
export const passkeyRoutes: readonly PageRoute[] = [
  { method: 'POST', path: '/passkey/options/sign-in', role: 'nobody', handle: askToSignIn },
  { method: 'POST', path: '/passkey/sign-in', role: 'nobody', handle: signIn },
  { method: 'POST', path: '/passkey/options/register', role: 'viewer', handle: askToRegister },
  { method: 'POST', path: '/passkey/register', role: 'viewer', handle: register },
];

/** After that a session is not fresh enough to add another way of signing in. */
const freshMs = 15 * 60_000;

async function askToSignIn({ parts }: Visit): Promise<Answer> {
  return json(await parts.passkeys.askToSignIn());
}

async function signIn({ parts, form, token }: Visit): Promise<Answer> {
  try {
    const record = await parts.passkeys.signIn(form.text('answer'), form.text('signed'));
    return await begin(parts, record.id, 'passkey', token);
  } catch (error) {
    if (error instanceof KycError) return signInPage(parts, error);
    throw error;
  }
}

async function askToRegister(visit: SignedInVisit): Promise<Answer> {
  requireFresh(visit);
  return json(await visit.parts.passkeys.askToRegister(visit.signedIn.record));
}

async function register(visit: SignedInVisit): Promise<Answer> {
  requireFresh(visit);
  const { parts, signedIn, form } = visit;
  await parts.passkeys.register(signedIn.record, form.text('answer'), form.text('signed'), form.text('label'));
  return { goTo: '/account?done=passkey' };
}

/** Whoever finds a screen unlocked must not get a key of their own. */
function requireFresh({ parts, signedIn }: SignedInVisit): void {
  const sinceMs = parts.clock.now().getTime() - signedIn.session.createdAt.getTime();
  if (sinceMs > freshMs) throw new KycError('forbidden', 'sign out and in again before you add a passkey');
}

function json(asked: Asked): Answer {
  const headers = { ...pageHeaders, 'Content-Type': 'application/json; charset=utf-8' };
  return { raw: new Response(JSON.stringify(asked), { headers }) };
}
