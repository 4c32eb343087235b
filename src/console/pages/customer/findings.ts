import { html } from 'hono/html';
import type { ShownCustomer } from '../../../kyc/review/show-customer.ts';
import type { Html } from '../../look/html.ts';
import { badge, table } from '../../look/pieces.ts';
import { moment, words } from '../../look/words.ts';

/** What checks last said, and what they found. */
export function checksPart({ checks, evidence }: ShownCustomer, seesEvidence: boolean): Html {
  const rows = Object.entries(checks).map(
    ([name, { outcome, reason, fields = [], fourEyes, at, round }]) => html`<tr><th scope="row">${name}</th>
<td>${badge(outcome)}${fourEyes ? html` <span class="badge plain">four eyes</span>` : ''}</td>
<td>${reason === undefined ? '–' : words(reason)}</td><td>${fields.map(words).join(', ') || '–'}</td>
<td>${moment(new Date(at))}</td><td>${round}</td></tr>`,
  );
  return html`${table('Checks', ['Check', 'Said', 'Reason', 'At fault', 'When', 'Round'], rows)}
${seesEvidence ? evidence.map((one) => finding(one, checks[one.check]?.outcome !== 'pass')) : evidencePlaceholder()}`;
}

function evidencePlaceholder(): Html {
  return html`<p class="hint">What checks found is for reviewers to see.</p>`;
}

/** Open where somebody must look at it. */
function finding({ check, at, found, origin }: ShownCustomer['evidence'][number], isOpen: boolean): Html {
  const from = origin === undefined ? '' : html` <span class="hint">of ${origin.slice(0, 8)}, who was merged</span>`;
  return html`<details class="finding"${isOpen ? html` open` : ''}><summary>${check}, ${moment(at)}${from}</summary>${value(found)}</details>`;
}

/** What a check found, as it comes: names and values, lists, lists of those. */
function value(found: unknown): Html {
  if (Array.isArray(found)) return html`<ol>${found.map((item) => html`<li>${value(item)}</li>`)}</ol>`;
  if (typeof found !== 'object' || found === null) return html`<span dir="auto">${String(found)}</span>`;
  const entries = Object.entries(found).map(
    ([name, item]) => html`<div><dt>${words(name)}</dt><dd>${value(item)}</dd></div>`,
  );
  return html`<dl class="found">${entries}</dl>`;
}

/** What operators wrote down. */
export function notesPart({ notes }: ShownCustomer, seesNotes: boolean): Html {
  if (!seesNotes) return html`<p class="hint">Notes are for reviewers to see.</p>`;
  if (notes.length === 0) return html`<p class="empty">None.</p>`;
  return html`<ul class="notes">${notes.map(
    ({ operator, at, text }) =>
      html`<li><p class="hint">${operator}, ${moment(at)}</p><p class="text" dir="auto">${text}</p></li>`,
  )}</ul>`;
}
