import { html } from 'hono/html';
import { isAtLeast } from '../../../kyc/review/operator.ts';
import type { ShownCustomer, ShownField } from '../../../kyc/review/show-customer.ts';
import { canonicalName } from '../../../sep9/catalogue.ts';
import type { Html } from '../../look/html.ts';
import { badge, select, table } from '../../look/pieces.ts';
import { fileSize, moment, words } from '../../look/words.ts';
import type { SignedInVisit } from '../../visit.ts';
import { actsPath, hidden, languageChoice, reasonChoice, typeChoice } from './act-forms.ts';

/** The values that are held, each with its state, and a form to decide on some of them. */
export function fieldTable(visit: SignedInVisit, customer: ShownCustomer): Html {
  const mayDecide = isAtLeast(visit.operator, 'reviewer');
  const rows = Object.entries(customer.fields).map(([key, field]) => row(customer, key, field, mayDecide));
  const heads = [...(mayDecide ? ['Mark'] : []), 'Field', 'Value', 'Told', 'Since', 'Refused', 'Confirmed', 'Ruled'];
  const missing = missingOf(customer);
  return html`${table('Fields', heads, rows)}
${missing.length === 0 ? '' : html`<p>Asked for and not held: ${missing.map(words).join(', ')}</p>`}
${mayDecide && rows.length > 0 ? decideForm(visit, customer) : ''}`;
}

function row(customer: ShownCustomer, key: string, field: ShownField, mayDecide: boolean): Html {
  const { value, version, refusals, confirmed, ruling } = field;
  const told = toldOf(customer, key);
  const box = html`<td><input type="checkbox" name="fields" value="${key}" form="field-act" aria-label="Decide on ${words(key)}"></td>`;
  const by =
    ruling === undefined
      ? '–'
      : `${ruling.accepted ? 'accepted' : `rejected: ${words(ruling.reason)}`} by ${ruling.by}`;
  const confirmedAt = confirmed === undefined ? (field.code?.state ?? '–') : moment(new Date(confirmed));
  return html`<tr>${mayDecide ? box : ''}<th scope="row">${words(key)}</th>
<td class="value" dir="auto">${typeof value === 'string' ? value : `${value.contentType}, ${fileSize(value.sizeBytes)}`}</td>
<td>${told === undefined ? '–' : html`${badge(told.status ?? 'ACCEPTED')} ${told.error ?? ''}`}</td>
<td>v${version}</td><td>${refusals}</td><td>${confirmedAt}</td><td>${by}</td></tr>`;
}

/** What the wallet is told of a field by the first type that asks for it. */
function toldOf(
  { standings }: ShownCustomer,
  key: string,
): { readonly status?: string; readonly error?: string } | undefined {
  for (const { answer } of standings) {
    const found = Object.entries(answer.providedFields ?? {}).find(([name]) => canonicalName(name) === key);
    if (found !== undefined) return found[1];
  }
  return undefined;
}

function missingOf({ standings }: ShownCustomer): string[] {
  const names = standings.flatMap(({ answer }) =>
    Object.entries(answer.fields ?? {}).flatMap(([name, { optional }]) => (optional === true ? [] : [name])),
  );
  return [...new Set(names)];
}

function decideForm(visit: SignedInVisit, customer: ShownCustomer): Html {
  const types = [...new Set(customer.standings.map(({ type }) => type))];
  const acts = [
    { value: 'reject-field', text: 'reject, to be sent again' },
    { value: 'accept-field', text: 'accept, whatever a check said' },
  ];
  return html`<details class="act"><summary data-key="f" aria-keyshortcuts="f">Decide on the marked fields <kbd>f</kbd></summary>
<form method="post" id="field-act" action="${actsPath(visit, customer)}">${hidden(visit, customer)}
${select({ id: 'field-do', name: 'act', label: 'What to do' }, acts)}
${typeChoice(visit, types, 'field')}
${reasonChoice(visit, 'field', 'field')}
<div class="field"><label for="field-note">Note for operators</label><textarea id="field-note" name="note" rows="2" maxlength="4000"></textarea></div>
<div class="row"><button class="primary">Decide</button>${languageChoice('field')}<button name="preview" value="true">Preview</button></div>
</form></details>`;
}
