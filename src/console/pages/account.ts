import { html } from 'hono/html';
import { KycError } from '../../errors.ts';
import { changePassword } from '../../operators/change-password.ts';
import type { Html } from '../look/html.ts';
import { tokenField } from '../look/layout.ts';
import { input, notice, section, table } from '../look/pieces.ts';
import { moment } from '../look/words.ts';
import type { Answer, PageRoute, SignedInVisit } from '../visit.ts';

/** One's own way of signing in. */
export const accountRoutes: readonly PageRoute[] = [
  { method: 'GET', path: '/account', role: 'viewer', handle: (visit) => show(visit) },
  { method: 'POST', path: '/account/password', role: 'viewer', handle: setPassword },
  { method: 'POST', path: '/account/sessions', role: 'viewer', handle: endSessions },
  { method: 'POST', path: '/account/passkeys/remove', role: 'viewer', handle: removePasskey },
];

const done: Readonly<Record<string, string>> = {
  password: 'The password is changed. Your other sessions have ended.',
  sessions: 'It has ended.',
  passkey: 'The passkey is added.',
  removed: 'The passkey is removed.',
};

async function show(visit: SignedInVisit, fault?: KycError): Promise<Answer> {
  const { parts, signedIn, query } = visit;
  const sessions = await parts.sessions.list(signedIn.record.id);
  const page = html`${notice(query.get('done'), done)}
${fault ? html`<p role="alert" class="alert">${fault.message}</p>` : ''}
<p>${signedIn.operator.name}, ${signedIn.operator.role}. Signed in ${moment(signedIn.session.createdAt)} by ${signedIn.session.by}.</p>
${signedIn.record.password === undefined ? '' : section('password-title', 'Password', passwordForm(visit))}
${section('passkeys', 'Passkeys', await passkeysPart(visit))}
${section('sessions', 'Sessions', sessionsPart(visit, sessions))}`;
  return { title: 'Your account', page, status: fault === undefined ? 200 : 400 };
}

function passwordForm({ parts, formToken, operator }: SignedInVisit): Html {
  return html`<form method="post" action="${parts.base}/account/password" class="narrow">${tokenField(formToken)}
<input type="hidden" name="username" value="${operator.name}" autocomplete="username">
${input({ id: 'present', name: 'present', label: 'Present password', type: 'password', autocomplete: 'current-password', isRequired: true })}
${input({ id: 'next', name: 'next', label: 'New password', type: 'password', autocomplete: 'new-password', isRequired: true })}
<button>Change it</button></form>`;
}

async function passkeysPart({ parts, signedIn, formToken }: SignedInVisit): Promise<Html> {
  const passkeys = await parts.signIns.listPasskeys(signedIn.record.id);
  const rows = passkeys.map(
    ({ id, label, createdAt }) => html`<tr><th scope="row">${label}</th><td>${moment(createdAt)}</td>
<td><form method="post" action="${parts.base}/account/passkeys/remove">${tokenField(formToken)}<button name="passkey" value="${id}" aria-label="Remove ${label}">Remove</button></form></td></tr>`,
  );
  return html`${table('Passkeys', ['Name', 'Added', 'Do'], rows)}
<form method="post" action="${parts.base}/passkey/register" class="narrow" data-passkey="register" data-options="${parts.base}/passkey/options/register">${tokenField(formToken)}
<input type="hidden" name="answer"><input type="hidden" name="signed">
${input({ id: 'label', name: 'label', label: 'Name of the new passkey', value: 'My key' })}
<button hidden>Add a passkey</button><p role="status" class="hint"></p></form>`;
}

function sessionsPart(
  { parts, signedIn, formToken }: SignedInVisit,
  sessions: Awaited<ReturnType<SignedInVisit['parts']['sessions']['list']>>,
): Html {
  const rows = sessions.map(({ publicId, createdAt, seenAt, by }) => {
    const isThis = publicId === signedIn.session.publicId;
    const end = html`<form method="post" action="${parts.base}/account/sessions">${tokenField(formToken)}<button name="session" value="${publicId}" aria-label="End the session of ${moment(createdAt)}">End</button></form>`;
    return html`<tr><th scope="row">${moment(createdAt)}</th><td>${moment(seenAt)}</td><td>${by}</td><td>${isThis ? 'this one' : end}</td></tr>`;
  });
  return html`${table('Sessions', ['Began', 'Last used', 'By', 'Do'], rows)}
<form method="post" action="${parts.base}/account/sessions">${tokenField(formToken)}<button>End all others</button></form>`;
}

async function setPassword(visit: SignedInVisit): Promise<Answer> {
  const { parts, signedIn, form } = visit;
  try {
    await changePassword(parts.signIn, signedIn.record, { present: form.text('present'), next: form.text('next') });
  } catch (error) {
    if (error instanceof KycError && error.field !== undefined) return show(visit, error);
    throw error;
  }
  await parts.sessions.endOthers(signedIn);
  return { goTo: '/account?done=password' };
}

async function endSessions({ parts, signedIn, form }: SignedInVisit): Promise<Answer> {
  await parts.sessions.endOthers(signedIn, form.optional('session'));
  return { goTo: '/account?done=sessions' };
}

async function removePasskey({ parts, signedIn, form }: SignedInVisit): Promise<Answer> {
  await parts.signIns.removePasskey(signedIn.record.id, form.text('passkey'));
  return { goTo: '/account?done=removed' };
}
