import { html as taggedHtml } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** Markup: text that was put into it is escaped. */
export type Html = HtmlEscapedString;

/** What may stand in markup. */
type Part = Html | string | number | undefined | false | readonly (Html | string)[];

/** Markup with parts, each escaped unless it is markup itself. Attributes must be quoted. Nothing here makes markup of a text. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  // It is a promise only if a part is one.
  return taggedHtml(strings, ...parts) as Html;
}
