import { describeError } from '../lib/log.ts';
import type { ClaimedPayment, ExecutionStep } from '../store/payment-store.ts';
import type { CustomerUpdate } from '../store/store.ts';
import { clearParties } from './clear-parties.ts';
import { isToBePaid } from './moves-money.ts';
import { openForRails } from './open-for-rails.ts';
import type { PaymentParts } from './parts.ts';
import type { Payment } from './payment.ts';
import type { RailsContext, RailsIntegration, RailsOutcome } from './rails.ts';
import { stillWrong } from './still-wrong.ts';
import { readTransactionFields } from './transaction-fields.ts';
import { changeBy } from './words.ts';

/** What paying out takes. */
export interface RunnerParts extends PaymentParts {
  readonly rails: RailsIntegration;
  readonly pace?: Partial<ExecutionPace> | undefined;
}

/** How fast, and how patiently. */
export interface ExecutionPace {
  /** How many payments a worker has under way at once. Default: 8. */
  readonly atOnce: number;
  /** After how long the rails are told to give up. Default: 60,000. */
  readonly timeoutMs: number;
  /** After how long nothing is waited for any more. Default: 600,000. */
  readonly giveUpMs: number;
  /** How long a payment stays taken when its worker dies. Default: 30,000. */
  readonly leaseMs: number;
  /** After which time a call that failed is made again: four times as long after each further one. Default: 5,000. */
  readonly firstRetryMs: number;
  /** At most. Default: 3,600,000. */
  readonly lastRetryMs: number;
  /** How often the rails are called under one key. Default: 12. */
  readonly maxAttempts: number;
}

const defaultPace: ExecutionPace = {
  atOnce: 8,
  timeoutMs: 60_000,
  giveUpMs: 600_000,
  leaseMs: 30_000,
  firstRetryMs: 5_000,
  lastRetryMs: 3_600_000,
  maxAttempts: 12,
};

/** How often an outcome is noted anew because the payment or a customer was changed meanwhile. */
const maxNotes = 50;

/**
 * Has released payments paid. Any number of workers may do so at once: a payment is taken with a lease, looked at by the facts of that moment, noted as
 * begun at just those versions of its customers, and then the rails are called.
 */
export class PaymentRunner {
  readonly #parts: RunnerParts;
  readonly #pace: ExecutionPace;
  readonly #underWay = new Set<Promise<void>>();

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#pace = { ...defaultPace, ...parts.pace };
  }

  /** Takes some of the payments that are due and sees them through; answers how many it took. */
  async runDue(): Promise<number> {
    const taken = await this.runSome();
    await this.finish();
    return taken;
  }

  /**
   * Takes payments that are due, as far as there is room beside those under way, and waits for none of them: one that the rails take minutes for holds up no
   * other. Where there is no room it waits for some.
   */
  async runSome(): Promise<number> {
    const { leaseMs, atOnce } = this.#pace;
    const room = atOnce - this.#underWay.size;
    if (room <= 0) {
      await Promise.race(this.#underWay);
      return 1;
    }
    const now = this.#parts.clock.now();
    const claims = await this.#parts.store.payments.claim(now, new Date(now.getTime() + leaseMs), room);
    for (const claim of claims) {
      const seen = this.#see(claim).finally(() => this.#underWay.delete(seen));
      this.#underWay.add(seen);
    }
    return claims.length;
  }

  /** Waits for all that is under way. */
  async finish(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** When the next payment is due, undefined when none waits. */
  nextAt(): Promise<Date | undefined> {
    return this.#parts.store.payments.nextDueAt();
  }

  /** Whatever goes wrong here, the payment is taken again: by whoever comes when the lease has ended. */
  async #see(claim: ClaimedPayment): Promise<void> {
    const renewing = setInterval(() => void this.#renew(claim), this.#pace.leaseMs / 3);
    renewing.unref();
    try {
      await this.#execute(claim);
    } catch (error) {
      const { id } = claim.payment;
      this.#parts.log.error(
        { payment: id, ...describeError(error) },
        'a payment could not be seen through; it will be again',
      );
    } finally {
      clearInterval(renewing);
    }
  }

  async #renew(claim: ClaimedPayment): Promise<void> {
    const leaseUntil = new Date(this.#parts.clock.now().getTime() + this.#pace.leaseMs);
    await this.#parts.store.payments.renew(claim, leaseUntil).catch((error: unknown) => {
      this.#parts.log.warn({ payment: claim.payment.id, ...describeError(error) }, 'a lease could not be renewed');
    });
  }

  async #execute(claim: ClaimedPayment): Promise<void> {
    const { payments } = this.#parts.store;
    const { payment } = claim;
    // Somebody may have ended it, or told that it is paid, while a worker that died had it.
    if (!isToBePaid(payment)) return this.#let(claim, { step: 'back' });
    if (claim.attempts >= this.#pace.maxAttempts) return this.#giveUp(claim);
    const versions = await clearParties(this.#parts, payment);
    if (versions === undefined) return this.#let(claim, { step: 'back' });
    // Somebody was changed since they were looked at: what that means is known by the next look.
    if (!(await payments.begin(claim, versions)))
      return this.#let(claim, { step: 'again', at: this.#parts.clock.now() });
    const askedAt = claim.askedAt.size > 0 ? claim.askedAt : versions;
    const begun = { ...claim, attempts: claim.attempts + 1, askedAt };
    const outcome = await this.#ask(begun);
    return outcome === undefined ? this.#again(begun) : this.#note(begun, outcome);
  }

  /** What the rails said; undefined when they said nothing. */
  async #ask(claim: ClaimedPayment): Promise<RailsOutcome | undefined> {
    const { payment, round, attempts: attempt } = claim;
    const { timeoutMs, giveUpMs } = this.#pace;
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error('the rails did not answer')), giveUpMs);
    const context: RailsContext = {
      idempotencyKey: `${payment.id}-${round}`,
      attempt,
      signal: AbortSignal.timeout(timeoutMs),
      customer: (role) => openForRails(this.#parts, payment.id, role),
      transactionFields: () => readTransactionFields(this.#parts, payment.id),
    };
    try {
      return await Promise.race([this.#parts.rails.executeOutgoingTransaction(payment, context), promise]);
    } catch (error) {
      this.#parts.log.warn(
        { payment: payment.id, attempt, ...describeError(error) },
        'the rails failed; they are asked again',
      );
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  /** What they said, written; what cannot be written makes the payment an error, as the money's fate is known to the rails alone. */
  async #note(claim: ClaimedPayment, outcome: RailsOutcome): Promise<void> {
    let current = claim;
    for (let attempt = 0; attempt < maxNotes; attempt++) {
      const now = await stillWrong(this.#parts, current, outcome);
      if (now === undefined) return this.#let(current, { step: 'anew', at: this.#parts.clock.now() });
      const { change, updates } = await this.#changeBy(current.payment, now);
      const isNewRound =
        outcome.status === 'pending_customer_info_update' || outcome.status === 'pending_transaction_info_update';
      const noted = change && (await this.#settle(current, { step: 'said', change, isNewRound }, updates));
      if (noted === 'stored' || noted === 'lost') return;
      const payment = await this.#parts.store.payments.find(claim.payment.id);
      if (payment === undefined) return;
      current = { ...claim, payment };
    }
    throw new Error('too many changes to a payment at once');
  }

  async #changeBy(payment: Payment, outcome: RailsOutcome): Promise<Awaited<ReturnType<typeof changeBy>>> {
    const cause = { kind: 'rails', who: 'rails' } as const;
    try {
      return await changeBy(this.#parts, payment, outcome, cause);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#parts.log.error(
        { payment: payment.id, fault: error.message },
        'the rails gave an answer that cannot be used',
      );
      return changeBy(this.#parts, payment, { status: 'error' }, cause);
    }
  }

  #giveUp(claim: ClaimedPayment): Promise<void> {
    const { payment, attempts } = claim;
    this.#parts.log.error({ payment: payment.id, attempts }, 'the rails were asked too often: the payment is an error');
    const reason = 'attempts-exhausted' as const;
    const details = { ...payment.details, fault: reason };
    const change = { cause: { kind: 'rails', who: 'rails', reason }, to: 'error', details } as const;
    return this.#let(claim, { step: 'said', change, isNewRound: false });
  }

  #again(claim: ClaimedPayment): Promise<void> {
    const { firstRetryMs, lastRetryMs, maxAttempts } = this.#pace;
    if (claim.attempts >= maxAttempts) return this.#giveUp(claim);
    const afterMs = Math.min(firstRetryMs * 4 ** (claim.attempts - 1), lastRetryMs);
    return this.#let(claim, { step: 'again', at: new Date(this.#parts.clock.now().getTime() + afterMs) });
  }

  async #let(claim: ClaimedPayment, step: ExecutionStep): Promise<void> {
    await this.#settle(claim, step);
  }

  async #settle(
    claim: ClaimedPayment,
    step: ExecutionStep,
    updates: readonly CustomerUpdate[] = [],
  ): Promise<'stored' | 'conflict' | 'lost'> {
    const outcome = await this.#parts.store.payments.settle(claim, step, updates);
    if (outcome === 'lost')
      this.#parts.log.warn({ payment: claim.payment.id }, 'somebody else holds the payment by now');
    if (outcome === 'stored') this.#parts.poke?.();
    return outcome;
  }
}
