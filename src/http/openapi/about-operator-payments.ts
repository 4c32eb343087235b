import type { KycErrorCode } from '../../errors.ts';
import type { About, ParameterAbout } from './about.ts';

/** What operators, and the anchor's own systems, ask about payments. */
export type OperatorPaymentEndpoint =
  | 'POST /operator/gate'
  | 'GET /operator/transactions/:id'
  | 'POST /operator/transactions/:id';

const always: readonly KycErrorCode[] = ['unauthenticated', 'forbidden', 'unavailable'];
const reading: readonly KycErrorCode[] = [...always, 'invalid_request', 'invalid_field', 'too_large'];

const id: ParameterAbout = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The payment.',
  schema: { type: 'string' },
};

/** What these endpoints say of themselves; `operatorPaymentRoutes` serves these and no others. */
export const operatorPaymentAbout: Readonly<Record<OperatorPaymentEndpoint, About>> = {
  'POST /operator/gate': {
    tag: 'Operators',
    summary: "Whether a customer's money may move now",
    description:
      'For payments that live elsewhere. If not, it comes with the exact answer to send by SEP-6, SEP-24 or SEP-31.',
    takesOperatorToken: true,
    body: 'operator_gate',
    replies: { 200: { description: 'Whether it may.', schema: 'OperatorGate' } },
    errors: [...reading, 'customer_not_found'],
  },
  'GET /operator/transactions/:id': {
    tag: 'Operators',
    summary: 'A payment with its history',
    takesOperatorToken: true,
    parameters: [id],
    replies: { 200: { description: 'The payment.', schema: 'OperatorPayment' } },
    errors: [...always, 'not_found'],
  },
  'POST /operator/transactions/:id': {
    tag: 'Operators',
    summary: 'Tell of money that came, or move a payment on',
    takesOperatorToken: true,
    parameters: [id],
    body: 'operator_payment_act',
    replies: { 200: { description: 'The payment.', schema: 'OperatorPayment' } },
    errors: [...reading, 'not_found', 'not_possible'],
  },
};
