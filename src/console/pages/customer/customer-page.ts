import { html } from 'hono/html';
import type { KycError } from '../../../errors.ts';
import { isAtLeast } from '../../../kyc/review/operator.ts';
import type { ShownCustomer } from '../../../kyc/review/show-customer.ts';
import type { UnmaskedValue } from '../../../kyc/review/unmask.ts';
import type { Html } from '../../look/html.ts';
import { badge, notice, section, table } from '../../look/pieces.ts';
import { age, moment, words } from '../../look/words.ts';
import type { Answer, SignedInVisit } from '../../visit.ts';
import { acted } from '../acted.ts';
import { actText, type Proposal } from '../proposals.ts';
import { actForms } from './act-forms.ts';
import { documents } from './documents.ts';
import { fieldTable } from './fields.ts';
import { checksPart, notesPart } from './findings.ts';
import { accountsPart, deliveriesPart, leadPart, paymentsPart } from './surroundings.ts';
import { timeline } from './timeline.ts';
import { unmaskedNotice } from './unmasking.ts';

/** What the page is shown after. */
export interface Before {
  /** The one value that a viewer asked for. */
  readonly unmasked?: UnmaskedValue;
  /** Why what was asked for was not done. */
  readonly fault?: KycError;
}

/** Everything there is about a customer, and what may be decided. */
export async function customerPage(visit: SignedInVisit, { unmasked, fault }: Before = {}): Promise<Answer> {
  const { parts, params, query, operator } = visit;
  const lang = query.get('lang') || 'en';
  const customer = await parts.desk.show(operator, params['id'] ?? '', lang);
  const mayDecide = isAtLeast(operator, 'reviewer');
  const asked = new Map([['customer', customer.customerId]]);
  const { deliveries } = await parts.deliveries.list(operator, asked);
  const page = html`${notice(query.get('done'), acted)}
${fault === undefined ? '' : html`<p role="alert" class="alert">${fault.message}</p>`}
${unmasked === undefined ? '' : unmaskedNotice(unmasked)}
${summary(visit, customer)}
${standings(visit, customer)}
${mayDecide ? actForms(visit, customer) : ''}
<div class="pair">
${section('fields-title', 'Fields', fieldTable(visit, customer, unmasked))}
${section('documents', 'Documents', documents(visit, customer))}
</div>
${section('checks', 'Checks and findings', checksPart(customer, mayDecide))}
${section('payments', 'Transactions held', paymentsPart(visit, customer))}
${section('accounts', 'Accounts', accountsPart(customer))}
${section('told', 'Deliveries', deliveriesPart(visit, deliveries))}
${section('notes', 'Notes', notesPart(customer, mayDecide))}
${section('timeline', 'What happened', timeline(customer))}
${isAtLeast(operator, 'lead') ? leadPart(visit, customer) : ''}`;
  return { title: `Customer ${customer.customerId.slice(0, 8)}`, page };
}

function summary({ parts }: SignedInVisit, customer: ShownCustomer): Html {
  const { customerId, version, claims, escalation, payments, hasMorePayments, consent } = customer;
  const now = parts.clock.now();
  const held = claims.filter(({ until }) => until > now);
  return html`<p class="summary"><code>${customerId}</code>, version ${version}
${held.map(({ operator, type }) => html`<span class="badge plain">${type}: held by ${operator}</span> `)}
${escalation === undefined ? '' : badge('escalated')}
${customer.proposals.map((proposal) => (proposal.version === version ? waitingProposal(parts.base, proposal) : ''))}
${payments.length === 0 ? '' : html`<a href="#payments">${heldText(payments.length, hasMorePayments)}</a>`}
${consent === undefined ? '' : html`<span class="hint">Agreed to version ${consent.version} of the consent, read in ${consent.lang}, ${moment(new Date(consent.at))}</span>`}</p>`;
}

/** What nobody need propose again, and a second person may be about to approve. */
function waitingProposal(base: string, proposal: Proposal): Html {
  return html`<a href="${base}/proposals">Waits for a second person: ${actText(proposal)}, proposed by ${proposal.operator}</a> `;
}

function heldText(count: number, hasMore: boolean): string {
  return count === 1 && !hasMore ? '1 transaction waits' : `${count}${hasMore ? '+' : ''} transactions wait`;
}

function standings({ parts }: SignedInVisit, { standings: all }: ShownCustomer): Html {
  const now = parts.clock.now().getTime();
  const rows = all.map(
    ({ type, transactionId, state, since, reason, risk, needsTwo, answer, rules }) => html`<tr>
<th scope="row">${type}${transactionId === '' ? '' : html` <code class="hint">${transactionId.slice(0, 8)}</code>`}</th>
<td>${badge(state)}${needsTwo ? html` <span class="badge wait">takes two</span>` : ''}</td>
<td class="tight">${age(now - since.getTime())} <div class="hint">${moment(since)}</div></td>
<td>${reason === undefined ? '–' : words(reason)}</td><td>${badge(risk)}</td>
<td>${badge(answer.status)} ${answer.message ?? ''}</td><td>${rules.join(', ') || '–'}</td></tr>`,
  );
  const heads = ['Type', 'State', 'For', 'Reason', 'Risk', 'What the wallet reads', 'Rules'];
  return section('standings', 'Where they stand', table('Where they stand', heads, rows));
}
