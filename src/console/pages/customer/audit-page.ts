import { html } from 'hono/html';
import type { AuditPage } from '../../../kyc/review/audit-of.ts';
import type { Html } from '../../look/html.ts';
import { table } from '../../look/pieces.ts';
import { moment } from '../../look/words.ts';
import type { Answer, SignedInVisit } from '../../visit.ts';

/** Who did and read what of a customer, oldest first, as the audit trail has it. */
export async function auditPage({ parts, params, query, operator }: SignedInVisit): Promise<Answer> {
  const id = params['id'] ?? '';
  const asked = query.get('after') ?? '';
  const after = /^\d{1,15}$/.test(asked) ? Number(asked) : undefined;
  const { lines, next } = await parts.desk.audit(operator, id, { after });
  const page = html`<p><a href="${parts.base}/customers/${id}">The customer</a></p>
${table('Audit trail', ['When', 'What', 'Who', 'About', 'Place in the chain'], lines.map(row))}
${next === undefined ? '' : html`<p><a rel="next" href="${parts.base}/customers/${id}/audit?after=${next}">Later</a></p>`}`;
  return { title: 'Audit trail', page };
}

function row({ at, action, actor, about = {}, seq }: AuditPage['lines'][number]): Html {
  const facts = Object.entries(about).map(([name, value]) => `${name}: ${[value].flat().join(', ')}`);
  const who = actor.id === undefined ? actor.kind : `${actor.kind} ${actor.id}`;
  return html`<tr><th scope="row">${moment(at)}</th><td>${action}</td><td>${who}</td><td>${facts.join('; ') || '–'}</td>
<td>${seq ?? 'soon'}</td></tr>`;
}
