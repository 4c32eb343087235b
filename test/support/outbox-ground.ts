import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { setCallback } from '../../src/kyc/set-callback.ts';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { DeliveryMetrics } from '../../src/outbox/delivery-metrics.ts';
import type { OperatorEndpoint } from '../../src/outbox/operator-endpoint.ts';
import type { RenderCustomer } from '../../src/outbox/outgoing.ts';
import { type Deliveries, type DeliveryPace, startDeliveries } from '../../src/outbox/start-deliveries.ts';
import type { Tables } from '../../src/store/sql/tables.ts';
import type { Store } from '../../src/store/store.ts';
import { createVault } from '../../src/vault/vault.ts';
import { noConsequences } from '../store/consequences.ts';
import { type Ground as DatabaseGround, type TestEngine, testEngine } from './engines.ts';
import { keyRing, moveCustomer, renderFrom, signer } from './outbox-standings.ts';
import { randomAccount } from './test-anchor.ts';

/** A real database with customers whose standings a test moves by hand. */
export interface Ground extends AsyncDisposable {
  readonly databaseUrl: string;
  readonly store: Store;
  readonly db: Kysely<Tables>;
  /** Registers a customer with a callback, and answers its id. */
  addCustomer(url?: string): Promise<string>;
  /** Sets a callback as PUT /customer/callback does. */
  setCallback(customerId: string, url: string): Promise<void>;
  /** The id of a customer's only callback. */
  callbackOf(customerId: string): Promise<string>;
  /** Moves a customer to a status, as the store does: the standing and what is told of it, in one transaction. */
  move(
    customerId: string,
    status: string,
    changes?: Partial<{ type: string; to: string; isVisible: boolean }>,
  ): Promise<void>;
  /** What `move` set last, as GET would say it. */
  readonly render: RenderCustomer;
  start(
    pace?: Partial<DeliveryPace>,
    more?: {
      endpoints?: readonly OperatorEndpoint[];
      clock?: Clock;
      metrics?: DeliveryMetrics;
      allowLoopback?: boolean;
    },
  ): Deliveries;
}

export async function outboxGround(clock: Clock = systemClock, engine: TestEngine = testEngine): Promise<Ground> {
  return groundOver(await engine.open(), clock);
}

/** The same over a database that is gone with it. */
export async function groundOver(own: DatabaseGround, clock: Clock): Promise<Ground> {
  const store = await own.openStore(clock);
  const { db } = own.openEngine();
  const accounts = new Map<string, string>();
  const set = async (id: string, url: string): Promise<void> => {
    const account = accounts.get(id) ?? '';
    await setCallback({ store, keyRing }, { account, url }, { subject: { sub: account, account }, requestId: 'r' });
  };
  const render = renderFrom(db);
  return {
    databaseUrl: own.databaseUrl,
    store,
    db,
    render,
    setCallback: set,
    callbackOf: async (id) => (await store.callbacks.listCallbacks(id))[0]?.id ?? '',
    addCustomer: async (url) => {
      const [id, account] = [randomBytes(8).toString('hex'), randomAccount()];
      const { wrappedKey } = await createVault(keyRing, id);
      await store.createCustomer({
        id,
        identity: { account },
        wrappedKey,
        set: [],
        withdraw: [],
        files: [],
        consequences: noConsequences,
      });
      accounts.set(id, account);
      if (url !== undefined) await set(id, url);
      return id;
    },
    move: (id, status, changes = {}) => moveCustomer(db, id, status, clock.now().getTime(), changes),
    start: (pace = {}, { endpoints = [], metrics = new DeliveryMetrics(), allowLoopback = true, ...more } = {}) =>
      startDeliveries({
        outbox: store.outbox,
        keyRing,
        signer,
        renderCustomer: render,
        endpoints,
        clock: more.clock ?? clock,
        log: silentLogger,
        metrics,
        allowLoopback,
        pace: { pollMs: 20, ...pace },
      }),
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  };
}

/** Waits until it holds, ten seconds at most. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error('it did not come to hold in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
