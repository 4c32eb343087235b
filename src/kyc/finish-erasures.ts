import { describeError } from '../lib/log.ts';
import type { Store } from '../store/store.ts';
import { SealBroken } from '../vault/key-ring.ts';
import type { ShreddedKeyRing, ShredKeys } from '../vault/shred-keys.ts';
import type { ErasingParts } from './erase.ts';
import { removeOrphans } from './remove-orphans.ts';

/** What finishing erasures needs. */
export interface FinishingParts extends ErasingParts {
  /** Undefined where data keys are whole. */
  readonly shreds: ShredKeys | undefined;
  readonly shreddedRing: ShreddedKeyRing | undefined;
}

const atOnce = 200;
/** Cleaning the log of the database costs a few writes to the disk. */
const scrubEveryMs = 1000;

/** What is done behind erasures. Each of these may be done by any number of processes, stopped anywhere and done again. */
export class ErasureWork {
  readonly #parts: FinishingParts;
  #scrubbedAt = Number.NEGATIVE_INFINITY;
  #lookedAt: string | undefined;
  #isUpgraded = false;

  constructor(parts: FinishingParts) {
    this.#parts = parts;
  }

  /**
   * Destroys the shred keys of owners who are gone, and what the database still holds of them in older versions of its pages; answers of how many. Somebody
   * who reads those is not waited for: it is all done again then.
   */
  async shred(): Promise<number> {
    const { store, shreds, clock } = this.#parts;
    if (performance.now() < this.#scrubbedAt + scrubEveryMs) return 0;
    const owners = await store.erasures.listShreds(atOnce);
    if (owners.length === 0) return 0;
    this.#scrubbedAt = performance.now();
    const isShredded = (await shreds?.destroy(owners, clock.now())) ?? true;
    if (!isShredded || !(await store.scrub())) return 0;
    await store.erasures.forgetShreds(owners);
    return owners.length;
  }

  /** Destroys what need not be kept any longer, with a certificate of each, and tombstones that have ended; answers how many customers that were. */
  async purge(): Promise<number> {
    const { store, clock, log, keyRing } = this.#parts;
    const now = clock.now();
    await store.erasures.removeTombstones(now);
    let count = 0;
    for (const id of await store.erasures.findPurgeable(now, atOnce)) {
      const purged = await store.erasures.purge(id, now);
      if (purged === undefined) continue;
      count += 1;
      keyRing.forget(id);
      await removeOrphans(this.#parts, purged.files);
      const { ground, erasedAt, deleteAfter, values, files } = purged;
      const certificate = { customer: id, ground, values, files: files.length };
      log.info(
        { ...certificate, erasedAt: erasedAt.toISOString(), deleteAfter: deleteAfter.toISOString() },
        'what was kept of an erased customer was destroyed',
      );
    }
    return count;
  }

  /** Gives data keys of earlier releases their other half, some at a time; answers how many it looked at. */
  async upgrade(): Promise<number> {
    const { store, shreddedRing } = this.#parts;
    if (shreddedRing === undefined || this.#isUpgraded) return 0;
    const some = await store.erasures.nextUnshredded(atOnce, this.#lookedAt);
    this.#isUpgraded = some === undefined;
    for (const { id, wrappedKey } of some ?? []) {
      const upgraded = await shreddedRing.upgrade(wrappedKey, id).catch((error: unknown) => this.#broken(id, error));
      // Wrapped anew by somebody else meanwhile, and as likely without its other half as before: the next time begins with it.
      if (upgraded !== undefined && !(await store.erasures.rewrap(id, wrappedKey, upgraded))) break;
      this.#lookedAt = id;
    }
    return some?.length ?? 0;
  }

  #broken(customer: string, error: unknown): undefined {
    if (!(error instanceof SealBroken)) throw error;
    this.#parts.log.error({ customer, ...describeError(error) }, 'a data key does not open');
  }
}

/**
 * Erases again whom a restored backup has brought back: their shred keys are gone, and what is stored of their standing must not be told. To be done
 * before anything is served. Answers how many there were.
 */
export async function eraseRestored(store: Pick<Store, 'erasures'>, shreds: ShredKeys): Promise<number> {
  let count = 0;
  for (let after: string | undefined = ''; after !== undefined; ) {
    const destroyed: readonly string[] = await shreds.listDestroyed(500, after);
    count += await store.erasures.destroyRestored(destroyed);
    after = destroyed.at(-1);
  }
  return count;
}
