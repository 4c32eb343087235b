import { html } from 'hono/html';
import { CustomerNotFound, KycError } from '../../errors.ts';
import { isAtLeast } from '../../kyc/review/operator.ts';
import type { SearchResult } from '../../kyc/review/search.ts';
import { personIndex } from '../../kyc/search-index.ts';
import type { Html } from '../look/html.ts';
import { tokenField } from '../look/layout.ts';
import { badge, input, section, select, table } from '../look/pieces.ts';
import { words } from '../look/words.ts';
import type { Answer, PageRoute, SignedInVisit } from '../visit.ts';

/** Looking for a customer. What is typed is sent as a form: it must not stand in an address that a log or a history keeps. */
export const searchRoutes: readonly PageRoute[] = [
  { method: 'GET', path: '/search', role: 'viewer', handle: async (visit) => searchPage(visit) },
  { method: 'POST', path: '/search', role: 'viewer', handle: findByName },
  { method: 'POST', path: '/search/values', role: 'reviewer', handle: findByValue },
];

function searchPage(visit: SignedInVisit, found?: Html): Answer {
  const { parts, operator, form, formToken } = visit;
  const byName = html`<form method="post" action="${parts.base}/search" class="narrow">${tokenField(formToken)}
${input({ id: 'name', name: 'name', label: 'Customer id, or Stellar account', value: form.text('name'), isRequired: true, isFirst: found === undefined })}
${input({ id: 'memo', name: 'memo', label: 'Memo, if the account is shared', value: form.text('memo') })}
<button class="primary">Find</button></form>`;
  const page = html`${found ?? ''}${section('by-name', 'By id or account', byName)}
${isAtLeast(operator, 'reviewer') ? valueForms(visit) : ''}`;
  return { title: 'Search', page };
}

function valueForms({ parts, operator, form, formToken }: SignedInVisit): Html {
  const action = `${parts.base}/search/values`;
  const asked = parts.desk.searchFields(operator);
  const fields = asked.filter((name) => name !== personIndex).map((name) => ({ value: name, text: words(name) }));
  const isPerson = form.text('field') === personIndex;
  const typed = form.text('value');
  const byValue = html`<form method="post" action="${action}" class="narrow">${tokenField(formToken)}
${select({ id: 'field', name: 'field', label: 'Field' }, fields, form.text('field'))}
${input({ id: 'value', name: 'value', label: 'The whole value', value: isPerson ? '' : typed, isRequired: true, hint: 'However it is spelt. Nothing is found by a part of it.' })}
<button>Search by value</button></form>`;
  const byPerson = html`<form method="post" action="${action}" class="narrow">${tokenField(formToken)}
<input type="hidden" name="field" value="${personIndex}">
${input({ id: 'person', name: 'value', label: 'First and last name', value: isPerson ? typed : '', isRequired: true })}
${input({ id: 'birth-date', name: 'birthDate', label: 'Birth date', type: 'date', value: form.text('birthDate'), isRequired: true })}
<button>Search by name</button></form>`;
  return html`${fields.length === 0 ? '' : section('by-value', 'By a value', byValue)}
${asked.includes(personIndex) ? section('by-person', 'By name and birth date', byPerson) : ''}`;
}

async function findByName(visit: SignedInVisit): Promise<Answer> {
  const { parts, operator, form } = visit;
  const name = form.text('name').trim();
  const memo = form.optional('memo');
  const isAccount = /^[GMC][A-Z2-7]{55,}$/.test(name);
  try {
    const id = await parts.desk.find(operator, isAccount ? { account: name, memo } : { id: name });
    return { goTo: `/customers/${id}` };
  } catch (error) {
    if (error instanceof CustomerNotFound)
      return searchPage(visit, html`<p role="status" class="notice">No customer.</p>`);
    return orFault(visit, error);
  }
}

/** What cannot be looked for is told above what was typed. @throws what is not for a form to tell */
function orFault(visit: SignedInVisit, error: unknown): Answer {
  if (!(error instanceof KycError) || error.field === undefined) throw error;
  return { ...searchPage(visit, html`<p role="alert" class="alert">${error.message}</p>`), status: 400 };
}

function findByValue(visit: SignedInVisit): Promise<Answer> {
  return foundByValue(visit).catch((error: unknown) => orFault(visit, error));
}

async function foundByValue(visit: SignedInVisit): Promise<Answer> {
  const { parts, operator, form } = visit;
  const [field, value, birthDate] = [form.text('field'), form.text('value'), form.optional('birthDate')];
  const { customers, isCut } = await parts.desk.search(operator, { field, value, ...(birthDate && { birthDate }) });
  const count = customers.length === 1 ? 'One customer.' : `${customers.length} customers${isCut ? ', and more' : ''}.`;
  const rows = customers.map((customer) => foundRow(parts.base, customer));
  return searchPage(
    visit,
    html`<p role="status" class="notice">${customers.length === 0 ? 'No customer.' : count}</p>
${rows.length === 0 ? '' : table('Found', ['Customer', 'Stands'], rows)}`,
  );
}

function foundRow(base: string, { customerId, standings }: SearchResult['customers'][number]): Html {
  const stands = standings.map(({ type, transactionId, state }) => {
    return html`<div>${type}${transactionId === '' ? '' : html` <span class="hint">${transactionId}</span>`} ${badge(state)}</div>`;
  });
  return html`<tr data-item><th scope="row"><a href="${base}/customers/${customerId}" data-open>${customerId.slice(0, 8)}</a></th>
<td>${stands}</td></tr>`;
}
