import { html } from 'hono/html';
import type { Html } from './html.ts';
import type { Tone } from './pieces.ts';
import { grouped } from './words.ts';

/** A bar of a chart. */
export interface Bar {
  readonly label: string;
  readonly count: number;
  readonly tone: Tone;
  readonly href?: string;
}

const rowHeight = 30;
const labelWidth = 136;
const barWidth = 150;
const width = labelWidth + barWidth + 64;

/** The count that fills the width: charts that are to be compared have one. */
export function mostOf(bars: readonly Bar[]): number {
  return Math.max(1, ...bars.map(({ count }) => count));
}

/** Bars under one another, with their figures: as a drawing, and as a table for whoever does not see it, or goes from link to link by keys: it is seen then. */
export function barChart(title: string, bars: readonly Bar[], most: number = mostOf(bars)): Html {
  const height = bars.length * rowHeight;
  const drawn = bars.map(({ label, count, tone, href }, index) => {
    const y = index * rowHeight;
    const long = count === 0 ? 0 : Math.max(2, Math.round((count / most) * barWidth));
    const bar = html`<text class="chart-label" x="${labelWidth - 8}" y="${y + 19}" text-anchor="end">${label}</text>
<rect class="bar ${tone}" x="${labelWidth}" y="${y + 5}" width="${long}" height="${rowHeight - 10}" rx="3"></rect>
<text class="chart-count" x="${labelWidth + long + 8}" y="${y + 19}">${grouped(count)}</text>`;
    // By a pointer alone: to keys there are the links of the table.
    return href === undefined ? bar : html`<a href="${href}" tabindex="-1">${bar}</a>`;
  });
  const rows = bars.map(
    ({ label, count, href }) =>
      html`<tr><th scope="row">${href ? html`<a href="${href}">${label}</a>` : label}</th><td>${grouped(count)}</td></tr>`,
  );
  return html`<figure class="chart"><svg viewBox="0 0 ${width} ${height}" aria-hidden="true" focusable="false">${drawn}</svg>
<table class="unseen"><caption>${title}</caption><tbody>${rows}</tbody></table></figure>`;
}
