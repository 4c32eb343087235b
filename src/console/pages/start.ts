import { html } from 'hono/html';
import { maxCounted, type Overview } from '../../kyc/review/census.ts';
import { standingStates } from '../../kyc/states.ts';
import { type Bar, barChart, mostOf } from '../look/charts.ts';
import type { Html } from '../look/html.ts';
import { section, type Tone } from '../look/pieces.ts';
import { age, grouped, moment, words } from '../look/words.ts';
import type { Answer, PageRoute, SignedInVisit } from '../visit.ts';

/** What there is to do, and how many stand where. */
export const startRoutes: readonly PageRoute[] = [{ method: 'GET', path: '/', role: 'viewer', handle: start }];

async function start({ parts, operator }: SignedInVisit): Promise<Answer> {
  const overview = await parts.desk.overview(operator);
  const { base, clock } = parts;
  const page = html`${figures(overview, base, clock.now())}
<div class="charts">
${section('ages', 'Waiting for a person', barChart('Waiting for a person, by how long', ageBars(overview, base)))}
${section('funnel', 'Where customers stand', funnel(overview, base))}
</div>`;
  return { title: 'Start', page };
}

function figures({ waiting, late }: Overview, base: string, now: Date): Html {
  const figure = (label: string, count: number, path: string): Html =>
    html`<li><a href="${base}${path}"><span class="figure${count === 0 ? ' none' : ''}">${atMost(count)}</span> ${label}</a></li>`;
  return html`<ul class="figures">
${figure('wait for a person', waiting.count, '/queue')}
${figure('wait for too long', late, '/queue?late=true')}
${figure('are escalated', waiting.escalated, '/queue?escalated=true')}
${figure('are held by somebody', waiting.claimed, '/queue?claimedBy=somebody')}
${figure('wait for a second person', waiting.proposed, '/proposals')}
</ul>
<p>${firstOf(waiting.oldestAt, now)}</p>`;
}

function firstOf(oldestAt: Date | undefined, now: Date): string {
  if (oldestAt === undefined) return 'Nobody waits.';
  const waits = age(now.getTime() - oldestAt.getTime());
  return waits === 'now'
    ? 'The first of them came just now.'
    : `The first of them has waited for ${waits}, since ${moment(oldestAt)}.`;
}

function atMost(count: number): string {
  return count >= maxCounted ? `${grouped(maxCounted)}+` : grouped(count);
}

function ageBars({ ages }: Overview, base: string): Bar[] {
  const labels = ['under 4 h', '4 h to 1 d', '1 to 3 d', '3 to 7 d', 'over 7 d'];
  const tones: readonly Tone[] = ['good', 'good', 'wait', 'bad', 'bad'];
  return ages.map(({ count, overMs }, index) => ({
    ...{ label: labels[index] ?? '', count, tone: tones[index] ?? 'plain' },
    href: overMs === 0 ? `${base}/queue` : `${base}/queue?olderThan=${overMs / 3_600_000}`,
  }));
}

const funnelOrder = ['needs-data', 'needs-verification', 'checking', 'in-review', 'accepted'] as const;
const tones: Readonly<Record<string, Tone>> = {
  accepted: 'good',
  rejected: 'bad',
  'in-review': 'wait',
  checking: 'wait',
};

function funnel({ counts, countedAt }: Overview, base: string): Html {
  if (counts === undefined || countedAt === undefined)
    return html`<p role="status">Customers are being counted. Look again in a moment.</p>`;
  const of = (state: string): number =>
    counts.filter((count) => count.state === state).reduce((sum, { count }) => sum + count, 0);
  const toBar = (state: string): Bar => {
    return {
      label: words(state),
      count: of(state),
      tone: tones[state] ?? 'plain',
      href: `${base}/queue?state=${state}`,
    };
  };
  const aside = standingStates.filter((state) => !funnelOrder.some((known) => known === state));
  const [onTheWay, offTheWay] = [funnelOrder.map(toBar), aside.map(toBar)];
  const most = mostOf([...onTheWay, ...offTheWay]);
  return html`${barChart('On the way to being accepted', onTheWay, most)}
<h3>Off the way</h3>
${barChart('Off the way', offTheWay, most)}
<p class="hint">Counted ${moment(countedAt)}, each customer once for each type and each transaction that asks for it.</p>`;
}
