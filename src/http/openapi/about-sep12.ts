import type { KycErrorCode } from '../../errors.ts';
import type { About, ParameterAbout, ReplyAbout } from './about.ts';
import { inQuery } from './parameters.ts';

/** An endpoint of SEP-12 but for its status, which the route itself has. */
export type Sep12About = Omit<About, 'replies' | 'tag' | 'takesToken'> & { readonly reply: ReplyAbout };

/** The endpoints of SEP-12. @see SEP-12 § API Endpoints */
export type Sep12Endpoint =
  | 'GET /customer'
  | 'PUT /customer'
  | 'DELETE /customer/:account'
  | 'PUT /customer/callback'
  | 'PUT /customer/verification'
  | 'POST /customer/files'
  | 'GET /customer/files';

const account: ParameterAbout = {
  name: 'account',
  in: 'path',
  required: true,
  description: "The token's account: `G…`, `M…` or `C…`.",
  schema: { type: 'string' },
};

const always: readonly KycErrorCode[] = [
  'invalid_request',
  'invalid_field',
  'unauthenticated',
  'integration_fault',
  'unavailable',
];
const aboutSomebody: readonly KycErrorCode[] = [...always, 'forbidden', 'customer_not_found', 'not_found'];

/** What the endpoints of SEP-12 say of themselves; `sep12Routes` serves these and no others. */
export const sep12About: Readonly<Record<Sep12Endpoint, Sep12About>> = {
  'GET /customer': {
    summary: 'What is known of a customer, and what is asked',
    description: 'For somebody unknown: what would be asked, as `NEEDS_INFO` without an id.',
    parameters: inQuery('id', 'account', 'memo', 'memo_type', 'type', 'transaction_id', 'lang'),
    reply: { description: 'The state of the customer.', schema: 'Customer' },
    errors: aboutSomebody,
  },
  'PUT /customer': {
    summary: 'Send data of a customer',
    description: 'Idempotent. `GET /customer` tells what became of it.',
    parameters: inQuery('id', 'account', 'memo', 'memo_type', 'type', 'transaction_id', 'lang'),
    body: 'customer',
    reply: { description: 'The data was taken in.', schema: 'CustomerId' },
    errors: [...aboutSomebody, 'too_large'],
  },
  'DELETE /customer/:account': {
    summary: 'Delete all data of a customer',
    description: "Another's account or memo is 404, as one that never was.",
    parameters: [account, ...inQuery('memo', 'memo_type', 'lang')],
    body: 'user',
    reply: { description: 'Data, files and their key are gone.', schema: 'Nothing' },
    errors: [...always, 'customer_not_found', 'too_large'],
  },
  'PUT /customer/callback': {
    summary: 'Set the URL that is told of status changes',
    body: 'callback',
    reply: { description: 'The URL is kept in place of any earlier one.', schema: 'Nothing' },
    errors: [...aboutSomebody, 'too_large', 'not_implemented'],
  },
  'PUT /customer/verification': {
    summary: 'Confirm fields by the codes that were sent to the customer',
    description: 'Send the codes with PUT /customer instead.',
    deprecated: true,
    body: 'codes',
    reply: { description: 'The state of the customer.', schema: 'Customer' },
    errors: [...aboutSomebody, 'too_large', 'not_implemented'],
  },
  'POST /customer/files': {
    summary: 'Send a file ahead of the data that refers to it',
    body: 'file',
    reply: { description: 'The file is kept.', schema: 'File' },
    errors: [...always, 'too_large', 'not_implemented'],
  },
  'GET /customer/files': {
    summary: 'Files sent before: one by its id, or those of a customer',
    description:
      "At least one parameter is needed. Files out of the token's reach are left out. No bytes are ever answered.",
    parameters: inQuery('file_id', 'customer_id', 'lang'),
    reply: { description: 'The files, none if there are none.', schema: 'Files' },
    errors: [...always, 'not_implemented'],
  },
};
