import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../lib/clock.ts';
import { guardedFetch, type LookupAll } from '../lib/guarded-fetch.ts';
import { describeError, type Logger } from '../lib/log.ts';
import type { Signer } from '../stellar/ed25519.ts';
import type { OutboxStore } from '../store/outbox-store.ts';
import type { KeyRing } from '../vault/key-ring.ts';
import type { DeliveryMetrics } from './delivery-metrics.ts';
import { DeliveryWorker } from './delivery-worker.ts';
import type { OperatorEndpoint } from './operator-endpoint.ts';
import type { RenderCustomer, RenderPayment } from './outgoing.ts';
import { resolverLookup } from './resolver-lookup.ts';
import { retryDelaysMs } from './retry-schedule.ts';

/** What delivering takes. */
export interface DeliveryParts {
  readonly outbox: OutboxStore;
  readonly keyRing: KeyRing;
  /** SIGNING_KEY's. */
  readonly signer: Signer;
  readonly renderCustomer: RenderCustomer;
  /** Left out where there are no payments. */
  readonly renderPayment?: RenderPayment | undefined;
  readonly endpoints: readonly OperatorEndpoint[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: DeliveryMetrics;
  /** For development: wallets on this machine. */
  readonly allowLoopback: boolean;
  readonly pace?: Partial<DeliveryPace>;
  /** For tests. Default: the name servers; in development the system's own. */
  readonly lookup?: LookupAll;
}

/** How fast, and how patiently. */
export interface DeliveryPace {
  /** How often to look for what other processes wrote. Default: 1000. */
  readonly pollMs: number;
  /** How long a receiver may take. Default: 15000. */
  readonly timeoutMs: number;
  /** How much longer than that a worker holds what it took; if it dies, that is how long others wait. Default: 15000. */
  readonly leaseMarginMs: number;
  /** Default: the schedule of docs/callbacks.md. */
  readonly retryDelaysMs: readonly number[];
  /** @see SlotLimits. Default: 8. */
  readonly perTarget: number;
  /** @see SlotLimits. Default: 512. */
  readonly inFlight: number;
}

/** A worker that delivers until it is stopped. */
export interface Deliveries {
  /** Looks for something to do now. It does by itself after each commit of this process. */
  poke(): void;
  /** Takes nothing more, and waits for what is under way, ten seconds at most. */
  stop(): Promise<void>;
}

const defaultPace: DeliveryPace = {
  pollMs: 1000,
  timeoutMs: 15_000,
  leaseMarginMs: 15_000,
  retryDelaysMs,
  perTarget: 8,
  inFlight: 512,
};

const forgetEveryMs = 3_600_000;
/** How long the log of what has ended is kept. */
const keptMs = 30 * 24 * 3_600_000;

/** Starts delivering what is in the outbox. Any number of processes may do so over one database. */
export function startDeliveries(parts: DeliveryParts): Deliveries {
  const { outbox, clock, log, allowLoopback } = parts;
  const pace = { ...defaultPace, ...parts.pace };
  const lookup = parts.lookup ?? (allowLoopback ? undefined : resolverLookup());
  const options = { keptConnections: pace.perTarget, ...(lookup && { lookup }) };
  const worker = new DeliveryWorker({
    ...parts,
    ...pace,
    endpoints: new Map(parts.endpoints.map((endpoint) => [`events/${endpoint.id}`, endpoint])),
    leaseMs: pace.timeoutMs + pace.leaseMarginMs,
    random: Math.random,
    walletFetch: guardedFetch({ ...options, allowLoopback }),
    operatorFetch: {
      public: guardedFetch({ ...options, allowLoopback }),
      private: guardedFetch({ keptConnections: pace.perTarget, allowPrivate: true }),
    },
  });
  const poke = (): void => worker.wake();
  const forget = (): void => {
    const before = new Date(clock.now().getTime() - keptMs);
    outbox
      .forget(before)
      .catch((error: unknown) => log.warn(describeError(error), 'old deliveries were not forgotten'));
  };
  const timers = [setInterval(poke, pace.pollMs), setInterval(forget, forgetEveryMs)];
  const silence = outbox.onCommit(poke);
  poke();
  return {
    poke,
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      silence();
      await Promise.race([worker.stop(), delay(graceMs, undefined, { ref: false })]);
    },
  };
}

const graceMs = 10_000;
