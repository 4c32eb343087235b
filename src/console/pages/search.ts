import { html } from 'hono/html';
import { CustomerNotFound } from '../../errors.ts';
import type { Html } from '../look/html.ts';
import { tokenField } from '../look/layout.ts';
import { input, section, select } from '../look/pieces.ts';
import { words } from '../look/words.ts';
import type { Answer, PageRoute, SignedInVisit } from '../visit.ts';

/** Looking for a customer. What is typed is sent as a form: it must not stand in an address that a log or a history keeps. */
export const searchRoutes: readonly PageRoute[] = [
  { method: 'GET', path: '/search', role: 'viewer', handle: async (visit) => searchPage(visit) },
  { method: 'POST', path: '/search', role: 'viewer', handle: findByName },
  { method: 'POST', path: '/search/values', role: 'reviewer', handle: findByValue },
];

/** Fields that have a blind index. */
const indexed = ['email_address', 'mobile_number', 'id_number', 'bank_account_number'] as const;

function searchPage({ parts, formToken }: SignedInVisit, found?: Html): Answer {
  const { base, search } = parts;
  const byName = html`<form method="post" action="${base}/search" class="narrow">${tokenField(formToken)}
${input({ id: 'name', name: 'name', label: 'Customer id, or Stellar account', isRequired: true, isFirst: true })}
${input({ id: 'memo', name: 'memo', label: 'Memo, if the account is shared' })}
<button class="primary">Find</button></form>`;
  const byValue = html`<form method="post" action="${base}/search/values" class="narrow">${tokenField(formToken)}
${select(
  { id: 'field', name: 'field', label: 'Field' },
  indexed.map((name) => ({ value: name, text: words(name) })),
)}
${input({ id: 'value', name: 'value', label: 'The whole value', isRequired: true })}
<button>Find</button></form>`;
  const page = html`${found ?? ''}${section('by-name', 'By id or account', byName)}
${search === undefined ? '' : section('by-value', 'By a value', byValue)}`;
  return { title: 'Search', page };
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
    throw error;
  }
}

async function findByValue(visit: SignedInVisit): Promise<Answer> {
  const { parts, operator, form } = visit;
  const field = indexed.find((known) => known === form.text('field'));
  const ids = field === undefined ? [] : ((await parts.search?.(operator, field, form.text('value'))) ?? []);
  const links = ids.map((id) => html`<li><a href="${parts.base}/customers/${id}"><code>${id}</code></a></li>`);
  const found = html`<div role="status" class="notice">${ids.length === 0 ? 'No customer.' : html`<ul>${links}</ul>`}</div>`;
  return searchPage(visit, found);
}
