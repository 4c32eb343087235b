import { html } from 'hono/html';
import type { ShownCustomer } from '../../../kyc/review/show-customer.ts';
import type { Html } from '../../look/html.ts';
import { badge } from '../../look/pieces.ts';
import { moment, words } from '../../look/words.ts';

interface Entry {
  readonly at: Date;
  readonly text: Html;
}

/** What happened to a customer, the latest first: where they moved and what operators did. */
export function timeline({ history, acts }: ShownCustomer): Html {
  const entries = [...history.map(moved), ...acts.map(done)].toSorted(
    (one, other) => other.at.getTime() - one.at.getTime(),
  );
  if (entries.length === 0) return html`<p class="empty">Nothing yet.</p>`;
  return html`<ol class="timeline">${entries.map(({ at, text }) => html`<li><time datetime="${at.toISOString()}">${moment(at)}</time> ${text}</li>`)}</ol>`;
}

function moved({ type, from, to, cause, who, reason, at, origin }: ShownCustomer['history'][number]): Entry {
  const by = [cause, who, reason === undefined ? undefined : words(reason)]
    .filter((part) => part !== undefined)
    .join(', ');
  const path = html`${from === undefined ? '' : html`${badge(from)} → `}${badge(to)}`;
  return { at, text: html`${type}: ${path} <span class="hint">${by}${ofMerged(origin)}</span>` };
}

function done({
  act,
  type,
  reason,
  fields = [],
  operator,
  proposedBy,
  at,
  origin,
}: ShownCustomer['acts'][number]): Entry {
  const about = [type, fields.map(words).join(', ') || undefined, reason === undefined ? undefined : words(reason)];
  const what = about.filter((part) => part !== undefined).join(', ');
  const who = proposedBy === undefined ? operator : `${operator}, as ${proposedBy} proposed`;
  return {
    at,
    text: html`<strong>${words(act)}</strong> ${what} <span class="hint">by ${who}${ofMerged(origin)}</span>`,
  };
}

function ofMerged(origin: string | undefined): string {
  return origin === undefined ? '' : ` (of ${origin.slice(0, 8)}, who was merged)`;
}
