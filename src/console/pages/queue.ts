import { html } from 'hono/html';
import { riskClasses } from '../../kyc/program.ts';
import { isAtLeast } from '../../kyc/review/operator.ts';
import type { QueuePage } from '../../kyc/review/queue.ts';
import { standingStates } from '../../kyc/states.ts';
import type { Html } from '../look/html.ts';
import { tokenField } from '../look/layout.ts';
import { badge, type Choice, notice, select, table } from '../look/pieces.ts';
import { age, words } from '../look/words.ts';
import { queueFilters, queuePart, queuePath, withQuery } from '../place.ts';
import type { Answer, PageRoute, SignedInVisit } from '../visit.ts';
import { acted } from './acted.ts';

/** Those who wait, the longest first. */
export const queueRoutes: readonly PageRoute[] = [
  { method: 'GET', path: '/queue', role: 'viewer', handle: queue },
  { method: 'POST', path: '/queue/claims', role: 'reviewer', handle: claim },
];

const pageLength = 25;

async function queue(visit: SignedInVisit): Promise<Answer> {
  const { parts, operator, query } = visit;
  const of = (name: (typeof queueFilters)[number]): string | undefined => query.get(name) || undefined;
  const found = await parts.desk.queue(operator, {
    state: of('state'),
    type: of('type'),
    risk: of('risk'),
    reason: of('reason'),
    claimedBy: of('claimedBy'),
    after: of('after'),
    olderThanHours: hoursOf(of('olderThan')),
    ...(of('late') === 'true' && { isLate: true }),
    ...(of('escalated') !== undefined && { isEscalated: of('escalated') === 'true' }),
    limit: pageLength,
  });
  const heads = ['Customer', 'Waits', 'Type', 'Risk', 'Reason', 'Held by', 'Do'];
  const page = html`${notice(query.get('done'), acted)}
${filterForm(visit)}
${table('The queue', heads, rows(visit, found))}
${found.next === undefined ? '' : html`<p><a rel="next" href="${parts.base}${nextPath(query, found.next)}">Next page</a></p>`}`;
  return { title: 'Queue', page };
}

/** Ages that can be asked for, in hours: the bounds of the chart on the start page. */
const ageHours: readonly number[] = [4, 24, 72, 168];

function hoursOf(text: string | undefined): number | undefined {
  return ageHours.find((hours) => String(hours) === text);
}

function rows(visit: SignedInVisit, { items }: QueuePage): Html[] {
  const { parts, operator, query } = visit;
  const now = parts.clock.now().getTime();
  const queue = queuePart(query).toString();
  return items.map((item) => {
    const name = item.customerId.slice(0, 8);
    const place = new URLSearchParams({ type: item.type, ...(queue && { queue }) });
    const href = withQuery(`${parts.base}/customers/${item.customerId}`, place);
    const late = item.isLate ? html` ${badge('late')}` : '';
    return html`<tr data-item>
<th scope="row"><a href="${href}" data-open>${name}</a>${item.isEscalated ? html` ${badge('escalated')}` : ''}</th>
<td>${age(now - item.since.getTime())}${late}</td>
<td>${item.type}${item.transactionId === '' ? '' : html` <span class="hint">${item.transactionId}</span>`}</td>
<td>${badge(item.risk)}</td><td>${item.reason === undefined ? '–' : words(item.reason)}</td>
<td>${item.claim?.operator ?? '–'}</td>
<td>${isAtLeast(operator, 'reviewer') ? claimForm(visit, item, name) : ''}</td></tr>`;
  });
}

function claimForm(
  { parts, operator, formToken, query }: SignedInVisit,
  item: QueuePage['items'][number],
  name: string,
): Html {
  const isOwn = item.claim?.operator === operator.name;
  if (item.claim !== undefined && !isOwn) return html``;
  const act = isOwn ? 'release' : 'claim';
  const text = isOwn ? 'Let go' : 'Claim';
  return html`<form method="post" action="${parts.base}/queue/claims" data-claim>${tokenField(formToken)}
<input type="hidden" name="customer" value="${item.customerId}"><input type="hidden" name="type" value="${item.type}"><input type="hidden" name="queue" value="${queuePart(query).toString()}">
<button name="act" value="${act}" class="quiet" aria-label="${text} ${name}">${text}</button></form>`;
}

async function claim({ parts, operator, form }: SignedInVisit): Promise<Answer> {
  const act = form.text('act') === 'release' ? 'release' : 'claim';
  await parts.desk.act(operator, form.text('customer'), { act, type: form.text('type') });
  return { goTo: queuePath(new URLSearchParams(form.text('queue')), act) };
}

function filterForm({ parts, operator, query }: SignedInVisit): Html {
  const any: Choice = { value: '', text: 'any' };
  const list = (values: readonly string[], first: readonly Choice[] = [any]): Choice[] => [
    ...first,
    ...values.map((value) => ({ value, text: words(value) })),
  ];
  const chosen = (name: string): string => query.get(name) ?? '';
  const reasons = parts.desk.queueReasons(operator);
  const types = [...parts.desk.program(operator).types.keys()];
  const ages = ageHours.map((hours) => ({ value: String(hours), text: `over ${age(hours * 3_600_000)}` }));
  const yes: Choice = { value: 'true', text: 'yes' };
  const states = list(
    standingStates.filter((state) => state !== 'in-review'),
    [{ value: '', text: 'in review' }],
  );
  return html`<details class="filters"${queueFilters.some((name) => chosen(name) !== '') ? html` open` : ''}><summary>Filters</summary>
<form method="get" action="${parts.base}/queue" class="row">
${select({ id: 'state', name: 'state', label: 'State' }, states, chosen('state'))}
${select({ id: 'type', name: 'type', label: 'Type' }, list(types), chosen('type'))}
${select({ id: 'risk', name: 'risk', label: 'Risk' }, list(riskClasses), chosen('risk'))}
${select({ id: 'reason', name: 'reason', label: 'Reason' }, list(reasons), chosen('reason'))}
${select({ id: 'olderThan', name: 'olderThan', label: 'Waits for' }, [any, ...ages], chosen('olderThan'))}
${select({ id: 'claimedBy', name: 'claimedBy', label: 'Held by' }, list(['me', 'somebody', 'nobody']), chosen('claimedBy'))}
${select({ id: 'late', name: 'late', label: 'Too late' }, [any, yes], chosen('late'))}
${select({ id: 'escalated', name: 'escalated', label: 'Escalated' }, [any, yes, { value: 'false', text: 'no' }], chosen('escalated'))}
<button>Show</button></form></details>`;
}

function nextPath(query: URLSearchParams, next: string): string {
  const part = queuePart(query);
  part.set('after', next);
  return queuePath(part);
}
