import { html } from 'hono/html';
import { exportReasons } from '../../../kyc/export-customer.ts';
import { isAtLeast } from '../../../kyc/review/operator.ts';
import type { ShownCustomer } from '../../../kyc/review/show-customer.ts';
import type { DeliveryRecord } from '../../../store/outbox-store.ts';
import type { Html } from '../../look/html.ts';
import { tokenField } from '../../look/layout.ts';
import { badge, input, section, select, table } from '../../look/pieces.ts';
import { age, moment, words } from '../../look/words.ts';
import type { SignedInVisit } from '../../visit.ts';
import { actForm, actsPath, hidden, openIfTried } from './act-forms.ts';

/** By which accounts they go. */
export function accountsPart({ identities }: ShownCustomer): Html {
  const rows = identities.map(
    ({ account, memo, knownAs }) => html`<tr><th scope="row"><code>${account}</code></th>
<td>${memo === undefined ? '–' : `${memo.type} ${memo.value}`}</td><td>${knownAs === undefined ? '–' : html`<code>${knownAs}</code>`}</td></tr>`,
  );
  return table('Accounts', ['Account', 'Memo', 'Knows them as'], rows);
}

/** What waits with them: payments that are not over. */
export function paymentsPart({ parts }: SignedInVisit, { payments, hasMorePayments }: ShownCustomer): Html {
  const now = parts.clock.now().getTime();
  const rows = payments.map(
    ({ id, protocol, kind, status, roles, clearance, isHeld, amount, asset, since, surplus }) => html`<tr>
<th scope="row"><code>${id}</code></th><td>${protocol.toUpperCase()}, ${words(kind)}</td>
<td class="tight">${worth(amount, asset) || '–'}${surplusPart(surplus)}</td>
<td>${badge(status, isHeld ? 'wait' : 'good')}</td><td class="tight">${age(now - since.getTime())} <div class="hint">${moment(since)}</div></td>
<td>${roles.join(', ')}</td><td>${badge(waitsFor[clearance])}</td></tr>`,
  );
  return html`${table('Transactions held', ['Id', 'What', 'Worth', 'State', 'For', 'As', 'Waits for'], rows)}
${hasMorePayments ? html`<p class="hint">There are more.</p>` : ''}`;
}

/** Money that came beside the one that was asked for; a few of it, as anybody may send some. */
function surplusPart(surplus: ShownCustomer['payments'][number]['surplus']): Html {
  const some = surplus.slice(0, surplusShown);
  const more = surplus.length > some.length ? html`<div class="hint">There is more.</div>` : '';
  return html`${some.map(
    ({ amount, asset, reference }) =>
      html`<div class="hint">To go back: ${worth(amount, asset) || 'unknown'}, <code>${reference}</code></div>`,
  )}${more}`;
}

const surplusShown = 3;

function worth(amount: string | undefined, asset: string | undefined): string {
  return [amount, shortAsset(asset)].filter((part) => part !== undefined).join(' ');
}

/** What a payment waits for, as far as this customer is concerned. */
const waitsFor: Readonly<Record<ShownCustomer['payments'][number]['clearance'], string>> = {
  asks: 'the customer',
  working: 'you',
  lost: 'the program',
  rejected: 'nothing any more',
  gone: 'nothing any more',
  clear: 'not for them',
};

/** `stellar:USDC:G…` → `USDC`. */
function shortAsset(asset: string | undefined): string | undefined {
  const [, code = asset] = asset?.split(':') ?? [];
  return code === 'native' ? 'XLM' : code;
}

/** What their wallets and you were told. */
export function deliveriesPart({ parts }: SignedInVisit, deliveries: readonly DeliveryRecord[]): Html {
  const rows = deliveries.map(
    ({ id, kind, type, state, attempts, outcome, createdAt, target }) => html`<tr>
<th scope="row"><a href="${parts.base}/deliveries/${id}">${id}</a></th><td>${kind}, ${type}</td><td>${target}</td>
<td>${badge(state)}</td><td>${attempts}</td><td>${outcome ?? '–'}</td><td>${moment(createdAt)}</td></tr>`,
  );
  return table('Deliveries', ['Id', 'What', 'To', 'State', 'Attempts', 'Outcome', 'Made'], rows);
}

/** What takes a lead. */
export function leadPart(visit: SignedInVisit, customer: ShownCustomer): Html {
  const { parts, form } = visit;
  const accountForm = html`<form method="post" action="${actsPath(visit, customer)}">${hidden(visit, customer)}
${input({ id: 'account', name: 'account', label: 'Account (G…, M… or C…)', value: form.text('account'), isRequired: true })}
${input({ id: 'memo', name: 'memo', label: 'Memo, if it is shared', value: form.text('memo') })}
${select(
  { id: 'memoType', name: 'memoType', label: 'Kind of memo' },
  ['id', 'text', 'hash'].map((kind) => ({ value: kind, text: kind })),
  form.text('memoType'),
)}
<div class="row"><button name="act" value="link">Link</button><button name="act" value="unlink">Unlink</button></div></form>`;
  const mergeForm = html`<form method="post" action="${actsPath(visit, customer)}">${hidden(visit, customer, 'merge')}
${input({ id: 'into', name: 'into', label: 'Into the customer of this id', value: form.text('into'), isRequired: true })}
${input({ id: 'intoVersion', name: 'intoVersion', label: 'Version of that customer', value: form.text('intoVersion'), inputmode: 'numeric', isRequired: true })}
<button>Merge</button></form>`;
  const body = html`<details class="act"${openIfTried(visit, 'link', 'unlink')}><summary>Link or unlink an account</summary>${accountForm}</details>
<details class="act"${openIfTried(visit, 'merge')}><summary>Merge into another customer</summary>${mergeForm}</details>
${actForm(visit, customer, { act: 'erase', title: 'Erase', body: html`<p>All of it goes, files and history too. An admin must approve. Say why in the note.</p>` })}
<details class="act"${openIfTried(visit, 'hold', 'lift-hold')}><summary>Hold, or lift the hold</summary>${holdForm(visit, customer)}</details>
${isAtLeast(visit.operator, 'admin') ? exportForm(visit, customer) : ''}
<p><a href="${parts.base}/customers/${customer.customerId}/audit">Who did and read what</a></p>`;
  return section('lead', 'For leads', body);
}

function holdForm(visit: SignedInVisit, customer: ShownCustomer): Html {
  return html`<form method="post" action="${actsPath(visit, customer)}">${hidden(visit, customer)}
${input({ id: 'hold-reason', name: 'reason', label: 'Why nothing of them may go', value: visit.form.text('act') === 'hold' ? visit.form.text('reason') : '' })}
<div class="row"><button name="act" value="hold">Hold</button><button name="act" value="lift-hold">Lift the hold</button></div></form>`;
}

function exportForm({ parts, form, formToken }: SignedInVisit, { customerId }: ShownCustomer): Html {
  const reasons = exportReasons.map((reason) => ({ value: reason, text: words(reason) }));
  const reference = form.text('reference');
  return html`<details class="act"${reference === '' ? '' : html` open`}><summary>Export</summary>
<form method="post" action="${parts.base}/customers/${customerId}/export">${tokenField(formToken)}
${select({ id: 'export-reason', name: 'reason', label: 'Why' }, reasons)}
${input({ id: 'export-reference', name: 'reference', label: 'Reference, if there is one', value: reference })}
<p><label class="check"><input type="checkbox" name="forSubject" value="true" checked> For the person themselves: without what they may not be told</label></p>
<button>Export</button></form></details>`;
}
