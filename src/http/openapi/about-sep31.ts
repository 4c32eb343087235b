import type { KycErrorCode } from '../../errors.ts';
import type { About, ParameterAbout } from './about.ts';
import { inQuery } from './parameters.ts';

/** The endpoints of SEP-31. @see SEP-31 § API Endpoints */
export type Sep31Endpoint =
  | 'GET /sep31/info'
  | 'POST /sep31/transactions'
  | 'GET /sep31/transactions/:id'
  | 'PATCH /sep31/transactions/:id'
  | 'PUT /sep31/transactions/:id/callback';

const id: ParameterAbout = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The id that POST answered.',
  schema: { type: 'string' },
};

const always: readonly KycErrorCode[] = ['forbidden', 'unavailable'];
const reading: readonly KycErrorCode[] = [...always, 'invalid_request', 'invalid_field', 'too_large'];

/** What the endpoints of SEP-31 say of themselves; `sep31Routes` serves these and no others. */
export const sep31About: Readonly<Record<Sep31Endpoint, About>> = {
  'GET /sep31/info': {
    tag: 'SEP-31',
    summary: 'What this anchor takes from sending anchors',
    parameters: inQuery('lang'),
    replies: { 200: { description: 'The assets.', schema: 'Sep31Info' } },
    errors: ['invalid_request'],
  },
  'POST /sep31/transactions': {
    tag: 'SEP-31',
    summary: 'Ask for a payment',
    description:
      'Without `stellar_account_id` in the answer the payment waits for its customers: ask again until it is `pending_sender`.',
    takesToken: true,
    body: 'sep31_transaction',
    replies: {
      201: { description: 'The payment is taken.', schema: 'Sep31Taken' },
      400: { description: 'Something is wrong, or needed first.', schema: 'Sep31Needed' },
    },
    errors: reading,
  },
  'GET /sep31/transactions/:id': {
    tag: 'SEP-31',
    summary: 'A payment as it stands',
    description: "Another anchor's payment is 404, as one that never was.",
    takesToken: true,
    parameters: [id],
    replies: { 200: { description: 'The payment.', schema: 'Sep31Transaction' } },
    errors: [...always, 'not_found'],
  },
  'PATCH /sep31/transactions/:id': {
    tag: 'SEP-31',
    summary: 'Send corrected per-transaction fields',
    description: 'Send corrected data of customers with PUT /customer instead.',
    deprecated: true,
    takesToken: true,
    parameters: [id],
    body: 'sep31_fields',
    replies: { 200: { description: 'The payment.', schema: 'Sep31Transaction' } },
    errors: [...reading, 'not_found'],
  },
  'PUT /sep31/transactions/:id/callback': {
    tag: 'SEP-31',
    summary: 'Set the URL that is told of status changes of a payment',
    takesToken: true,
    parameters: [id],
    body: 'sep31_callback',
    replies: { 204: { description: 'The URL is kept in place of any earlier one.', schema: 'Empty' } },
    errors: [...reading, 'not_found'],
  },
};
