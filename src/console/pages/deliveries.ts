import { html } from 'hono/html';
import { isAtLeast } from '../../kyc/review/operator.ts';
import { type DeliveryRecord, deliveryKinds, deliveryStates, type TargetRecord } from '../../store/outbox-store.ts';
import type { Html } from '../look/html.ts';
import { tokenField } from '../look/layout.ts';
import { badge, input, notice, section, select, table } from '../look/pieces.ts';
import { moment } from '../look/words.ts';
import type { Answer, PageRoute, SignedInVisit } from '../visit.ts';

/** What wallets and operators were told. */
export const deliveryRoutes: readonly PageRoute[] = [
  { method: 'GET', path: '/deliveries', role: 'viewer', handle: list },
  { method: 'GET', path: '/deliveries/:id', role: 'viewer', handle: show },
  { method: 'POST', path: '/deliveries/:id/again', role: 'lead', handle: redeliver },
  { method: 'POST', path: '/targets', role: 'lead', handle: enable },
];

const asked = ['state', 'kind', 'customer', 'target', 'after'] as const;
const done: Readonly<Record<string, string>> = {
  again: 'It is told again.',
  nothing: 'There is nothing to be told again: it waits still, or the wallet was told the end of it.',
  enabled: 'It is tried again now.',
};

async function list(visit: SignedInVisit): Promise<Answer> {
  const { parts, operator, query } = visit;
  const filters = asked.flatMap((name) => {
    const value = query.get(name);
    return value ? [[name, value] as const] : [];
  });
  const { deliveries, next } = await parts.deliveries.list(operator, new Map([...filters, ['limit', '25']]));
  const { targets } = await parts.deliveries.targets(operator);
  const older = new URLSearchParams(filters.map(([name, value]): [string, string] => [name, value]));
  if (next !== undefined) older.set('after', next);
  const page = html`${notice(query.get('done'), done)}
${filterForm(visit)}
${table(
  'Deliveries',
  ['Id', 'What', 'To', 'State', 'Attempts', 'Outcome', 'Made'],
  deliveries.map((one) => row(visit, one)),
)}
${next === undefined ? '' : html`<p><a rel="next" href="${parts.base}/deliveries?${older.toString()}">Older</a></p>`}
${section(
  'targets',
  'Hosts that fail or are off',
  table(
    'Hosts',
    ['Host', 'Failures', 'Since', 'Off since', 'Waiting', 'Do'],
    targets.map((target) => targetRow(visit, target)),
  ),
)}`;
  return { title: 'Deliveries', page };
}

function row(
  { parts }: SignedInVisit,
  { id, kind, type, target, state, attempts, outcome, createdAt }: DeliveryRecord,
): Html {
  return html`<tr data-item><th scope="row"><a data-open href="${parts.base}/deliveries/${id}">${id}</a></th><td>${kind}, ${type}</td>
<td>${target}</td><td>${badge(state)}</td><td>${attempts}</td><td>${outcome ?? '–'}</td><td>${moment(createdAt)}</td></tr>`;
}

function targetRow(visit: SignedInVisit, { target, failures, failingSince, offSince, pending }: TargetRecord): Html {
  const button = html`<form method="post" action="${visit.parts.base}/targets">${tokenField(visit.formToken)}
<button name="target" value="${target}" aria-label="Try ${target} again">Try again</button></form>`;
  return html`<tr><th scope="row">${target}</th><td>${failures}</td><td>${moment(failingSince)}</td>
<td>${offSince === undefined ? '–' : moment(offSince)}</td><td>${pending}</td><td>${isAtLeast(visit.operator, 'lead') ? button : ''}</td></tr>`;
}

function filterForm({ parts, query }: SignedInVisit): Html {
  const list = (values: readonly string[]): { value: string; text: string }[] => [
    { value: '', text: 'any' },
    ...values.map((value) => ({ value, text: value })),
  ];
  return html`<form method="get" action="${parts.base}/deliveries" class="row">
${select({ id: 'state', name: 'state', label: 'State' }, list(deliveryStates), query.get('state') ?? '')}
${select({ id: 'kind', name: 'kind', label: 'Kind' }, list(deliveryKinds), query.get('kind') ?? '')}
${input({ id: 'target', name: 'target', label: 'Host', value: query.get('target') ?? '' })}
<button>Show</button></form>`;
}

async function show(visit: SignedInVisit): Promise<Answer> {
  const { parts, operator, params, query } = visit;
  const { delivery, attempts } = await parts.deliveries.show(operator, params['id'] ?? '');
  const { id, customerId, callbackId } = delivery;
  const rows = attempts.map(
    ({ at, outcome, httpStatus, latencyMs }) =>
      html`<tr><th scope="row">${moment(at)}</th><td>${outcome}</td><td>${httpStatus ?? '–'}</td><td>${latencyMs} ms</td></tr>`,
  );
  const again = html`<form method="post" action="${parts.base}/deliveries/${id}/again">${tokenField(visit.formToken)}<button class="primary">Tell it again</button></form>`;
  const page = html`${notice(query.get('done'), done)}
${table('Delivery', ['Id', 'What', 'To', 'State', 'Attempts', 'Outcome', 'Made'], [row(visit, delivery)])}
${customerId === undefined ? '' : html`<p><a href="${parts.base}/customers/${customerId}">The customer</a></p>`}
${callbackId === undefined ? '' : html`<p>Callback ${callbackId}</p>`}
${section('attempts', 'Attempts', table('Attempts', ['When', 'Outcome', 'Status', 'Took'], rows))}
${isAtLeast(operator, 'lead') ? again : ''}`;
  return { title: `Delivery ${id}`, page };
}

async function redeliver({ parts, operator, params }: SignedInVisit): Promise<Answer> {
  const id = params['id'] ?? '';
  const { made } = await parts.deliveries.redeliver(operator, { id });
  return { goTo: `/deliveries/${encodeURIComponent(id)}?done=${made > 0 ? 'again' : 'nothing'}` };
}

async function enable({ parts, operator, form }: SignedInVisit): Promise<Answer> {
  await parts.deliveries.enable(operator, { enable: form.text('target') });
  return { goTo: '/deliveries?done=enabled' };
}
