import type { Language } from '../../messages/languages.ts';
import type { PlainKey } from '../../messages/phrase.ts';
import type { CustomerPayment } from '../../sep12/integration.ts';
import { type Html, html } from '../html.ts';
import { sayIn } from '../page.ts';

const told: Readonly<Record<CustomerPayment['state'], readonly [key: PlainKey, look: string]>> = {
  'waits-for-you': ['page.payment.waits_for_you', 's-processing'],
  'on-hold': ['page.payment.on_hold', 's-processing'],
  'going-on': ['page.payment.going_on', 's-accepted'],
  completed: ['page.payment.completed', 's-accepted'],
  ended: ['page.payment.ended', 's-rejected'],
};

/** What the visitor's payments wait for. */
export function paymentsView(payments: readonly CustomerPayment[], lang: Language): Html | undefined {
  if (payments.length === 0) return undefined;
  const say = sayIn(lang);
  const item = ({ state, amount, asset }: CustomerPayment): Html => {
    const [key, look] = told[state];
    const worth = [amount, asset].filter((part) => part !== undefined).join(' ');
    const name = worth === '' ? say('page.payment.unnamed') : html`<bdi dir="ltr">${worth}</bdi>`;
    return html`<li><strong>${name}</strong> <span class="${look}">${say(key)}</span></li>`;
  };
  return html`<h2>${say('page.payments_heading')}</h2>
<ul class="payments">${payments.map(item)}</ul>`;
}
