import { setTimeout as delay } from 'node:timers/promises';
import { KycError } from '../errors.ts';
import { describeError } from '../lib/log.ts';
import { SealBroken } from '../vault/key-ring.ts';
import type { JobParts } from './catch-up.ts';
import { openCustomer } from './open-customer.ts';
import { searchEntries, searchScheme } from './search-index.ts';

/** How many customers are found at a time, how many of them are opened together, and how much rest there is for each moment of work. */
const [batchSize, atOnce, restRatio] = [64, 5, 0.6];
const maxAttempts = 50;

/**
 * Makes the entries by which operators find customers, for those of before: whom an earlier release stored, or who gave what the program lets people look for only
 * since. Once; whatever is given from then on has its entries from the start. Stopped anywhere, the next one goes on where it was.
 */
export class CustomerIndexing {
  readonly #parts: JobParts;
  readonly #scheme: string;
  #isBegun = false;
  #lookedAt: string | undefined;

  constructor(parts: JobParts) {
    this.#parts = parts;
    this.#scheme = searchScheme(parts.program);
  }

  /**
   * Looks at some customers; answers how many, 0 when all were looked at. Choice: begun once by each process, not whenever another scheme is found: two
   * processes with different programs must not undo each other's work for ever.
   */
  async runSome(): Promise<number> {
    const { search } = this.#parts.store;
    if (!this.#isBegun) await search.begin(this.#scheme);
    this.#isBegun = true;
    const ids = await search.nextToIndex(this.#scheme, batchSize, this.#lookedAt);
    for (let from = 0; from < (ids?.length ?? 0); from += atOnce) {
      const startedAt = performance.now();
      await Promise.all(ids?.slice(from, from + atOnce).map((id) => this.#index(id)) ?? []);
      await delay((performance.now() - startedAt) * restRatio);
    }
    this.#lookedAt = ids?.at(-1);
    return ids?.length ?? 0;
  }

  /** Whose data does not open cannot be found by it; nobody waits for them. */
  async #index(id: string): Promise<void> {
    try {
      await this.#renew(id);
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      this.#parts.log.error({ customer: id, ...describeError(error) }, 'a customer cannot be found by their data');
    }
  }

  async #renew(id: string): Promise<void> {
    const { store, indexKey, program } = this.#parts;
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const record = await store.findCustomerById(id);
      if (record === undefined) return;
      const customer = await openCustomer(this.#parts, record);
      if (customer === undefined) continue;
      const { entries } = searchEntries(indexKey, program, customer.held.text);
      const renewed = { customerId: id, version: record.version, entries, opened: customer.held.opened() };
      if (await store.search.renew(renewed)) return;
    }
    throw new KycError('unavailable', { key: 'error.too_many_changes' }, { retryAfterSeconds: 1 });
  }
}
