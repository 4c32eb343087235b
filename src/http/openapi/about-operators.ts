import type { KycErrorCode } from '../../errors.ts';
import type { About, ParameterAbout } from './about.ts';
import { inQuery } from './parameters.ts';
import type { OperatorReply } from './schemas.ts';

/** The endpoints for operators. */
export type OperatorEndpoint =
  | 'GET /operator/queue'
  | 'GET /operator/customers/:id'
  | 'POST /operator/customers/:id'
  | 'POST /operator/values/:id'
  | 'GET /operator/audit/:id'
  | 'POST /operator/search'
  | 'GET /operator/proposals'
  | 'POST /operator/proposals/:id'
  | 'GET /operator/reasons'
  | 'GET /operator/retained'
  | 'POST /operator/exports/:id'
  | 'GET /operator/deliveries'
  | 'GET /operator/deliveries/:id'
  | 'POST /operator/deliveries'
  | 'GET /operator/targets'
  | 'POST /operator/targets'
  | 'POST /operator/links';

const always: readonly KycErrorCode[] = [
  'invalid_request',
  'invalid_field',
  'unauthenticated',
  'forbidden',
  'unavailable',
];
const acting: readonly KycErrorCode[] = [...always, 'too_large', 'stale', 'not_possible'];

const id = (description: string): ParameterAbout => {
  return { name: 'id', in: 'path', required: true, description, schema: { type: 'string' } };
};
const inQueue = (name: string, description: string): ParameterAbout => {
  return { name, in: 'query', description, schema: { type: 'string' } };
};

function about(summary: string, schema: OperatorReply, more: Partial<About>): About {
  const reply = { description: 'As asked.', schema };
  return { tag: 'Operators', summary, takesOperatorToken: true, replies: { 200: reply }, ...more };
}

/** What the endpoints for operators say of themselves; `operatorRoutes`, `deliveryRoutes` and `linkRoutes` serve these and no others. */
export const operatorAbout: Readonly<Record<OperatorEndpoint, About>> = {
  'GET /operator/queue': about('Those who wait for a person, the longest first', 'OperatorQueue', {
    parameters: [
      inQueue('state', 'Default: `in-review`.'),
      inQueue('type', 'The customer type.'),
      inQueue('risk', 'high, medium or low.'),
      inQueue('reason', 'Why a person must look.'),
      inQueue('late', '`true`: those who wait for longer than the program allows.'),
      inQueue('olderThan', 'Those who got there so many hours ago or earlier.'),
      inQueue('escalated', '`true` or `false`.'),
      inQueue('claimedBy', "An operator's name, `me`, `somebody`, or `nobody`."),
      inQueue('after', 'The `next` of the page before.'),
      inQueue('limit', 'Default: 50, at most 200.'),
    ],
    errors: always,
  }),
  'GET /operator/customers/:id': about('Everything there is about a customer', 'OperatorCustomer', {
    parameters: [id('The customer.'), ...inQuery('lang')],
    errors: [...always, 'customer_not_found', 'stale'],
  }),
  'POST /operator/customers/:id': about('Decide, hold, note, link or merge', 'OperatorActed', {
    description: 'What takes two people becomes a proposal. `preview` shows what the customer would be answered.',
    parameters: [id('The customer.')],
    body: 'operator_act',
    errors: [...acting, 'customer_not_found'],
  }),
  'POST /operator/values/:id': about('One value in full, for whoever sees values masked', 'OperatorValue', {
    description:
      'For viewers and above. The audit trail says who looked at which value and why, before it is answered. Files are not answered.',
    parameters: [id('The customer.')],
    body: 'operator_unmask',
    errors: [...always, 'too_large', 'customer_not_found', 'not_found', 'stale'],
  }),
  'GET /operator/audit/:id': about('Who did and read what of a customer, the oldest first', 'OperatorAudit', {
    description: 'For leads. Names and codes, never values; it is answered for a customer who is gone, too.',
    parameters: [
      id('The customer.'),
      inQueue('after', 'The `next` of the page before.'),
      inQueue('limit', 'Default: 100, at most 1000.'),
    ],
    errors: always,
  }),
  'POST /operator/search': about('Customers by a value of theirs', 'OperatorFound', {
    description:
      'For reviewers. The whole value, however it is spelt; nothing is found by a part of it. At most 50 are answered, and the audit trail says by which field was looked.',
    body: 'operator_search',
    errors: [...always, 'too_large'],
  }),
  'GET /operator/proposals': about('What waits for a second operator', 'OperatorProposals', { errors: always }),
  'POST /operator/proposals/:id': about('Approve of a proposal, or withdraw it', 'OperatorActed', {
    parameters: [id('The proposal.')],
    body: 'operator_word',
    errors: [...acting, 'not_found', 'customer_not_found'],
  }),
  'GET /operator/reasons': about('The reasons that may be given, with what the customer reads', 'OperatorReasons', {
    errors: always,
  }),
  'GET /operator/deliveries': about('What wallets and operators were told, the newest first', 'OperatorDeliveries', {
    parameters: [
      inQueue('state', 'pending, delivered, superseded, failed or cancelled.'),
      inQueue('kind', 'callback or event.'),
      inQueue('customer', "A customer's id."),
      inQueue('target', "A wallet's host, or an endpoint."),
      inQueue('from', 'Made then or later.'),
      inQueue('to', 'Made before.'),
      inQueue('after', 'The `next` of the page before.'),
      inQueue('limit', 'Default: 50, at most 500.'),
    ],
    errors: always,
  }),
  'GET /operator/deliveries/:id': about('A delivery with its attempts', 'OperatorDelivery', {
    parameters: [id('The delivery.')],
    errors: [...always, 'not_found'],
  }),
  'POST /operator/deliveries': about('Tell one, or a range, again', 'OperatorRedelivered', {
    description:
      'Wallets are told the state as it is then, and not at all where they were told ACCEPTED or REJECTED before.',
    body: 'operator_redeliver',
    errors: [...always, 'too_large', 'not_found'],
  }),
  'GET /operator/targets': about('Hosts and endpoints that fail or are switched off', 'OperatorTargets', {
    errors: always,
  }),
  'POST /operator/targets': about('Have one of them tried again now', 'OperatorEnabled', {
    body: 'operator_enable',
    errors: [...always, 'too_large'],
  }),
  'GET /operator/retained': about(
    'Erased customers whose data must be kept, the next to be destroyed first',
    'OperatorRetained',
    {
      parameters: [inQueue('after', 'The `next` of the page before.')],
      errors: always,
    },
  ),
  'POST /operator/exports/:id': about(
    'Everything that is held on a customer, who may be erased and kept',
    'OperatorExport',
    {
      description: 'The bytes of files are exported by `anchor-kyc export`.',
      parameters: [id('The customer.')],
      body: 'operator_export',
      errors: [...always, 'too_large', 'customer_not_found'],
    },
  ),
  'POST /operator/links': about('A link by which a customer reaches their page', 'OperatorLink', {
    description: 'It can be opened once, until it expires, and whoever opens it acts as the customer.',
    body: 'operator_link',
    errors: [...always, 'too_large', 'customer_not_found', 'not_implemented'],
  }),
};
