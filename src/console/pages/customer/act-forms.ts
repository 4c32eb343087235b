import { html } from 'hono/html';
import { localize } from '../../../kyc/localized-text.ts';
import { riskClasses } from '../../../kyc/program.ts';
import { isAtLeast } from '../../../kyc/review/operator.ts';
import type { ShownCustomer } from '../../../kyc/review/show-customer.ts';
import { languages } from '../../../messages/languages.ts';
import type { Html } from '../../look/html.ts';
import { tokenField } from '../../look/layout.ts';
import { type Choice, select } from '../../look/pieces.ts';
import { words } from '../../look/words.ts';
import { placeOf } from '../../place.ts';
import type { SignedInVisit } from '../../visit.ts';

/** What somebody may decide, one form for each act, each behind its key. */
export function actForms(visit: SignedInVisit, customer: ShownCustomer): Html {
  const { escalation, standings } = customer;
  const types = [...new Set(standings.map(({ type }) => type))];
  const isDecided = standings.some(({ state }) => state === 'accepted' || state === 'rejected');
  const mayLead = isAtLeast(visit.operator, 'lead');
  return html`<div class="acts" role="group" aria-label="Decide">
${claimForm(visit, customer, types)}
${actForm(visit, customer, { act: 'accept', key: 'a', title: 'Accept', body: standingChoice(visit, customer), isPrimary: true })}
${actForm(visit, customer, { act: 'reject', key: 'r', title: 'Reject for good', body: html`${typeChoice(visit, types, 'reject', true)}${reasonChoice(visit, 'customer', 'reject')}` })}
${actForm(visit, customer, { act: 'ask-again', key: 'g', title: 'Ask again', body: askAgain(visit, customer, types) })}
${isDecided ? actForm(visit, customer, { act: 'reopen', title: 'Reopen', body: typeChoice(visit, types, 'reopen') }) : ''}
${actForm(visit, customer, { act: 'set-risk', title: 'Risk', body: select({ id: 'risk', name: 'risk', label: 'Risk class' }, riskClasses.map(toChoice)) })}
${escalation === undefined ? actForm(visit, customer, { act: 'escalate', key: 'e', title: 'Escalate', body: html`<p>From now on a lead decides.</p>` }) : ''}
${escalation !== undefined && mayLead ? actForm(visit, customer, { act: 'return', key: 'e', title: 'Give back', body: html`<p>Reviewers decide again.</p>` }) : ''}
${noteForm(visit, customer)}
</div>`;
}

/** An act with what it takes. */
interface ActForm {
  readonly act: string;
  readonly key?: string;
  readonly title: string;
  readonly body: Html;
  readonly isPrimary?: boolean;
}

/** A form for an act that behaves like every other: a note, a preview in a language, and the act itself. */
export function actForm(
  visit: SignedInVisit,
  customer: ShownCustomer,
  { act, key, title, body, isPrimary }: ActForm,
): Html {
  const shortcut = key === undefined ? '' : html` data-key="${key}" aria-keyshortcuts="${key}"`;
  return html`<details class="act" name="act"${openIfTried(visit, act)}><summary${shortcut}>${title}${key === undefined ? '' : html` <kbd>${key}</kbd>`}</summary>
<form method="post" action="${actsPath(visit, customer)}">${hidden(visit, customer, act)}
${body}
<div class="field"><label for="${act}-note">Note for operators</label><textarea id="${act}-note" name="note" rows="2" maxlength="4000">${noteOf(visit, act)}</textarea></div>
<div class="row">${isPrimary === true ? html`<button class="primary" data-first>${title}</button>` : html`<button>${title}</button>`}
${languageChoice(act)}<button name="preview" value="true">Preview</button></div></form></details>`;
}

/** Where acts are sent. */
export function actsPath({ parts }: SignedInVisit, { customerId }: ShownCustomer): string {
  return `${parts.base}/customers/${customerId}/acts`;
}

/** Opens the form of an act that was tried, and not done. */
export function openIfTried({ form }: SignedInVisit, ...acts: readonly string[]): Html | '' {
  return acts.includes(form.text('act')) ? html` open` : '';
}

/** What was written beside an act that was not done. */
export function noteOf({ form }: SignedInVisit, ...acts: readonly string[]): string {
  return acts.includes(form.text('act')) ? form.text('note') : '';
}

/** Whether a field was marked for an act that was not done. */
export function isMarked({ form }: SignedInVisit, field: string, ...acts: readonly string[]): boolean {
  return acts.includes(form.text('act')) && form.all('fields').includes(field);
}

/** What every form of a customer carries along. */
export function placeField(visit: SignedInVisit): Html {
  return html`<input type="hidden" name="place" value="${placeOf(visit).toString()}">`;
}

/** What every act carries. */
export function hidden(visit: SignedInVisit, { version }: ShownCustomer, act?: string): Html {
  return html`${tokenField(visit.formToken)}${placeField(visit)}<input type="hidden" name="version" value="${version}">${
    act === undefined ? '' : html`<input type="hidden" name="act" value="${act}">`
  }`;
}

/** In which language the preview is shown. */
export function languageChoice(id: string): Html {
  const names = new Intl.DisplayNames(['en'], { type: 'language' });
  const choices = languages.map((value) => ({ value, text: names.of(value) ?? value }));
  return select({ id: `${id}-lang`, name: 'lang', label: 'Preview in' }, choices, 'en');
}

/** The type that is meant: chosen where there is more than one. */
export function typeChoice(visit: SignedInVisit, types: readonly string[], id: string, withAll = false): Html {
  const [only = ''] = types;
  if (types.length < 2 && !withAll) return html`<input type="hidden" name="type" value="${only}">`;
  const choices = [...types.map(toChoice), ...(withAll ? [{ value: '', text: 'every type' }] : [])];
  return select({ id: `${id}-type`, name: 'type', label: 'For type' }, choices, placeOf(visit).get('type') ?? only);
}

/** The reasons that fit, each with what the customer reads. */
export function reasonChoice({ parts, operator, form }: SignedInVisit, about: 'field' | 'customer', id: string): Html {
  const choices = parts.desk
    .reasons(operator)
    .filter((reason) => reason.about === about)
    .map(({ code, text }) => ({ value: code, text: `${words(code)}: ${localize(text, 'en')}` }));
  return select(
    { id: `${id}-reason`, name: 'reason', label: 'Reason' },
    choices,
    choices.find(({ value }) => value === form.text('reason'))?.value ?? (about === 'field' ? 'more-needed' : ''),
  );
}

/** Accepting is of one standing: those in review first. */
function standingChoice(visit: SignedInVisit, { standings }: ShownCustomer): Html {
  const open = standings.filter(({ state }) => state === 'in-review');
  const types = [...new Set((open.length > 0 ? open : standings).map(({ type }) => type))];
  const transactions = [...new Set(open.map(({ transactionId }) => transactionId))];
  const transaction =
    transactions.length < 2
      ? html`<input type="hidden" name="transactionId" value="${transactions[0] ?? ''}">`
      : select(
          { id: 'accept-transaction', name: 'transactionId', label: 'Transaction' },
          transactions.map((id) => ({ value: id, text: id || 'none' })),
        );
  return html`${typeChoice(visit, types, 'accept')}${transaction}`;
}

function askAgain(visit: SignedInVisit, { fields }: ShownCustomer, types: readonly string[]): Html {
  const boxes = Object.keys(fields).map(
    (key) =>
      html`<label class="check"><input type="checkbox" name="fields" value="${key}"${isMarked(visit, key, 'ask-again') ? html` checked` : ''}> ${words(key)}</label>`,
  );
  return html`${typeChoice(visit, types, 'ask-again')}<fieldset class="boxes"><legend>Fields</legend>${boxes}</fieldset>${reasonChoice(visit, 'field', 'ask-again')}`;
}

function claimForm(visit: SignedInVisit, customer: ShownCustomer, types: readonly string[]): Html {
  const { parts, operator } = visit;
  const now = parts.clock.now();
  const asked = placeOf(visit).get('type') ?? '';
  const type = types.includes(asked) ? asked : (types[0] ?? '');
  const isOwn = customer.claims.some(
    (held) => held.operator === operator.name && held.until > now && held.type === type,
  );
  return html`<form method="post" action="${actsPath(visit, customer)}">${tokenField(visit.formToken)}${placeField(visit)}
<input type="hidden" name="type" value="${type}">
<button name="act" value="${isOwn ? 'release' : 'claim'}" data-key="c" aria-keyshortcuts="c">${isOwn ? 'Let go' : 'Claim'} <kbd>c</kbd></button></form>`;
}

function noteForm(visit: SignedInVisit, customer: ShownCustomer): Html {
  return html`<details class="act" name="act"${openIfTried(visit, 'note')}><summary data-key="n" aria-keyshortcuts="n">Note <kbd>n</kbd></summary>
<form method="post" action="${actsPath(visit, customer)}">${hidden(visit, customer, 'note')}
<div class="field"><label for="note-text">Note for operators</label><textarea id="note-text" name="note" rows="3" maxlength="4000" required data-first>${noteOf(visit, 'note')}</textarea></div>
<button>Keep the note</button></form></details>`;
}

function toChoice(value: string): Choice {
  return { value, text: words(value) };
}
