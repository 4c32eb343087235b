import { html } from 'hono/html';
import { roles } from '../../kyc/review/operator.ts';
import type { Invited } from '../../operators/staff.ts';
import type { OperatorRecord } from '../../store/operator-store.ts';
import type { Html } from '../look/html.ts';
import { tokenField } from '../look/layout.ts';
import { badge, input, notice, section, select, table } from '../look/pieces.ts';
import { moment } from '../look/words.ts';
import type { Answer, PageRoute, SignedInVisit } from '../visit.ts';

/** Who may sign in, for admins. */
export const peopleRoutes: readonly PageRoute[] = [
  { method: 'GET', path: '/people', role: 'admin', handle: (visit) => show(visit) },
  { method: 'POST', path: '/people', role: 'admin', handle: invite },
  { method: 'POST', path: '/people/:id', role: 'admin', handle: change },
];

const done: Readonly<Record<string, string>> = {
  role: 'The role is changed.',
  disable: 'They can sign in no more.',
  enable: 'They can sign in again.',
};

async function show(visit: SignedInVisit, invited?: Invited): Promise<Answer> {
  const { parts, operator, query } = visit;
  const people = await parts.staff.list(operator);
  const page = html`${notice(query.get('done'), done)}
${invited === undefined ? '' : link(visit, invited)}
${table(
  'People',
  ['Name', 'Role', 'State', 'Signs in by', 'Since', 'Do'],
  people.map((person) => row(visit, person)),
)}
${section('invite', 'Invite somebody', inviteForm(visit))}`;
  return { title: 'People', page };
}

function link({ parts }: SignedInVisit, { name, token, expiresAt }: Invited): Html {
  const url = `${parts.origin}${parts.base}/join/${token}`;
  return html`<div role="status" class="notice"><p>Give this link to ${name}, over a channel that you trust. It is good once, until ${moment(expiresAt)}, and shown here only now.</p>
<p><code class="secret" data-invitation>${url}</code></p></div>`;
}

function row(visit: SignedInVisit, person: OperatorRecord): Html {
  const { id, name, role, state, createdAt } = person;
  const isSelf = visit.signedIn.record.id === id;
  const ways = [person.password && 'password', person.totpSalt && 'code', person.subject && 'single sign-on'].filter(
    Boolean,
  );
  return html`<tr><th scope="row">${name}</th><td>${isSelf ? role : roleForm(visit, person)}</td><td>${badge(state)}</td>
<td>${ways.join(', ') || '–'}</td><td>${moment(createdAt)}</td><td>${isSelf ? 'you' : stateForm(visit, person)}</td></tr>`;
}

function roleForm({ parts, formToken }: SignedInVisit, { id, name, role }: OperatorRecord): Html {
  const options = roles.map(
    (one) => html`<option value="${one}"${one === role ? html` selected` : ''}>${one}</option>`,
  );
  return html`<form method="post" action="${parts.base}/people/${id}" class="row">${tokenField(formToken)}
<select name="role" aria-label="Role of ${name}">${options}</select><button name="do" value="role" aria-label="Change the role of ${name}">Change</button></form>`;
}

function stateForm({ parts, formToken }: SignedInVisit, { id, name, state }: OperatorRecord): Html {
  const act = state === 'disabled' ? 'enable' : 'disable';
  const again =
    state === 'disabled'
      ? ''
      : html`<button name="do" value="again" aria-label="New link for ${name}">New link</button>`;
  return html`<form method="post" action="${parts.base}/people/${id}" class="row">${tokenField(formToken)}
<button name="do" value="${act}" aria-label="${act === 'disable' ? 'Disable' : 'Enable'} ${name}">${act === 'disable' ? 'Disable' : 'Enable'}</button>${again}</form>`;
}

function inviteForm({ parts, formToken }: SignedInVisit): Html {
  return html`<form method="post" action="${parts.base}/people" class="narrow">${tokenField(formToken)}
${input({ id: 'name', name: 'name', label: 'Name', hint: 'Written beside everything they do. Letters, digits and . _ @ -', isRequired: true })}
${select(
  { id: 'role', name: 'role', label: 'Role' },
  roles.map((role) => ({ value: role, text: role })),
  'reviewer',
)}
<button class="primary">Invite</button></form>`;
}

async function invite(visit: SignedInVisit): Promise<Answer> {
  const { parts, operator, form } = visit;
  return show(visit, await parts.staff.invite(operator, form.text('name').trim(), form.text('role')));
}

async function change(visit: SignedInVisit): Promise<Answer> {
  const { parts, operator, params, form } = visit;
  const id = params['id'] ?? '';
  const act = form.text('do');
  if (act === 'again') return show(visit, await parts.staff.inviteAgain(operator, id));
  if (act === 'role') await parts.staff.changeRole(operator, id, form.text('role'));
  if (act === 'disable') await parts.staff.disable(operator, id);
  if (act === 'enable') await parts.staff.enable(operator, id);
  return { goTo: `/people?done=${encodeURIComponent(act)}` };
}
