import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from '../lib/log.ts';
import { callbackName } from '../store/callback-store.ts';
import type { ClaimedDelivery, OutboxStore, Settlement } from '../store/outbox-store.ts';
import { openVault } from '../vault/vault.ts';
import { type AttemptParts, attempt } from './attempt.ts';
import type { DeliveryMetrics } from './delivery-metrics.ts';
import { type SlotLimits, TargetSlots } from './target-slots.ts';

/** What a worker works with. */
export interface WorkerParts extends AttemptParts, SlotLimits {
  readonly outbox: OutboxStore;
  readonly metrics: DeliveryMetrics;
  readonly leaseMs: number;
}

/** Passes are no closer together: one finds what many events called for. */
const breathMs = 10;

/** Takes what is due and tries it, as much at once as the slots allow. Everything that must outlive it is in the store. */
export class DeliveryWorker {
  readonly #parts: WorkerParts;
  readonly #slots: TargetSlots;
  readonly #underWay = new Set<Promise<void>>();
  #isStopped = false;
  #isCalled = false;
  #passes: Promise<void> | undefined;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#slots = new TargetSlots(parts);
  }

  /** Looks for something to do, once more if it is looking just now. */
  wake(): void {
    this.#isCalled = true;
    if (this.#isStopped || this.#passes !== undefined) return;
    this.#passes = this.#run().finally(() => {
      this.#passes = undefined;
      if (this.#isCalled && !this.#isStopped) this.wake();
    });
  }

  /** Takes nothing more; resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#passes;
    await Promise.all(this.#underWay);
  }

  async #run(): Promise<void> {
    while (this.#isCalled && !this.#isStopped) {
      this.#isCalled = false;
      try {
        await this.#pass();
      } catch (error) {
        this.#parts.log.warn(describeError(error), 'deliveries could not be taken');
      }
      await delay(breathMs);
    }
  }

  async #pass(): Promise<void> {
    const { outbox, clock, leaseMs, endpoints } = this.#parts;
    const now = clock.now();
    await outbox.fanOut([...endpoints.values()], now);
    const ready = await outbox.listReady(now);
    const failures = new Map(ready.map((target) => [target.target, target.failures]));
    const claimed = await outbox.claim(this.#slots.share(ready), now, new Date(now.getTime() + leaseMs));
    for (const delivery of claimed) {
      const task = this.#deliver(delivery, failures.get(delivery.target) ?? 0);
      this.#underWay.add(task);
      void task.finally(() => {
        this.#underWay.delete(task);
        this.wake();
      });
    }
  }

  async #deliver(delivery: ClaimedDelivery, failures: number): Promise<void> {
    const release = this.#slots.take(delivery.target);
    let isWell: boolean | undefined;
    try {
      if (delivery.target === '') return await this.#retarget(delivery);
      const settlement = await attempt(delivery, failures, this.#parts);
      if (settlement === undefined) return;
      isWell = settlement.target.health === 'unknown' ? undefined : settlement.outcome === 'delivered';
      this.#parts.metrics.record(delivery.message.kind, settlement.outcome, settlement.latencyMs);
      await this.#settle(settlement);
    } catch (error) {
      // The lease ends by itself.
      this.#parts.log.warn({ delivery: delivery.id, ...describeError(error) }, 'a delivery could not be noted');
    } finally {
      release(isWell);
    }
  }

  /** What has happened must be noted: if the database is away just now, a little later. */
  async #settle(settlement: Settlement): Promise<void> {
    const { outbox, clock, log } = this.#parts;
    const giveUpAt = settlement.delivery.leaseUntil.getTime();
    for (;;) {
      try {
        const { isSwitchedOff } = await outbox.settle(settlement, clock.now());
        if (isSwitchedOff)
          log.error({ target: settlement.delivery.target }, 'an endpoint has failed for days: switched off');
        return;
      } catch (error) {
        if (this.#isStopped || clock.now().getTime() > giveUpAt) throw error;
        await delay(250);
      }
    }
  }

  /** Callbacks of before there were targets have none. */
  async #retarget(delivery: ClaimedDelivery): Promise<void> {
    const { message } = delivery;
    if (message.kind !== 'callback' || message.callback === undefined) return;
    const { customerId, callbackId, wrappedKey, callback } = message;
    const vault = await openVault(this.#parts.keyRing, customerId, wrappedKey);
    const { host } = new URL(vault.open(callbackName(customerId, callbackId), callback.sealedUrl));
    await this.#parts.outbox.retarget(delivery, host, this.#parts.clock.now());
  }
}
