import { html } from 'hono/html';
import type { Html } from './html.ts';
import { words } from './words.ts';

/** A word that stands for a state, coloured by what it means; the word itself says it, too. */
export function badge(name: string, tone: Tone = toneOf(name)): Html {
  return html`<span class="badge ${tone}">${words(name)}</span>`;
}

/** What a badge's colour means. */
export type Tone = 'good' | 'bad' | 'wait' | 'plain';

const tones: Readonly<Record<string, Tone>> = {
  accepted: 'good',
  ACCEPTED: 'good',
  pass: 'good',
  delivered: 'good',
  active: 'good',
  confirmed: 'good',
  rejected: 'bad',
  REJECTED: 'bad',
  fail: 'bad',
  failed: 'bad',
  late: 'bad',
  disabled: 'bad',
  high: 'bad',
  'in-review': 'wait',
  review: 'wait',
  PROCESSING: 'wait',
  pending: 'wait',
  invited: 'wait',
  escalated: 'wait',
  checking: 'wait',
};

function toneOf(name: string): Tone {
  return tones[name] ?? 'plain';
}

/** A choice of a `<select>`. */
export interface Choice {
  readonly value: string;
  readonly text: string;
}

/** A labelled `<select>`. */
export function select(
  { id, name, label }: { readonly id: string; readonly name: string; readonly label: string },
  choices: readonly Choice[],
  chosen: string = '',
): Html {
  const options = choices.map(
    ({ value, text }) => html`<option value="${value}"${value === chosen ? html` selected` : ''}>${text}</option>`,
  );
  return html`<div class="field"><label for="${id}">${label}</label><select id="${id}" name="${name}">${options}</select></div>`;
}

/** What an input is. `hint` is read with its label. */
export interface Input {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly type?: string;
  readonly value?: string;
  readonly hint?: string;
  readonly autocomplete?: string;
  readonly isRequired?: boolean;
  readonly isFirst?: boolean;
  readonly inputmode?: string;
}

/** A labelled `<input>`. */
export function input({ id, name, label, hint, type = 'text', value = '', ...more }: Input): Html {
  const { autocomplete = 'off', isRequired = false, isFirst = false, inputmode } = more;
  return html`<div class="field"><label for="${id}">${label}</label>
<input id="${id}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}"${
    isRequired ? html` required` : ''
  }${isFirst ? html` autofocus` : ''}${inputmode ? html` inputmode="${inputmode}"` : ''}${
    hint ? html` aria-describedby="${id}-hint"` : ''
  }>${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : ''}</div>`;
}

/** A table that scrolls by itself where it is wider than the screen. */
export function table(label: string, heads: readonly string[], rows: readonly Html[]): Html {
  if (rows.length === 0) return html`<p class="empty">None.</p>`;
  return html`<div class="scroll" role="group" aria-label="${label}" tabindex="0"><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

/** What was done, said once at the top of the page that it led to. */
export function notice(done: string | null, texts: Readonly<Record<string, string>>): Html | '' {
  const text = done !== null && Object.hasOwn(texts, done) ? texts[done] : undefined;
  return text === undefined ? '' : html`<p role="status" class="notice">${text}</p>`;
}

/** A part of a page with a heading. */
export function section(id: string, title: string, body: Html): Html {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>`;
}
