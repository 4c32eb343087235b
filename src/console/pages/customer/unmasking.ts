import { html } from 'hono/html';
import type { ShownCustomer } from '../../../kyc/review/show-customer.ts';
import { type UnmaskedValue, unmaskReasons } from '../../../kyc/review/unmask.ts';
import type { Html } from '../../look/html.ts';
import { tokenField } from '../../look/layout.ts';
import { select } from '../../look/pieces.ts';
import { words } from '../../look/words.ts';
import type { SignedInVisit } from '../../visit.ts';
import { placeField } from './act-forms.ts';

const formId = 'unmask';

/** Why a viewer looks at a value: said once, for whichever button of the table is pressed. */
export function unmaskForm(visit: SignedInVisit, { customerId }: ShownCustomer): Html {
  const { parts, formToken } = visit;
  const reasons = unmaskReasons.map((reason) => ({ value: reason, text: words(reason) }));
  return html`<form method="post" id="${formId}" action="${parts.base}/customers/${customerId}/values#fields-title" class="narrow">${tokenField(formToken)}${placeField(visit)}
${select({ id: 'unmask-reason', name: 'reason', label: 'Why you look at a value' }, reasons)}
<p class="hint">Values are shown one at a time. That you looked, at which, and why is written down.</p></form>`;
}

/** Shows one value. */
export function unmaskButton(key: string): Html {
  return html`<button class="quiet" form="${formId}" name="field" value="${key}" aria-label="Show ${words(key)}">Show</button>`;
}

/** Said above the page that shows it. */
export function unmaskedNotice({ field }: UnmaskedValue): Html {
  return html`<p role="status" class="notice">${words(field)} is shown, and it is written down that you looked.</p>`;
}
