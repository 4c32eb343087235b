import { html } from 'hono/html';
import { isAtLeast } from '../../kyc/review/operator.ts';
import type { Html } from '../look/html.ts';
import { tokenField } from '../look/layout.ts';
import { notice, table } from '../look/pieces.ts';
import { moment, words } from '../look/words.ts';
import type { Answer, PageRoute, SignedInVisit } from '../visit.ts';
import { acted } from './acted.ts';

/** What waits for a second person. */
export const proposalRoutes: readonly PageRoute[] = [
  { method: 'GET', path: '/proposals', role: 'viewer', handle: proposals },
  { method: 'POST', path: '/proposals/:id', role: 'reviewer', handle: settle },
];

/** Something that waits for a second person. */
export type Proposal = Awaited<ReturnType<SignedInVisit['parts']['desk']['proposals']>>[number];

async function proposals(visit: SignedInVisit): Promise<Answer> {
  const all = await visit.parts.desk.proposals(visit.operator);
  const heads = ['Customer', 'What', 'Proposed by', 'When', 'Do'];
  const page = html`${notice(visit.query.get('done'), acted)}
${table(
  'Proposals',
  heads,
  all.map((proposal) => row(visit, proposal)),
)}
<p class="hint">A proposal is good for the customer as they were: when anything about them changes, it is void.</p>`;
  return { title: 'Proposals', page };
}

function row(visit: SignedInVisit, proposal: Proposal): Html {
  const { customerId, operator, at } = proposal;
  return html`<tr data-item><th scope="row"><a data-open href="${visit.parts.base}/customers/${customerId}">${customerId.slice(0, 8)}</a></th>
<td>${actText(proposal)}</td><td>${operator}</td><td>${moment(at)}</td><td>${settleForm(visit, proposal)}</td></tr>`;
}

/** What is proposed, in words. */
export function actText({ act }: Proposal): string {
  const { act: name, ...rest } = JSON.parse(act) as { readonly act: string } & Readonly<Record<string, unknown>>;
  const about = Object.values(rest)
    .flat()
    .filter((value) => value !== '')
    .map(String);
  return [words(name), ...about].join(', ');
}

function settleForm({ parts, operator, formToken }: SignedInVisit, proposal: Proposal): Html {
  const isOwn = proposal.operator.toLowerCase() === operator.name.toLowerCase();
  const mayApprove = !isOwn && isAtLeast(operator, 'lead');
  const mayWithdraw = isAtLeast(operator, isOwn ? 'reviewer' : 'lead');
  if (!mayWithdraw) return html``;
  const what = `${actText(proposal)} of ${proposal.customerId.slice(0, 8)}`;
  return html`<form method="post" action="${parts.base}/proposals/${proposal.id}" class="row">${tokenField(formToken)}
${mayApprove ? html`<button name="settle" value="approve" class="primary" aria-label="Approve: ${what}">Approve</button>` : ''}
<button name="settle" value="withdraw" aria-label="Withdraw: ${what}">Withdraw</button></form>`;
}

async function settle({ parts, operator, params, form }: SignedInVisit): Promise<Answer> {
  const approve = form.text('settle') === 'approve';
  await parts.desk.settle(operator, params['id'] ?? '', { approve });
  return { goTo: `/proposals?done=${approve ? 'approved' : 'withdrawn'}` };
}
