import { html } from 'hono/html';
import type { Html } from '../look/html.ts';

/** What somebody reads when something was refused. Its text never holds a value of a customer's. */
export function errorPage(message: string, base: string): Html {
  return html`<p role="alert" class="alert">${message}</p>
<p><a href="${base}/queue">To the queue</a></p>`;
}
