import { InvalidRequest, invalidField, KycError } from '../errors.ts';
import { type Operator, requireRole } from '../kyc/review/operator.ts';
import { OperatorBody } from '../kyc/review/operator-body.ts';
import { type Memo, parseMemo } from '../stellar/memo.ts';
import { type GateAnswer, type GateRequest, gate } from './gate.ts';
import { statusesOf } from './moves.ts';
import type { PaymentParts } from './parts.ts';
import type { Payment, PaymentMove, Receipt, ReceiptOutcome } from './payment.ts';
import type { Payments, PaymentUpdate } from './payments.ts';

/** A payment as operators see it. */
export interface ShownPayment {
  readonly payment: Payment;
  readonly moves: readonly PaymentMove[];
  /** The money that came for it. Of one with the outcome `twice`, `late` or `wrong` somebody has to see to it that it goes back. */
  readonly receipts: readonly Receipt[];
}

/** What an operator's act on a payment answers. */
export interface PaymentActed extends ShownPayment {
  /** What the money was taken for, where money was told of. */
  readonly outcome?: ReceiptOutcome;
}

/** What operators, and the anchor's own systems with an operator's token, may do about payments. */
export class PaymentDesk {
  readonly #parts: PaymentParts;
  readonly #payments: Payments | undefined;

  /** @param payments undefined where payments live elsewhere, and there is the gate alone */
  constructor(parts: PaymentParts, payments: Payments | undefined) {
    this.#parts = parts;
    this.#payments = payments;
  }

  /** Whether somebody's money may move. @see gate */
  async gate(operator: Operator, json: unknown): Promise<GateAnswer> {
    requireRole(operator, 'viewer');
    return gate(this.#parts, readGate(json));
  }

  /** A payment with its history. @throws KycError `not_found` */
  async show(operator: Operator, id: string): Promise<ShownPayment> {
    requireRole(operator, 'viewer');
    const payments = this.#require();
    const payment = await payments.get(id);
    return { payment, moves: await payments.listMoves(id), receipts: await payments.listReceipts(id) };
  }

  /** Tells of money that came, or moves a payment on. @throws KycError */
  async act(operator: Operator, id: string, json: unknown): Promise<PaymentActed> {
    requireRole(operator, 'lead');
    const body = readObject(json);
    const act = textOf(body, 'act');
    // A name that nobody knows could be an amount that is then not looked at.
    new OperatorBody(json).requireKnown('act', ...(act === 'received' ? receivedNames : updateNames));
    if (act === 'received') return { ...(await this.#receive(operator, id, body)), ...(await this.show(operator, id)) };
    if (act !== 'update') throw invalidField('act', "expected 'received' or 'update'");
    await this.#update(operator, id, body);
    return this.show(operator, id);
  }

  async #receive(operator: Operator, id: string, body: Body): Promise<{ readonly outcome: ReceiptOutcome }> {
    const [stellarTransactionId, externalTransactionId] = [
      textOf(body, 'stellarTransactionId'),
      textOf(body, 'externalTransactionId'),
    ];
    if (stellarTransactionId === undefined && externalTransactionId === undefined)
      throw new InvalidRequest({ key: 'error.required', params: { field: 'stellarTransactionId' } });
    const [amount, asset] = [textOf(body, 'amount'), textOf(body, 'asset')];
    const money = {
      ...(stellarTransactionId !== undefined && { stellarTransactionId }),
      ...(externalTransactionId !== undefined && { externalTransactionId }),
      ...(amount !== undefined && { amount }),
      ...(asset !== undefined && { asset }),
    };
    return { outcome: await asked(() => this.#require().paymentReceived(id, money, operator.name)) };
  }

  async #update(operator: Operator, id: string, body: Body): Promise<void> {
    const cause = { kind: 'operator', who: operator.name } as const;
    await asked(() => this.#require().update(id, readUpdate(body), cause));
  }

  #require(): Payments {
    if (this.#payments === undefined) throw new KycError('not_found', { key: 'error.transaction_not_found' });
    return this.#payments;
  }
}

/** What is an embedder's mistake in a program is a mistake of the request here. */
async function asked<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof TypeError) throw new InvalidRequest(error.message);
    throw error;
  }
}

type Body = Readonly<Record<string, unknown>>;

/** Texts and numbers are read here; what is made of parts is judged by whoever uses it. */
function readUpdate(body: Body): PaymentUpdate {
  const update: Record<string, unknown> = {};
  for (const name of updateTexts) {
    const value = textOf(body, name);
    if (value !== undefined) update[name] = value;
  }
  const { statusEta, refunds, feeDetails, fields, extra } = body;
  if (statusEta !== undefined && !(Number.isSafeInteger(statusEta) && (statusEta as number) >= 0))
    throw invalidField('statusEta', { key: 'rule.count' });
  const known = [...statusesOf['sep-31'], ...statusesOf['sep-6']] as readonly string[];
  if (update['status'] !== undefined && !known.includes(String(update['status'])))
    throw invalidField('status', 'expected a status of the SEP');
  if (extra !== undefined) readObject(extra, 'extra');
  const parts = { statusEta, refunds, feeDetails, fields, extra, stellarMemo: readMemo(body['stellarMemo']) };
  return { ...update, ...Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) };
}

function readMemo(given: unknown): Memo | undefined {
  if (given === undefined || given === null) return undefined;
  const memo = readObject(given, 'stellarMemo');
  return parseMemo(textOf(memo, 'value') ?? '', textOf(memo, 'type'));
}

const receivedNames = ['stellarTransactionId', 'externalTransactionId', 'amount', 'asset'];

const updateTexts = [
  ...['status', 'message', 'externalTransactionId', 'amountIn', 'amountOut', 'amountOutAsset'],
  ...['stellarTransactionId', 'stellarAccount'],
];

const updateNames = [...updateTexts, 'stellarMemo', 'statusEta', 'refunds', 'feeDetails', 'fields', 'extra'];

const gateNames = ['customerId', 'subject', 'type', 'transaction', 'lang', 'moreInfoUrl'];

/** A misspelt type would be the default type's gate. */
function readGate(json: unknown): GateRequest {
  const body = readObject(json);
  new OperatorBody(json).requireKnown(...gateNames);
  const { subject, transaction } = body;
  const request: Record<string, unknown> = {};
  for (const name of ['customerId', 'type', 'lang', 'moreInfoUrl']) {
    const value = textOf(body, name);
    if (value !== undefined) request[name] = value;
  }
  if (subject !== undefined) request['subject'] = readSubject(readObject(subject, 'subject'));
  if (transaction !== undefined) {
    request['transaction'] = worthOf(readObject(transaction, 'transaction'));
  }
  return request;
}

function worthOf(body: Body): NonNullable<GateRequest['transaction']> {
  const [amount, asset] = [textOf(body, 'amount'), textOf(body, 'asset')];
  const { exchangedFor } = body;
  return {
    ...(amount !== undefined && { amount }),
    ...(asset !== undefined && { asset }),
    ...(exchangedFor !== undefined && { exchangedFor: worthOf(readObject(exchangedFor, 'exchangedFor')) }),
  };
}

function readSubject(body: Body): NonNullable<GateRequest['subject']> {
  const account = textOf(body, 'account');
  if (account === undefined) throw new InvalidRequest({ key: 'error.required', params: { field: 'subject.account' } });
  const text = textOf(body, 'memo');
  const memo = text === undefined ? undefined : parseMemo(text, textOf(body, 'memoType'));
  return { account, ...(memo && { memo: memo.value, memoType: memo.type }) };
}

function readObject(json: unknown, name?: string): Body {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Body;
  throw name === undefined
    ? new InvalidRequest({ key: 'error.json_not_object' })
    : invalidField(name, { key: 'rule.object' });
}

function textOf(body: Body, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw invalidField(name, 'expected a text');
  return value;
}
