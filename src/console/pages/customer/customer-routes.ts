import { html } from 'hono/html';
import { errorPages } from '../../../error-pages.ts';
import { KycError, type KycErrorCode } from '../../../errors.ts';
import type { Acted } from '../../../kyc/review/review-desk.ts';
import { fileHeaders } from '../../guard.ts';
import { tokenField } from '../../look/layout.ts';
import { badge } from '../../look/pieces.ts';
import { words } from '../../look/words.ts';
import { placeOf, queuePath, withQuery } from '../../place.ts';
import type { Answer, PageRoute, SignedInVisit } from '../../visit.ts';
import { auditPage } from './audit-page.ts';
import { customerPage } from './customer-page.ts';
import { documentFile } from './documents.ts';
import { orderOf } from './order.ts';

/** One customer. What an act takes of a role, the desk judges. */
export const customerRoutes: readonly PageRoute[] = [
  { method: 'GET', path: '/customers/:id', role: 'viewer', handle: (visit) => customerPage(visit) },
  { method: 'POST', path: '/customers/:id/values', role: 'viewer', handle: unmask },
  { method: 'GET', path: '/customers/:id/files/:field', role: 'reviewer', handle: documentFile },
  { method: 'POST', path: '/customers/:id/acts', role: 'reviewer', handle: act },
  {
    method: 'POST',
    path: '/customers/:id/export',
    role: 'admin',
    handle: (visit) => orFault(visit, () => exportCustomer(visit)),
  },
  { method: 'GET', path: '/customers/:id/audit', role: 'lead', handle: auditPage },
];

/** Acts after which the customer is done with, and the next one is looked at. */
const leadOn: readonly string[] = ['accept', 'reject', 'ask-again', 'reject-field', 'escalate', 'merge'];

/** One value, on the page that has all others masked. It is an answer to a form, so that no address shows it again. */
async function unmask(visit: SignedInVisit): Promise<Answer> {
  const { parts, operator, params, form } = visit;
  const order = { field: form.text('field'), reason: form.text('reason') };
  return orFault(visit, async () =>
    customerPage(visit, { unmasked: await parts.desk.unmask(operator, params['id'] ?? '', order) }),
  );
}

/** What somebody can mend, or must know before they go on. */
const tellable: readonly KycErrorCode[] = ['invalid_request', 'invalid_field', 'stale', 'not_possible', 'forbidden'];

/** A refusal is told on the page of the customer as they are now, so that nothing is lost that was written and marked. */
async function orFault(visit: SignedInVisit, act: () => Promise<Answer>): Promise<Answer> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof KycError) || !tellable.includes(error.code)) throw error;
    const page = await customerPage(visit, { fault: error });
    return { ...page, status: errorPages[error.code].status };
  }
}

function act(visit: SignedInVisit): Promise<Answer> {
  // Back from a preview: what was written and marked comes along.
  if (visit.form.text('back') === 'true') return customerPage(visit);
  return orFault(visit, () => decide(visit));
}

async function decide(visit: SignedInVisit): Promise<Answer> {
  const { parts, operator, params, form } = visit;
  const order = orderOf(form);
  const id = params['id'] ?? '';
  const done = await parts.desk.act(operator, id, order);
  const name = form.text('act');
  if (done.outcome === 'preview') return preview(visit, done);
  const place = placeOf(visit);
  if (leadOn.includes(name) && done.outcome !== 'proposed')
    return { goTo: queuePath(new URLSearchParams(place.get('queue') ?? ''), name) };
  return { goTo: withQuery(`/customers/${done.customerId}`, place, done.outcome === 'proposed' ? 'proposed' : name) };
}

/** What the customer would read, in their language, and the act once more to be done. */
function preview({ parts, form, formToken, params }: SignedInVisit, { standings = [], approver }: Acted): Answer {
  const lang = form.optional('lang') ?? 'en';
  const again = form.entries().filter(([name]) => name !== 'preview');
  const told = standings.map(({ type, answer, state }) => {
    const fields = Object.entries(answer.providedFields ?? {}).filter(([, { error }]) => error !== undefined);
    return html`<article class="told"><h2>${type}</h2><p>${badge(answer.status)} ${badge(state)}</p>
<div lang="${lang}" dir="${lang === 'ar' ? 'rtl' : 'ltr'}"><p>${answer.message ?? ''}</p>
<ul>${fields.map(([name, { description, error }]) => html`<li><strong>${description}</strong> (${words(name)}): ${error}</li>`)}</ul></div></article>`;
  });
  const page = html`<p>This is what the customer would read. Nothing is done yet.</p>${told}
${approver === undefined ? '' : html`<p class="alert">It takes two: a person with the role ${approver} must approve.</p>`}
<form method="post" action="${parts.base}/customers/${params['id'] ?? ''}/acts">${tokenField(formToken)}
${again.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<div class="row"><button class="primary" data-first autofocus>Do it: ${words(form.text('act'))}</button>
<button name="back" value="true">Back</button></div></form>`;
  return { title: 'Preview', page };
}

/** A copy of all that is held, to be handed over. */
async function exportCustomer({ parts, operator, params, form }: SignedInVisit): Promise<Answer> {
  const id = params['id'] ?? '';
  const reference = form.optional('reference');
  const order = {
    reason: form.text('reason'),
    ...(reference && { reference }),
    forSubject: form.text('forSubject') === 'true',
  };
  const made = await parts.desk.export(operator, id, order);
  const headers = {
    ...fileHeaders,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Disposition': `attachment; filename="customer-${made.customerId.replace(/[^0-9a-f-]/g, '')}.json"`,
  };
  return { raw: new Response(`${JSON.stringify(made, null, 2)}\n`, { headers }) };
}
