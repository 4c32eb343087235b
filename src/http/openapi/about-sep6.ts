import type { KycErrorCode } from '../../errors.ts';
import { memoTypes } from '../../stellar/memo.ts';
import type { About, ParameterAbout } from './about.ts';
import { inQuery } from './parameters.ts';
import type { Json, Sep6Reply } from './schemas.ts';
import { transferKinds } from './sep6-schemas.ts';

/** The endpoints of SEP-6. @see SEP-6 § API Endpoints */
export type Sep6Endpoint =
  | 'GET /sep6/info'
  | 'GET /sep6/deposit'
  | 'GET /sep6/withdraw'
  | 'GET /sep6/deposit-exchange'
  | 'GET /sep6/withdraw-exchange'
  | 'GET /sep6/transaction'
  | 'GET /sep6/transactions'
  | 'PATCH /sep6/transactions/:id';

const text: Json = { type: 'string' };
const memoType: Json = { type: 'string', enum: memoTypes };

function query(name: string, description: string, schema: Json = text, required?: true): ParameterAbout {
  return { name, in: 'query', description, schema, ...(required && { required }) };
}

const ofAll: readonly ParameterAbout[] = [
  query('funding_method', 'One of those that GET /info lists. Needed where there are several.'),
  query('type', 'What `funding_method` was called before.'),
  query('amount', 'Of what comes in, in decimal digits.'),
  query('on_change_callback', 'A URL that is told of status changes.', { type: 'string', format: 'uri' }),
  query('customer_id', 'The id that PUT /customer answered. Default: whoever is signed in.'),
  query('country_code', 'ISO 3166-1 alpha-3.'),
  query('location_id', 'Where cash is brought or fetched.'),
  ...inQuery('lang'),
];

const common: readonly ParameterAbout[] = [query('asset_code', 'The asset on Stellar.', text, true), ...ofAll];

const into: readonly ParameterAbout[] = [
  query('account', 'Where the asset is to be sent: `G…`, `M…` or `C…`.', text, true),
  query('memo', 'To be attached to that payment.'),
  query('memo_type', 'What the memo is.', memoType),
  query('claimable_balance_supported', '`true` or `false`.'),
];

const outOf: readonly ParameterAbout[] = [
  query('account', 'Where the asset will come from.'),
  query('refund_memo', 'The memo that money is to go back with.'),
  query('refund_memo_type', 'What that memo is.', memoType),
];

const reading: readonly KycErrorCode[] = ['unavailable', 'invalid_request', 'invalid_field'];
const notSignedIn = 'No good token: `authentication_required`.';
const notClear = `${notSignedIn} Or the customer is not accepted: \`non_interactive_customer_info_needed\`, \`customer_info_status\`.`;

function replies(schema: Sep6Reply, refusal: string = notSignedIn): About['replies'] {
  return { 200: { description: 'As asked for.', schema }, 403: { description: refusal, schema: 'Sep6Refusal' } };
}

/** @param onStellar the parameter that names the asset on Stellar; the other one names an asset outside */
function exchange(
  summary: string,
  [onStellar, outside]: readonly [string, string],
  own: readonly ParameterAbout[],
  schema: Sep6Reply,
): About {
  return {
    ...{ tag: 'SEP-6', summary, description: 'What goes out is told by GET /sep6/transaction.', takesToken: true },
    parameters: [
      query(onStellar, 'The code of the asset on Stellar.', text, true),
      query(outside, 'The asset outside, such as `iso4217:BRL`.', text, true),
      query('quote_id', 'A quote of SEP-38 that was given to whoever is signed in.'),
      ...ofAll,
      ...own,
    ],
    replies: replies(schema, notClear),
    errors: ['not_implemented', ...reading],
  };
}

/** What the endpoints of SEP-6 say of themselves; `sep6Routes` serves these and no others. */
export const sep6About: Readonly<Record<Sep6Endpoint, About>> = {
  'GET /sep6/info': {
    tag: 'SEP-6',
    summary: 'What may be deposited and withdrawn',
    parameters: inQuery('lang'),
    replies: { 200: { description: 'The assets.', schema: 'Sep6Info' } },
    errors: ['invalid_request'],
  },
  'GET /sep6/deposit': {
    tag: 'SEP-6',
    summary: 'Ask for a deposit',
    description: 'Without `instructions` in the answer the transfer waits: ask GET /sep6/transaction.',
    takesToken: true,
    parameters: [...common, ...into],
    replies: replies('Sep6Deposit', notClear),
    errors: reading,
  },
  'GET /sep6/withdraw': {
    tag: 'SEP-6',
    summary: 'Ask for a withdrawal',
    description: 'Without `account_id` in the answer the transfer waits: ask GET /sep6/transaction.',
    takesToken: true,
    parameters: [...common, ...outOf],
    replies: replies('Sep6Withdraw', notClear),
    errors: reading,
  },
  'GET /sep6/deposit-exchange': exchange(
    'Ask for a deposit of another asset',
    ['destination_asset', 'source_asset'],
    into,
    'Sep6Deposit',
  ),
  'GET /sep6/withdraw-exchange': exchange(
    'Ask for a withdrawal to another asset',
    ['source_asset', 'destination_asset'],
    outOf,
    'Sep6Withdraw',
  ),
  'GET /sep6/transaction': {
    tag: 'SEP-6',
    summary: 'A transfer as it stands',
    description: "One of the ids is needed. Somebody else's transfer is 404, as one that never was.",
    takesToken: true,
    parameters: [
      query('id', 'The id that the transfer was answered with.'),
      query('stellar_transaction_id', 'The Stellar transaction of its money.'),
      query('external_transaction_id', 'Its id in the outside world.'),
      ...inQuery('lang'),
    ],
    replies: replies('Sep6Transaction'),
    errors: ['unavailable', 'invalid_request', 'not_found'],
  },
  'GET /sep6/transactions': {
    tag: 'SEP-6',
    summary: 'The transfers of whoever is signed in, the newest first',
    takesToken: true,
    parameters: [
      query('asset_code', 'Of that asset alone.'),
      query('account', 'The account that is signed in.'),
      query('kind', 'Of these kinds alone.', { type: 'array', items: { type: 'string', enum: transferKinds } }),
      query('no_older_than', 'Started then or later.'),
      query('limit', 'At most so many; 200 at most.', { type: 'integer', minimum: 1 }),
      query('paging_id', 'Started before that one.'),
      ...inQuery('lang'),
    ],
    replies: replies('Sep6Transactions', `${notSignedIn} Or another account is named.`),
    errors: reading,
  },
  'PATCH /sep6/transactions/:id': {
    tag: 'SEP-6',
    summary: 'Send corrected fields of a transfer',
    description: 'Send corrected data of customers with PUT /customer instead.',
    deprecated: true,
    takesToken: true,
    parameters: [{ name: 'id', in: 'path', required: true, description: 'The id of the transfer.', schema: text }],
    body: 'sep6_fields',
    replies: replies('Sep6Transaction'),
    errors: [...reading, 'too_large', 'not_found'],
  },
};
