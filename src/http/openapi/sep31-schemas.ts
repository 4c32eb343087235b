import { statusesOf } from '../../payments/moves.ts';
import { memoTypes } from '../../stellar/memo.ts';
import { closed, type Json, type Sep31Reply } from './schemas.ts';

const text: Json = { type: 'string', minLength: 1 };
const amount: Json = { type: 'string', pattern: '^[0-9]+([.][0-9]{1,7})?$' };
const time: Json = { type: 'string', format: 'date-time' };
const number: Json = { type: 'number', minimum: 0 };
const list = (items: Json): Json => ({ type: 'array', items });
const mapOf = (values: Json): Json => ({ type: 'object', additionalProperties: values });

const field: Json = closed({ description: text, choices: list(text), optional: { type: 'boolean' } }, ['description']);
const transactionFields: Json = closed({ transaction: mapOf(field) }, ['transaction']);
const types: Json = closed({ types: mapOf(closed({ description: text }, ['description'])) }, []);
const destination = {
  stellar_account_id: text,
  stellar_memo_type: { type: 'string', enum: memoTypes },
  stellar_memo: text,
} satisfies Json;

const asset: Json = closed(
  {
    ...{ quotes_supported: { type: 'boolean' }, quotes_required: { type: 'boolean' } },
    ...{ min_amount: number, max_amount: number, fee_fixed: number, fee_percent: number },
    funding_methods: list(text),
    sep12: closed({ sender: types, receiver: types }, ['sender', 'receiver']),
    ...{ sender_sep12_type: text, receiver_sep12_type: text },
    fields: transactionFields,
  },
  ['funding_methods', 'sep12'],
);

const refund: Json = closed({ id: text, amount, fee: amount }, ['id', 'amount', 'fee']);
const feeDetail: Json = closed({ name: text, description: text, amount }, ['name', 'amount']);

const transaction: Json = closed(
  {
    id: text,
    status: { type: 'string', enum: statusesOf['sep-31'] },
    ...{ status_eta: number, status_message: text },
    ...{ amount_in: amount, amount_in_asset: text, amount_out: amount, amount_out_asset: text },
    ...{ amount_fee: amount, amount_fee_asset: text },
    fee_details: closed({ total: amount, asset: text, details: list(feeDetail) }, ['total', 'asset']),
    quote_id: text,
    ...destination,
    ...{ started_at: time, updated_at: time, completed_at: time },
    ...{ stellar_transaction_id: text, external_transaction_id: text },
    refunded: { type: 'boolean' },
    refunds: closed({ amount_refunded: amount, amount_fee: amount, payments: list(refund) }, [
      'amount_refunded',
      'amount_fee',
      'payments',
    ]),
    ...{ required_info_message: text, required_info_updates: transactionFields },
  },
  ['id', 'status'],
);

/** What sending anchors send and are answered. They are part of the document only where SEP-31 is served. */
export const sep31Schemas: Readonly<Record<Sep31Reply | 'Sep31Request' | 'Sep31Fields', Json>> = {
  Sep31Info: closed({ receive: mapOf(asset) }, ['receive']),
  Sep31Taken: closed({ id: text, ...destination }, ['id']),
  Sep31Needed: closed(
    {
      error: { ...text, description: '`customer_info_needed`, `transaction_info_needed`, or what is wrong.' },
      type: { type: 'string', description: 'The customer type to ask `GET /customer` for.' },
      fields: transactionFields,
    },
    ['error'],
  ),
  Sep31Transaction: closed({ transaction }, ['transaction']),
  Sep31Request: {
    type: 'object',
    properties: {
      amount: { type: ['number', 'string'], description: 'In decimal digits, with at most seven places.' },
      ...{ asset_code: text, asset_issuer: text, funding_method: text, destination_asset: text },
      ...{ sender_id: text, receiver_id: text, refund_memo: text },
      refund_memo_type: { type: 'string', enum: memoTypes },
      lang: text,
      fields: { type: 'object', properties: { transaction: mapOf({ type: ['string', 'number', 'boolean'] }) } },
    },
    required: ['amount', 'asset_code'],
  },
  Sep31Fields: {
    type: 'object',
    properties: {
      fields: { type: 'object', properties: { transaction: mapOf({ type: ['string', 'number', 'boolean'] }) } },
    },
    required: ['fields'],
  },
};
