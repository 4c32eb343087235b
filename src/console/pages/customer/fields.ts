import { html } from 'hono/html';
import { isAtLeast } from '../../../kyc/review/operator.ts';
import type { ShownCustomer, ShownField } from '../../../kyc/review/show-customer.ts';
import type { UnmaskedValue } from '../../../kyc/review/unmask.ts';
import { canonicalName } from '../../../sep9/catalogue.ts';
import type { Html } from '../../look/html.ts';
import { badge, select, table } from '../../look/pieces.ts';
import { fileSize, moment, words } from '../../look/words.ts';
import type { SignedInVisit } from '../../visit.ts';
import {
  actsPath,
  hidden,
  isMarked,
  languageChoice,
  noteOf,
  openIfTried,
  reasonChoice,
  typeChoice,
} from './act-forms.ts';
import { unmaskButton, unmaskForm } from './unmasking.ts';

/** The values that are held, each with its state, and a form to decide on some of them. `unmasked`: the one value that a viewer has asked for. */
export function fieldTable(visit: SignedInVisit, customer: ShownCustomer, unmasked?: UnmaskedValue): Html {
  const mayDecide = isAtLeast(visit.operator, 'reviewer');
  const rows = Object.entries(customer.fields).map(([key, field]) =>
    row(customer, key, field, {
      mayDecide,
      unmasked: unmasked?.field === key ? unmasked.value : undefined,
      isMarked: isMarked(visit, key, ...actsOfFields),
    }),
  );
  const heads = [...(mayDecide ? ['Mark'] : []), 'Field', 'Value', 'Told', 'History'];
  const missing = missingOf(customer);
  return html`${mayDecide || rows.length === 0 ? '' : unmaskForm(visit, customer)}${table('Fields', heads, rows)}
${missing.length === 0 ? '' : html`<p>Asked for and not held: ${missing.map(words).join(', ')}</p>`}
${mayDecide && rows.length > 0 ? decideForm(visit, customer) : ''}`;
}

/** What is decided on marked fields. */
const actsOfFields = ['reject-field', 'accept-field'] as const;

interface RowLook {
  readonly mayDecide: boolean;
  readonly unmasked: string | undefined;
  readonly isMarked: boolean;
}

function row(customer: ShownCustomer, key: string, field: ShownField, look: RowLook): Html {
  const told = toldOf(customer, key);
  const box = html`<td><input type="checkbox" name="fields" value="${key}" form="field-act" aria-label="Decide on ${words(key)}"${look.isMarked ? html` checked` : ''}></td>`;
  return html`<tr>${look.mayDecide ? box : ''}<th scope="row">${words(key)}</th>
${valueCell(key, field.value, look)}
<td>${told === undefined ? '–' : html`${badge(told.status ?? 'ACCEPTED')} ${told.error ?? ''}`}</td>
<td>${historyOf(field).map((line) => html`<div class="hint">${line}</div>`)}</td></tr>`;
}

/** What there is to say of a value, no more: mostly since when it is the one. */
function historyOf({ version, refusals, confirmed, code, ruling }: ShownField): readonly string[] {
  return [
    `since version ${version}`,
    ...(refusals === 0 ? [] : [refusals === 1 ? 'refused once before' : `refused ${refusals} times before`]),
    ...(confirmed === undefined ? [] : [`confirmed ${moment(new Date(confirmed))}`]),
    ...(confirmed === undefined && code !== undefined ? [`code: ${words(code.state)}`] : []),
    ...(ruling === undefined
      ? []
      : [`${ruling.accepted ? 'accepted' : `rejected, ${words(ruling.reason)}`}, by ${ruling.by}`]),
  ];
}

function valueCell(key: string, value: ShownField['value'], { mayDecide, unmasked }: RowLook): Html {
  if (typeof value !== 'string') return html`<td class="value">${value.contentType}, ${fileSize(value.sizeBytes)}</td>`;
  if (mayDecide) return html`<td class="value" dir="auto">${value}</td>`;
  if (unmasked !== undefined) return html`<td class="value"><strong dir="auto">${unmasked}</strong></td>`;
  return html`<td class="value">${value} ${unmaskButton(key)}</td>`;
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
  return html`<details class="act"${openIfTried(visit, ...actsOfFields)}><summary data-key="f" aria-keyshortcuts="f">Decide on the marked fields <kbd>f</kbd></summary>
<form method="post" id="field-act" action="${actsPath(visit, customer)}">${hidden(visit, customer)}
${select({ id: 'field-do', name: 'act', label: 'What to do' }, acts, visit.form.text('act'))}
${typeChoice(visit, types, 'field')}
${reasonChoice(visit, 'field', 'field')}
<div class="field"><label for="field-note">Note for operators</label><textarea id="field-note" name="note" rows="2" maxlength="4000">${noteOf(visit, ...actsOfFields)}</textarea></div>
<div class="row"><button class="primary">Decide</button>${languageChoice('field')}<button name="preview" value="true">Preview</button></div>
</form></details>`;
}
