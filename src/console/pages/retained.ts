import { html } from 'hono/html';
import type { ShownRetained } from '../../kyc/review/legal-hold.ts';
import type { Html } from '../look/html.ts';
import { table } from '../look/pieces.ts';
import { moment } from '../look/words.ts';
import type { Answer, PageRoute, SignedInVisit } from '../visit.ts';

/** Erased customers whose data the law has kept. */
export const retainedRoutes: readonly PageRoute[] = [{ method: 'GET', path: '/retained', role: 'lead', handle: show }];

async function show({ parts, operator, query }: SignedInVisit): Promise<Answer> {
  const { items, next } = await parts.desk.retained(operator, query.get('after') || undefined);
  const older = next === undefined ? '' : new URLSearchParams({ after: next }).toString();
  const page = html`${table('Kept', ['Customer', 'Goes', 'Why it is kept', 'Held by'], items.map(row))}
${next === undefined ? '' : html`<p><a rel="next" href="${parts.base}/retained?${older}">Later</a></p>`}
<p class="hint">Nobody finds these customers any more. What is kept of them goes on its day, unless it is held.</p>`;
  return { title: 'Kept after erasure', page };
}

function row({ customerId, deleteAfter, ground, isLost, hold }: ShownRetained): Html {
  return html`<tr><th scope="row"><code>${customerId}</code></th><td>${moment(deleteAfter)}</td><td>${ground}${isLost ? '; its key was lost, nobody can read it' : ''}</td>
<td>${hold === undefined ? '–' : hold.operator}</td></tr>`;
}
