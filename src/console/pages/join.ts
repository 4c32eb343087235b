import { html } from 'hono/html';
import { renderSVG } from 'uqr';
import { KycError } from '../../errors.ts';
import { passwordLength } from '../../operators/password.ts';
import { findInvited, type SigningUp, signUp } from '../../operators/sign-up.ts';
import { base32, totpUri } from '../../operators/totp.ts';
import type { Html } from '../look/html.ts';
import { input } from '../look/pieces.ts';
import type { Answer, PageRoute, Visit } from '../visit.ts';
import { begin } from './sign-in.ts';

/** What an invitation leads to. */
export const joinRoutes: readonly PageRoute[] = [
  { method: 'GET', path: '/join/:token', role: 'nobody', handle: (visit) => show(visit) },
  { method: 'POST', path: '/join/:token', role: 'nobody', handle: join },
];

async function show(visit: Visit, fault?: KycError): Promise<Answer> {
  const { parts, params } = visit;
  const token = params['token'] ?? '';
  const signingUp = await findInvited(parts.signIn, token);
  const { min } = passwordLength;
  const needed = parts.signIn.needsTwoFactors;
  const page = html`${fault ? html`<p role="alert" class="alert">${fault.message}</p>` : ''}
<p>You are invited as <strong>${signingUp.record.name}</strong>, ${signingUp.record.role}.</p>
<form method="post" action="${parts.base}/join/${token}" class="narrow">
<input type="hidden" name="username" value="${signingUp.record.name}" autocomplete="username">
${input({ id: 'password', name: 'password', label: 'A new password', type: 'password', autocomplete: 'new-password', isRequired: true, hint: `At least ${min} characters. A password manager makes the best ones.` })}
${secondFactor(signingUp, parts.appName)}
${input({ id: 'code', name: 'code', label: needed ? 'The code that the app shows now' : 'The code that the app shows now (or leave it empty: local mode)', autocomplete: 'one-time-code', inputmode: 'numeric', isRequired: needed })}
<button class="primary">Sign up</button>
</form>
${
  parts.singleSignOn === undefined
    ? ''
    : html`<p><a class="button" href="${parts.base}/single-sign-on?invitation=${token}">Use single sign-on in place of a password</a></p>`
}`;
  return { title: 'Sign up', page, status: fault === undefined ? 200 : 400 };
}

function secondFactor({ record, totpSecret }: SigningUp, appName: string): Html {
  const uri = totpUri(totpSecret, record.name, appName);
  const typed = (base32(totpSecret).match(/.{1,4}/g) ?? []).join(' ');
  return html`<fieldset><legend>Your authenticator app</legend>
<div class="qr" role="img" aria-label="A code to be read by an authenticator app; its secret is below">${drawQr(uri)}</div>
<p>Or type this in: <code class="secret">${typed}</code></p></fieldset>`;
}

/** The library draws by attributes alone, which the policy of the page allows. */
function drawQr(uri: string): Html {
  return html([renderSVG(uri, { border: 2 })] as unknown as TemplateStringsArray);
}

async function join(visit: Visit): Promise<Answer> {
  const { parts, params, form, token } = visit;
  try {
    const typed = { password: form.text('password'), code: form.text('code') };
    const record = await signUp(parts.signIn, params['token'] ?? '', typed);
    return await begin(parts, record.id, 'password', token);
  } catch (error) {
    if (error instanceof KycError && error.field !== undefined) return show(visit, error);
    throw error;
  }
}
