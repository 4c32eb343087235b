import { KycError } from '../errors.ts';
import { callbackField } from '../store/callback-store.ts';
import type { PaymentCause, PaymentChange } from '../store/payment-store.ts';
import type { CustomerUpdate } from '../store/store.ts';
import { readAmount } from './amount.ts';
import { type Admit, createPayment, fieldsName, type PaymentDraft } from './create-payment.ts';
import { isEnded, isLawfulMove, type PaymentStatus, stagesOf } from './moves.ts';
import type { PaymentParts } from './parts.ts';
import type { Payment, PaymentMove } from './payment.ts';
import type { PaymentWords, RailsOutcome } from './rails.ts';
import { readTransactionFields, vaultOf } from './transaction-fields.ts';
import { changeBy, withWords } from './words.ts';

/** Money that has arrived for a payment. */
export interface ReceivedMoney {
  /** The Stellar transaction that brought it: the same one again changes nothing. */
  readonly stellarTransactionId: string;
  /** Decimal digits; left out, it is taken to be as much as was asked for. */
  readonly amount?: string;
  /** In the Asset Identification Format; left out, it is taken to be the one that was asked for. */
  readonly asset?: string;
  /** Default: now. */
  readonly at?: Date;
}

/**
 * `received`: the payment goes on. `known`: it was received before. `wrong`: it was not what was asked for, and the payment is an error. `late`: the
 * payment was over; that the money came is noted, and somebody must send it back. `twice`: other money came before.
 */
export type ReceiptOutcome = 'received' | 'known' | 'wrong' | 'late' | 'twice';

/** What is said of a payment by whoever hears of it, beside or in place of a status. */
export type PaymentUpdate = PaymentWords & {
  readonly stellarTransactionId?: string;
  readonly stellarAccount?: string;
} & (
    | RailsOutcome
    | { readonly status?: Exclude<PaymentStatus, 'pending_customer_info_update' | 'pending_transaction_info_update'> }
  );

const maxAttempts = 50;

/** Payments: what is asked for, received, said and answered about them. */
export class Payments {
  readonly #parts: PaymentParts;

  constructor(parts: PaymentParts) {
    this.#parts = parts;
  }

  /** @see createPayment */
  create(draft: PaymentDraft, admit: Admit = () => undefined): Promise<string> {
    return createPayment(this.#parts, draft, admit);
  }

  /** The payment with that id, undefined when there is none. */
  find(id: string): Promise<Payment | undefined> {
    return this.#parts.store.payments.find(id);
  }

  /** @throws KycError `not_found` */
  async get(id: string): Promise<Payment> {
    const payment = await this.find(id);
    if (payment === undefined) throw notFound();
    return payment;
  }

  /** The moves of a payment, oldest first. */
  listMoves(id: string): Promise<readonly PaymentMove[]> {
    return this.#parts.store.payments.listMoves(id);
  }

  /**
   * Notes that the money of a payment has arrived. One whose customers are clear is paid out from then on; one that is held goes on waiting.
   * @throws KycError `not_found`
   */
  async paymentReceived(id: string, money: ReceivedMoney): Promise<ReceiptOutcome> {
    const { log } = this.#parts;
    const judged: ReceiptOutcome[] = [];
    await this.#change(id, async (payment) => {
      const outcome = judgeReceipt(payment, money);
      judged.push(outcome);
      if (outcome === 'known' || outcome === 'twice') return undefined;
      return { change: receipt(payment, money, outcome, this.#parts.clock.now()), updates: [] };
    });
    const outcome = judged.at(-1) ?? 'known';
    if (outcome !== 'received' && outcome !== 'known') log.error({ payment: id, outcome }, 'money has to be looked at');
    return outcome;
  }

  /**
   * Moves a payment on by what is known outside: the bank has paid, the money went back, something is to be corrected.
   * @throws KycError `not_found`; `not_possible` for a move that is not lawful; TypeError for what cannot be used
   */
  async update(id: string, update: PaymentUpdate, cause: PaymentCause = { kind: 'integration' }): Promise<Payment> {
    const { stellarTransactionId, stellarAccount } = update;
    await this.#change(id, async (payment) => {
      const { status = payment.status } = update;
      if (status !== payment.status && !isLawfulMove(payment.protocol, payment.status, status))
        throw new KycError('not_possible', `a payment cannot go from ${payment.status} to ${status}`);
      const { change, updates } = await this.#changeBy(payment, update, cause);
      return change && { change: { ...change, stellarTransactionId, stellarAccount }, updates };
    });
    return this.get(id);
  }

  /**
   * Takes corrected `fields.transaction` of the sending anchor; when all that were asked for are there, the payment goes on.
   * @see SEP-31 § PATCH Transaction
   */
  async patch(id: string, fields: Readonly<Record<string, string>>, cause: PaymentCause): Promise<Payment> {
    await this.#change(id, async (payment) => {
      if (payment.status !== 'pending_transaction_info_update')
        throw new KycError('invalid_request', { key: 'error.no_update_awaited' });
      const seals = await this.#parts.store.payments.findSeals(id);
      if (seals === undefined) throw notFound();
      const vault = await vaultOf(this.#parts, id, seals);
      const all = { ...(await readTransactionFields(this.#parts, id)), ...fields };
      const { requiredInfoUpdates: _u, requiredInfoMessage: _m, statusMessage: _s, ...details } = payment.details;
      const sealed = { wrappedKey: vault.wrappedKey, fields: vault.seal(fieldsName, JSON.stringify(all)) };
      const to = stagesOf[payment.protocol].working;
      return { change: { cause, to, details, seals: sealed }, updates: [] };
    });
    return this.get(id);
  }

  /** Keeps where changes of a payment's status are posted, sealed, in place of any earlier URL. */
  async setCallback(id: string, url: string): Promise<void> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const seals = await this.#parts.store.payments.findSeals(id);
      if (seals === undefined) throw notFound();
      const vault = await vaultOf(this.#parts, id, seals);
      const { wrappedKey } = vault;
      const callback = { sealedUrl: vault.seal(callbackField, url), wrappedKey, target: new URL(url).host };
      if (await this.#parts.store.payments.setCallback(id, callback)) return;
    }
    throw tooManyChanges();
  }

  async #changeBy(
    payment: Payment,
    update: PaymentUpdate,
    cause: PaymentCause,
  ): Promise<{ readonly change: PaymentChange | undefined; readonly updates: readonly CustomerUpdate[] }> {
    if (isOutcome(update)) return changeBy(this.#parts, payment, update, cause);
    return { change: { cause, to: update.status, details: withWords(payment.details, update) }, updates: [] };
  }

  /** Applies what is computed from the payment as it is, computed anew when somebody else was first. */
  async #change(
    id: string,
    compose: (
      payment: Payment,
    ) => Promise<
      { readonly change: PaymentChange | undefined; readonly updates: readonly CustomerUpdate[] } | undefined
    >,
  ): Promise<void> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const payment = await this.get(id);
      const composed = await compose(payment);
      if (composed === undefined) return;
      const { change, updates } = composed;
      if (change !== undefined && (await this.#parts.store.payments.change(payment, change, updates)) === 'stored') {
        this.#parts.poke?.();
        return;
      }
    }
    throw tooManyChanges();
  }
}

function judgeReceipt(payment: Payment, money: ReceivedMoney): ReceiptOutcome {
  const { stellarTransactionId, fundedAt, status, details } = payment;
  if (stellarTransactionId === money.stellarTransactionId) return 'known';
  if (stellarTransactionId !== undefined || fundedAt !== undefined) return 'twice';
  if (isEnded(status)) return 'late';
  const isSameAsset = money.asset === undefined || money.asset === details.amountInAsset;
  const isEnough = money.amount === undefined || readAmount(money.amount) === readAmount(details.amountIn ?? '');
  return isSameAsset && isEnough ? 'received' : 'wrong';
}

/** Choice: less or more than was asked for is not paid out; it is for the anchor to say what becomes of it. */
function receipt(payment: Payment, money: ReceivedMoney, outcome: ReceiptOutcome, now: Date): PaymentChange {
  const { protocol, status, details } = payment;
  const { ready, working } = stagesOf[protocol];
  const { stellarTransactionId, at: fundedAt = now } = money;
  const came = { stellarTransactionId, fundedAt };
  if (outcome === 'wrong') {
    const reason = 'wrong-amount';
    return { cause: { kind: 'funds', reason }, to: 'error', details: { ...details, fault: reason }, ...came };
  }
  const isAwaited = status === ready || status === 'pending_stellar';
  return { cause: { kind: 'funds' }, to: isAwaited ? working : undefined, ...came };
}

function isOutcome(update: PaymentUpdate): update is RailsOutcome {
  return [
    'completed',
    'pending_external',
    'refunded',
    'error',
    'pending_customer_info_update',
    'pending_transaction_info_update',
  ].includes(update.status ?? '');
}

function notFound(): KycError {
  return new KycError('not_found', { key: 'error.transaction_not_found' });
}

function tooManyChanges(): KycError {
  return new KycError('unavailable', { key: 'error.too_many_changes' }, { retryAfterSeconds: 1 });
}
