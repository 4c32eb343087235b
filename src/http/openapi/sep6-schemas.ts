import { statusesOf } from '../../payments/moves.ts';
import { memoTypes } from '../../stellar/memo.ts';
import { closed, type Json, type Sep6Reply } from './schemas.ts';

/** The kinds of transfers. */
export const transferKinds = ['deposit', 'deposit-exchange', 'withdrawal', 'withdrawal-exchange'] as const;

const text: Json = { type: 'string', minLength: 1 };
const amount: Json = { type: 'string', pattern: '^[0-9]+([.][0-9]{1,7})?$' };
const time: Json = { type: 'string', format: 'date-time' };
const number: Json = { type: 'number', minimum: 0 };
const bool: Json = { type: 'boolean' };
const memoType: Json = { type: 'string', enum: memoTypes };
const uri: Json = { type: 'string', format: 'uri' };
const list = (items: Json): Json => ({ type: 'array', items });
const mapOf = (values: Json): Json => ({ type: 'object', additionalProperties: values });

const terms = { min_amount: number, max_amount: number, fee_fixed: number, fee_percent: number } as const;
const way = { enabled: bool, authentication_required: bool, funding_methods: list(text), ...terms } as const;
const always = ['enabled', 'authentication_required', 'funding_methods'];
const endpoint: Json = closed({ enabled: bool, authentication_required: bool }, ['enabled']);
const instructions: Json = mapOf(closed({ value: text, description: text }, ['value', 'description']));
const answered = { id: text, eta: number, ...terms, extra_info: closed({ message: text }, []) } as const;

const field: Json = closed({ description: text, choices: list(text), optional: bool }, ['description']);
const feeDetail: Json = closed({ name: text, description: text, amount }, ['name', 'amount']);
const refund: Json = closed(
  { id: text, id_type: { type: 'string', enum: ['stellar', 'external'] }, amount, fee: amount },
  ['id', 'id_type', 'amount', 'fee'],
);

const transaction: Json = closed(
  {
    ...{ id: text, kind: { type: 'string', enum: transferKinds } },
    status: { type: 'string', enum: statusesOf['sep-6'] },
    ...{ status_eta: number, more_info_url: uri },
    ...{ amount_in_asset: text, amount_out_asset: text },
    ...{ amount_in: amount, amount_out: amount, amount_fee: amount, amount_fee_asset: text },
    fee_details: closed({ total: amount, asset: text, details: list(feeDetail) }, ['total', 'asset']),
    ...{ quote_id: text, from: text, to: text, external_extra: text, external_extra_text: text },
    ...{ deposit_memo: text, deposit_memo_type: memoType },
    ...{ withdraw_anchor_account: text, withdraw_memo: text, withdraw_memo_type: memoType },
    ...{ started_at: time, updated_at: time, completed_at: time, user_action_required_by: time },
    ...{ stellar_transaction_id: text, external_transaction_id: text, message: text, refunded: bool },
    refunds: closed({ amount_refunded: amount, amount_fee: amount, payments: list(refund) }, [
      ...['amount_refunded', 'amount_fee', 'payments'],
    ]),
    required_info_message: text,
    required_info_updates: closed({ transaction: mapOf(field) }, ['transaction']),
    ...{ required_customer_info_message: text, required_customer_info_updates: list(text) },
    ...{ instructions, claimable_balance_id: text },
  },
  ['id', 'kind', 'status'],
);

/** What wallets send and are answered. They are part of the document only where SEP-6 is served. */
export const sep6Schemas: Readonly<Record<Sep6Reply | 'Sep6Fields', Json>> = {
  Sep6Info: closed(
    {
      deposit: mapOf(closed(way, always)),
      'deposit-exchange': mapOf(closed(way, always)),
      withdraw: mapOf(closed({ ...way, types: mapOf(closed({}, [])) }, always)),
      'withdraw-exchange': mapOf(closed({ ...way, types: mapOf(closed({}, [])) }, always)),
      ...{ fee: endpoint, transactions: endpoint, transaction: endpoint },
      features: closed({ account_creation: bool, claimable_balances: bool }, []),
    },
    ['deposit', 'withdraw', 'fee', 'transactions', 'transaction', 'features'],
  ),
  Sep6Deposit: closed({ ...answered, how: text, instructions }, ['id']),
  Sep6Withdraw: closed({ ...answered, account_id: text, memo: text, memo_type: memoType }, ['id']),
  Sep6Refusal: closed(
    {
      type: {
        type: 'string',
        enum: ['authentication_required', 'non_interactive_customer_info_needed', 'customer_info_status'],
      },
      fields: list(text),
      status: { type: 'string', enum: ['pending', 'denied'] },
      ...{ more_info_url: uri, eta: number },
      error: { ...text, description: 'Where another account is named.' },
    },
    [],
  ),
  Sep6Transaction: closed({ transaction }, ['transaction']),
  Sep6Transactions: closed({ transactions: list(transaction) }, ['transactions']),
  Sep6Fields: { type: 'object', properties: { transaction: mapOf(text) }, required: ['transaction'] },
};
