import { type Clause, section } from './section.ts';

/** Every clause of SEP-31 3.1.0 that asks something of a receiving anchor, by section, as far as no quotes are offered. */
export const sep31Clauses: readonly Clause[] = [
  ...section('Prerequisites', [
    ['sep31.pre.server', 'must', 'stellar.toml says where the direct payment server is, and the KYC server beside it'],
  ]),
  ...section('Authentication', [
    ['sep31.auth.forbidden', 'must', 'a request without a good token, or of nobody there is an agreement with, is 403'],
  ]),
  ...section('GET Info', [
    [
      'sep31.info.assets',
      'must',
      'every asset that is received, with its funding methods; limits and fees where there are some',
    ],
    ['sep31.info.types', 'should', 'the customer types of senders and receivers, each with a description'],
    ['sep31.info.lang', 'should', 'descriptions are in the language asked for'],
  ]),
  ...section('POST Transactions', [
    ['sep31.post.create', 'must', '201 with the id, and with account and memo once the payment may be sent'],
    ['sep31.post.held', 'may', 'while customers are being looked at, neither account nor memo is told'],
    [
      'sep31.post.customer-info-needed',
      'must',
      'data of a customer that is missing: 400 customer_info_needed with the type',
    ],
    ['sep31.post.amount-rules', 'may', 'what is asked of customers may depend on the amount'],
    [
      'sep31.post.transaction-info-needed',
      'must',
      'per-transaction fields that are missing: 400 transaction_info_needed',
    ],
    ['sep31.post.400', 'must', 'anything else that is wrong: 400 with an error in the language of the request'],
    ['sep31.post.foreign', 'must', "customers are the sending anchor's own"],
    ['sep31.post.quotes', 'may', 'a firm quote is taken and held to', 'SEP-38 beside it'],
  ]),
  ...section('GET Transaction', [
    ['sep31.get.transaction', 'must', 'the transaction with status, amounts, fees, assets, times and references'],
    ['sep31.get.refunds', 'must', 'what went back is told as refunds'],
    ['sep31.get.404', 'must', "a transaction that does not exist, or is another anchor's, is 404"],
    ['sep31.status.released', 'must', 'once its customers are accepted, a transaction goes on by itself'],
    ['sep31.status.error', 'must', 'a transaction that cannot be completed is an error, with a message'],
  ]),
  ...section('Pending Customer Info Update', [
    [
      'sep31.update.customer',
      'must',
      'what the rails could not use is asked for by GET /customer, and the transfer is tried again with what comes',
    ],
  ]),
  ...section('PATCH Transaction (deprecated)', [
    [
      'sep31.patch.update',
      'must',
      'the fields that were asked for are taken, and the transaction goes back to pending_receiver',
    ],
    ['sep31.patch.400', 'must', 'fields that nobody asked for, or at another time, are 400'],
  ]),
  ...section('PUT Transaction Callback', [
    ['sep31.callback.204', 'must', 'the URL is kept; 204'],
    ['sep31.callback.replace', 'must', 'only the URL set last is posted to'],
    ['sep31.callback.post', 'must', 'every change of status posts the GET body, signed with SIGNING_KEY'],
  ]),
];
