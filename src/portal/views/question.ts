import type { Language } from '../../messages/languages.ts';
import { translate } from '../../messages/translate.ts';
import type { FormatName } from '../../sep9/catalogue.ts';
import { type Html, html } from '../html.ts';
import { type OptionList, optionsOf } from '../options.ts';
import { sayIn } from '../page.ts';
import type { Question } from '../questions.ts';
import { autocompleteOf } from './autocomplete.ts';

/** What an input needs beside its question. */
export interface Asking {
  readonly lang: Language;
  readonly fault: string | undefined;
  /** What was typed, where it is shown again. */
  readonly typed: string | undefined;
  readonly fileBytes: number;
}

/** How an input of one line is written. */
interface Line {
  readonly type: 'text' | 'email' | 'tel' | 'url' | 'date';
  readonly mode?: 'numeric' | 'decimal';
  /** Whether it is written from left to right in every language. */
  readonly isLatin?: true;
}

const lines: Readonly<Partial<Record<FormatName, Line>>> = {
  date: { type: 'date' },
  number: { type: 'text', mode: 'decimal', isLatin: true },
  count: { type: 'text', mode: 'numeric', isLatin: true },
  occupation: { type: 'text', mode: 'numeric', isLatin: true },
  email: { type: 'email', isLatin: true },
  phone: { type: 'tel', isLatin: true },
  mobile_phone: { type: 'tel', isLatin: true },
  url: { type: 'url', isLatin: true },
  clabe: { type: 'text', mode: 'numeric', isLatin: true },
  cbu: { type: 'text', mode: 'numeric', isLatin: true },
  card_number: { type: 'text', mode: 'numeric', isLatin: true },
  card_expiration: { type: 'text', isLatin: true },
  card_cvc: { type: 'text', mode: 'numeric', isLatin: true },
};

const fileTypes = 'image/jpeg,image/png,image/heic,image/heif,image/webp,application/pdf,.heic,.heif';

/** A question with its label, what is wrong, and an input for its kind of answer. */
export function questionView(question: Question, asking: Asking): Html {
  const { name, label, isOptional, rejected, field } = question;
  const say = sayIn(asking.lang);
  const notes = [rejected, asking.fault].filter((note) => note !== undefined);
  const hint = field.type === 'binary' ? fileHint(asking) : undefined;
  const describedBy = [...(notes.length > 0 ? [`e-${name}`] : []), ...(hint === undefined ? [] : [`h-${name}`])];
  const attributes = html`id="f-${name}" name="${name}" aria-invalid="${notes.length > 0 ? 'true' : 'false'}"${
    describedBy.length > 0 && html` aria-describedby="${describedBy.join(' ')}"`
  }`;
  return html`<div class="field">
<label for="f-${name}">${label}${isOptional && html` <span class="soft">(${say('page.optional')})</span>`}</label>
${notes.length > 0 && html`<p id="e-${name}" class="fault">${notes.join(' ')}</p>`}
${hint !== undefined && html`<p id="h-${name}" class="soft">${hint}</p>`}
${inputOf(question, attributes, asking)}
</div>`;
}

function fileHint({ lang, fileBytes }: Asking): string {
  return translate({ key: 'page.file_hint', params: { max: Math.floor(fileBytes / 1024 / 1024) } }, lang);
}

function inputOf({ name, field, known }: Question, attributes: Html, { lang, typed = '' }: Asking): Html {
  const autocomplete = autocompleteOf(known?.name ?? name);
  const all = html`${attributes}${autocomplete !== undefined && html` autocomplete="${autocomplete}"`}`;
  if (field.type === 'binary') return fileInput(name, all);
  if (field.choices !== undefined)
    return selectOf(
      field.choices.map((one) => [one, one]),
      all,
      { lang, typed },
    );
  const list = listOf(known?.format);
  if (list !== undefined) return selectOf(optionsOf(list, lang), all, { lang, typed });
  if (known?.format === 'multiline_text') return html`<textarea ${all} rows="3">${typed}</textarea>`;
  return lineInput(lines[known?.format ?? plainFormat[field.type]] ?? { type: 'text' }, all, typed);
}

/** What an answer to a field of the anchor's own looks like. */
const plainFormat = { string: 'text', number: 'number', date: 'date', binary: 'file' } as const;

function lineInput({ type, mode, isLatin }: Line, attributes: Html, typed: string): Html {
  return html`<input type="${type}" ${attributes} value="${typed}"${mode !== undefined && html` inputmode="${mode}"`}${
    isLatin === true && html` dir="ltr"`
  }>`;
}

function fileInput(name: string, attributes: Html): Html {
  const isLiveness = name === 'proof_of_liveness';
  const accept = isLiveness ? `${fileTypes},video/*` : fileTypes;
  return html`<input type="file" ${attributes} accept="${accept}" data-camera="${isLiveness ? 'user' : 'environment'}">`;
}

function selectOf(
  options: readonly (readonly [string, string])[],
  attributes: Html,
  { lang, typed }: { readonly lang: Language; readonly typed: string },
): Html {
  const option = ([value, label]: readonly [string, string]): Html =>
    html`<option value="${value}"${value === typed && html` selected`}>${label}</option>`;
  return html`<select ${attributes}><option value="">${sayIn(lang)('page.choose')}</option>${options.map(option)}</select>`;
}

function listOf(format: FormatName | undefined): OptionList | undefined {
  return format === 'country_alpha3' || format === 'country_alpha2' || format === 'language' ? format : undefined;
}
