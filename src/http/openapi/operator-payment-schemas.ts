import { statusesOf } from '../../payments/moves.ts';
import { customerStatuses } from '../../sep12/integration.ts';
import type { Json } from './schemas.ts';

const text: Json = { type: 'string' };
const objects: Json = { type: 'array', items: { type: 'object' } };
const object = (properties: Json, ...required: readonly string[]): Json => ({ type: 'object', properties, required });
const answer: Json = object({ status: { type: 'integer' }, body: { type: 'object' } }, 'status', 'body');
const statuses = [...new Set([...statusesOf['sep-31'], ...statusesOf['sep-6']])];

/** What is sent and answered about payments under an operator's token. */
export const operatorPaymentSchemas: Readonly<
  Record<'OperatorGate' | 'OperatorPayment' | 'OperatorGateRequest' | 'OperatorPaymentAct', Json>
> = {
  OperatorGate: object(
    {
      allowed: { type: 'boolean' },
      ...{ customerId: text, type: text },
      status: { type: 'string', enum: customerStatuses },
      sep6: { ...answer, description: 'What to answer by SEP-6.' },
      sep24: { type: 'object', description: 'What to put into a transaction of SEP-24.' },
      sep31: { ...answer, description: 'What to answer by SEP-31.' },
    },
    ...['allowed', 'type'],
  ),
  OperatorPayment: object(
    { payment: { type: 'object' }, ...{ moves: objects, receipts: objects }, outcome: text },
    ...['payment', 'moves', 'receipts'],
  ),
  OperatorGateRequest: object({
    customerId: { type: 'string', description: 'The id that PUT /customer answered.' },
    subject: object({ account: text, memo: text, memoType: text }, 'account'),
    type: { type: 'string', description: "The customer type; the program's default unless said." },
    transaction: object({ amount: text, asset: text, exchangedFor: object({ amount: text, asset: text }) }),
    ...{ lang: text, moreInfoUrl: text },
  }),
  OperatorPaymentAct: object(
    {
      act: { type: 'string', enum: ['received', 'update'] },
      stellarTransactionId: { type: 'string', description: 'With `received`: what brought the money.' },
      ...{ amount: text, asset: text },
      status: { type: 'string', enum: statuses },
      externalTransactionId: { type: 'string', description: "With `received`: what brought a deposit's money." },
      amountIn: {
        type: 'string',
        description: 'What really came, to go on with a payment that failed as it was not what was asked for.',
      },
      ...{ message: text, amountOut: text, amountOutAsset: text, stellarAccount: text },
      stellarMemo: {
        ...object({ value: text, type: text }, 'value'),
        description: 'Of a withdrawal. Default: a new one.',
      },
      feeDetails: { type: 'object' },
      statusEta: { type: 'number' },
      refunds: { type: 'object' },
      fields: { description: 'What is to be corrected, with a status that says so.' },
      extra: { type: 'object', description: "Fields of SEP-6's own, such as `instructions`." },
    },
    'act',
  ),
};
