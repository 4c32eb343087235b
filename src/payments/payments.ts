import { KycError } from '../errors.ts';
import type { Memo } from '../stellar/memo.ts';
import { callbackField } from '../store/callback-store.ts';
import type { PaymentCause } from '../store/payment-store.ts';
import { askAbout } from './ask-about.ts';
import { clearParties } from './clear-parties.ts';
import { type Admit, createPayment, fieldsName, type PaymentDraft } from './create-payment.ts';
import { isEnded, isLawfulMove, type PaymentStatus, stagesOf } from './moves.ts';
import { movesMoney, requireWorth } from './moves-money.ts';
import { concernOf, type PaymentParts } from './parts.ts';
import {
  type Payment,
  type PaymentDetails,
  type PaymentMove,
  type Receipt,
  type ReceiptOutcome,
  withoutWords,
} from './payment.ts';
import type { PaymentWords, RailsOutcome } from './rails.ts';
import { composeReceipt, judgeReceipt, type ReceivedMoney } from './receive-money.ts';
import { requireCovered, withAmountIn } from './require-covered.ts';
import { readTransactionFields, vaultOf } from './transaction-fields.ts';
import { placeOf } from './withdrawal-place.ts';
import { type ComposedChange, changeBy, withAmounts, withWords } from './words.ts';

/** What is said of a payment by whoever hears of it, beside or in place of a status. */
export type PaymentUpdate = PaymentWords & {
  /** What really came, in decimal digits, to go on with a payment that failed as that was not what was asked for. @see requireCovered */
  readonly amountIn?: string;
  readonly stellarTransactionId?: string;
  readonly stellarAccount?: string;
  readonly stellarMemo?: Memo;
  /** Fields of SEP-6's own, as they are told; those that are known already stay. */
  readonly extra?: Readonly<Record<string, unknown>>;
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

  /** The money that came for a payment, the first first. */
  listReceipts(id: string): Promise<readonly Receipt[]> {
    return this.#parts.store.payments.listReceipts(id);
  }

  /**
   * Notes that the money of a payment has arrived. One whose customers are clear is paid out from then on; one that is held goes on waiting.
   * @param who the operator who tells of it
   * @throws KycError `not_found`
   */
  async paymentReceived(id: string, money: ReceivedMoney, who?: string): Promise<ReceiptOutcome> {
    const { log } = this.#parts;
    const judged: ReceiptOutcome[] = [];
    await this.#change(id, async (payment) => {
      const outcome = judgeReceipt(payment, await this.listReceipts(id), money);
      judged.push(outcome);
      return outcome === 'known' ? undefined : composeReceipt(this.#parts, payment, money, { outcome, who });
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
    await this.#change(id, async (payment) => {
      requireLawful(payment, update);
      requireCovered(payment, await this.listReceipts(id), update);
      return this.#noteWorth(payment, update, cause);
    });
    await this.#change(id, (payment) => this.#updated(payment, update, cause));
    return this.get(id);
  }

  /** The same only from that status: false, and nothing changed, when the payment has left it meanwhile. */
  moveFrom(id: string, from: PaymentStatus, update: PaymentUpdate): Promise<boolean> {
    return this.#change(id, async (payment) =>
      payment.status === from ? this.#updated(payment, update, { kind: 'integration' }) : undefined,
    );
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
      const sealed = { wrappedKey: vault.wrappedKey, fields: vault.seal(fieldsName, JSON.stringify(all)) };
      const to = stagesOf[payment.protocol].working;
      return { change: { cause, to, details: withoutWords(payment.details), seals: sealed }, updates: [] };
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

  async #updated(payment: Payment, update: PaymentUpdate, cause: PaymentCause): Promise<ComposedChange> {
    const { stellarTransactionId, extra, amountIn } = update;
    const { status = payment.status } = update;
    requireLawful(payment, update);
    requireCovered(payment, await this.listReceipts(payment.id), update);
    const known = { ...payment, details: withAmountIn(payment.details, amountIn) };
    const { change, updates } = await this.#changeBy(known, update, cause);
    if (change === undefined) return { change, updates };
    const details = withExtra(change.details ?? known.details, extra);
    const judgedAt = movesMoney(payment, status) ? await this.#judge({ ...payment, details }, status) : undefined;
    const place = await placeOf(this.#parts.store.payments, payment, update);
    const all = { ...change, ...place, details, judgedAt, stellarTransactionId };
    return { change: all, updates };
  }

  /**
   * Before money moves by an update its customers are looked at as they are at that moment, whatever is stored about it. Answers the versions at which they
   * are clear.
   * @throws KycError `not_possible` when one of them is not
   */
  async #judge(payment: Payment, to: PaymentStatus): Promise<ReadonlyMap<string, number>> {
    requireWorth(payment, to);
    const judgedAt = await clearParties(this.#parts, payment);
    if (judgedAt === undefined) throw new KycError('not_possible', 'the customer of this payment is not clear for it');
    return judgedAt;
  }

  /**
   * Notes first what a transfer turns out to be worth, with what that means for its customers: whatever becomes of the rest, they are asked about that. For
   * SEP-31 the rails say so when they have paid.
   */
  async #noteWorth(payment: Payment, update: PaymentUpdate, cause: PaymentCause): Promise<ComposedChange | undefined> {
    const { amountOut, amountOutAsset, feeDetails, status: to = payment.status } = update;
    const details = withAmounts(payment.details, { amountOut, amountOutAsset, feeDetails });
    const isAsked = !isEnded(to) || movesMoney(payment, to);
    if (payment.protocol !== 'sep-6' || !isAsked || isWorthTheSame(payment, { ...payment, details })) return undefined;
    const updates = await askAbout(this.#parts, payment, details);
    return updates === undefined ? { change: undefined, updates: [] } : { change: { cause, details }, updates };
  }

  async #changeBy(payment: Payment, update: PaymentUpdate, cause: PaymentCause): Promise<ComposedChange> {
    if (isOutcome(update)) return changeBy(this.#parts, payment, update, cause);
    const change = { cause, to: update.status, details: withWords(payment.details, update) };
    if (update.amountIn === undefined) return { change, updates: [] };
    const updates = await askAbout(this.#parts, payment, change.details);
    return updates === undefined ? { change: undefined, updates: [] } : { change, updates };
  }

  /** Applies what is computed from the payment as it is, computed anew when somebody else was first; false where there is nothing to apply. */
  async #change(id: string, compose: (payment: Payment) => Promise<ComposedChange | undefined>): Promise<boolean> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const payment = await this.get(id);
      const composed = await compose(payment);
      if (composed === undefined) return false;
      const { change, updates } = composed;
      if (change !== undefined && (await this.#parts.store.payments.change(payment, change, updates)) === 'stored') {
        this.#parts.poke?.();
        return true;
      }
    }
    throw tooManyChanges();
  }
}

function withExtra(details: PaymentDetails, extra: PaymentUpdate['extra']): PaymentDetails {
  return extra === undefined ? details : { ...details, extra: { ...details.extra, ...extra } };
}

/** @throws KycError `not_possible` */
function requireLawful({ protocol, status }: Payment, { status: to = status }: PaymentUpdate): void {
  if (to !== status && !isLawfulMove(protocol, status, to))
    throw new KycError('not_possible', `a payment cannot go from ${status} to ${to}`);
}

function isWorthTheSame(before: Payment, after: Payment): boolean {
  const party = { type: '', asks: [] };
  return JSON.stringify(concernOf(before, party)) === JSON.stringify(concernOf(after, party));
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
