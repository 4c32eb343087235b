import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../lib/clock.ts';
import { describeError, type Logger } from '../lib/log.ts';
import type { ObserverStore } from '../store/observer-store.ts';
import { type HorizonPayments, NoStream } from './horizon-payments.ts';
import { isBefore, type Operation } from './read-credit.ts';

/** What an observer works with. */
export interface ObserverParts {
  readonly observers: ObserverStore;
  readonly horizon: HorizonPayments;
  /** The account whose payments are observed. */
  readonly account: string;
  /** Where to begin when nothing was seen before: a paging token, or `now`. */
  readonly from: string;
  /** Deals with an operation; the same one may come again. What it throws lets it come again. */
  readonly receive: (operation: Operation, signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  /** How often to ask where there is no stream, in milliseconds. Default: 5000. */
  readonly pollMs?: number | undefined;
  /** For how long an account is held, in milliseconds. Default: 10,000. */
  readonly leaseMs?: number | undefined;
}

/** Somebody else has the account by now. */
class Overtaken extends Error {}

const firstWaitMs = 500;
const longestWaitMs = 60_000;
/** How long a server that does not stream is not asked to. */
const withoutStreamMs = 60_000;
/** A stream that ended sooner is not asked for again at once. */
const soonMs = 5_000;

/**
 * Sees every payment to an account at least once, in order: first page by page what came meanwhile, then as it happens. How far it got is noted after a
 * payment was dealt with, so that a crash repeats and never skips.
 */
export class PaymentObserver {
  readonly #parts: ObserverParts;
  readonly #holder = randomUUID();
  readonly #ending = new AbortController();
  readonly #pollMs: number;
  readonly #leaseMs: number;
  #failures = 0;
  #isPlaced = false;
  #nextAt = 0;
  #streamAgainAt = 0;

  constructor(parts: ObserverParts) {
    this.#parts = parts;
    this.#pollMs = parts.pollMs ?? 5_000;
    this.#leaseMs = parts.leaseMs ?? 10_000;
  }

  /** Observes until the stream ends, something fails or {@link stop}; a task of the worker's. Answers 0: when to come again says {@link nextAt}. */
  async run(): Promise<number> {
    const session = new AbortController();
    const signal = AbortSignal.any([session.signal, this.#ending.signal]);
    if (signal.aborted) return 0;
    try {
      const cursor = await this.#hold(signal);
      const renewing = this.#renew(signal).catch(() => session.abort());
      try {
        await this.#observe(cursor, signal);
      } finally {
        session.abort();
        await renewing;
      }
    } catch (error) {
      this.#rest(error);
    }
    return 0;
  }

  /** When to look again. */
  nextAt(): Promise<Date> {
    return Promise.resolve(new Date(this.#nextAt));
  }

  /** Ends what is under way; {@link run} returns when the payment that is being dealt with is finished. */
  stop(): void {
    this.#ending.abort();
  }

  /** Lets go of the account, so that the next observer need not wait. */
  async release(): Promise<void> {
    await this.#parts.observers.release(this.#parts.account, this.#holder);
  }

  /** Where to go on. `now` becomes a place at once, so that what comes before the second start is not lost. */
  async #hold(signal: AbortSignal): Promise<string> {
    const { observers, horizon, account, from } = this.#parts;
    const place = await observers.hold(this.#claim());
    if (place === undefined) throw new Overtaken();
    if (place.cursor !== undefined) return place.cursor;
    const cursor = from === 'now' ? await horizon.newestToken(signal) : from;
    await this.#advance(cursor);
    this.#parts.log.info({ account, cursor }, 'payments are looked for from here on');
    return cursor;
  }

  async #observe(start: string, signal: AbortSignal): Promise<void> {
    const { horizon, log } = this.#parts;
    const cursor = await this.#catchUp(start, signal);
    await this.#checkPlace(cursor, signal);
    if (Date.now() < this.#streamAgainAt) {
      this.#failures = 0;
      this.#restFor(this.#pollMs);
      return;
    }
    const startedAt = Date.now();
    try {
      for await (const operation of horizon.stream(cursor, signal)) {
        this.#failures = 0;
        await this.#deal(operation, signal);
      }
      this.#failures = 0;
      this.#restFor(Date.now() - startedAt > soonMs ? firstWaitMs : this.#pollMs);
    } catch (error) {
      if (!(error instanceof NoStream)) throw error;
      // Choice: it is asked page by page for a while; asking is slower, and misses nothing.
      log.debug(describeError(error), 'Horizon does not stream');
      this.#streamAgainAt = Date.now() + withoutStreamMs;
      this.#restFor(this.#pollMs);
    }
  }

  /** Page by page, until there is no more. */
  async #catchUp(start: string, signal: AbortSignal): Promise<string> {
    let cursor = start;
    for (;;) {
      const page = await this.#parts.horizon.after(cursor, signal);
      for (const operation of page) await this.#deal(operation, signal);
      const last = page.at(-1)?.token;
      // One that goes back, or stays, would go round for ever.
      if (last === undefined || !isBefore(cursor, last)) return cursor;
      cursor = last;
    }
  }

  /** A place beyond the history would be silence for ever: said once, as a server that is behind may get there. */
  async #checkPlace(cursor: string, signal: AbortSignal): Promise<void> {
    const { horizon, account, log } = this.#parts;
    if (this.#isPlaced) return;
    const newest = await horizon.newestToken(signal);
    this.#isPlaced = true;
    if (isBefore(newest, cursor))
      log.error(
        { account, cursor, newest },
        'payments were seen that Horizon does not know: another network, or a reset one?',
      );
  }

  async #deal(operation: Operation, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.#parts.receive(operation, signal);
    await this.#advance(operation.token);
  }

  async #advance(cursor: string): Promise<void> {
    const { observers, account } = this.#parts;
    if (!(await observers.advance(account, this.#holder, cursor))) throw new Overtaken();
  }

  /** Keeps the account for as long as it is observed. @throws Overtaken */
  async #renew(signal: AbortSignal): Promise<void> {
    for (;;) {
      const isOver = await delay(this.#leaseMs / 3, false, { signal, ref: false }).catch(() => true);
      if (isOver) return;
      if ((await this.#parts.observers.hold(this.#claim())) === undefined) throw new Overtaken();
    }
  }

  #claim(): { readonly account: string; readonly holder: string; readonly now: Date; readonly leaseUntil: Date } {
    const now = this.#parts.clock.now();
    const leaseUntil = new Date(now.getTime() + this.#leaseMs);
    return { account: this.#parts.account, holder: this.#holder, now, leaseUntil };
  }

  /** After a failure it waits longer each time. */
  #rest(error: unknown): void {
    if (this.#ending.signal.aborted) return;
    if (error instanceof Overtaken) {
      this.#restFor(this.#leaseMs / 6);
      return;
    }
    const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(this.#failures++, 10));
    this.#restFor(waitMs * (0.5 + Math.random() / 2));
    this.#parts.log.warn({ ...describeError(error), waitMs }, 'payments cannot be looked for; it will be tried again');
  }

  #restFor(ms: number): void {
    this.#nextAt = Date.now() + ms;
  }
}
