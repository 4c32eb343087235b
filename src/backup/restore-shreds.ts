import type { SqlShredKeys } from '../store/sql/sql-shred-keys.ts';
import type { Store } from '../store/store.ts';

/** What a copy of the shred store has brought back. */
export interface RestoredShreds {
  readonly keys: number;
  /** Owners in the copy who were erased after it was made: their keys were destroyed again. */
  readonly erasedAgain: number;
  /** Ids of customers whose shred key the copy lacks. */
  readonly lost: readonly string[];
}

const atOnce = 1000;

/**
 * Fills a new shred store from a copy, and destroys at once whom the database knows to be gone: an older copy brings nobody back.
 * @param to a new store of the same id
 */
export async function restoreShreds(
  from: SqlShredKeys,
  to: SqlShredKeys,
  store: Pick<Store, 'erasures' | 'keys'>,
  now: Date,
): Promise<RestoredShreds> {
  const copiedAt = await from.findCopiedAt();
  if (copiedAt === undefined)
    throw new TypeError('expected a copy that is whole; the making of this one has not ended');
  await destroyAgain(from, to, now);
  let [keys, erasedAgain] = [0, 0];
  for (let after = ''; ; ) {
    const rows = await from.list(atOnce, after);
    const last = rows.at(-1)?.owner;
    if (last === undefined) break;
    const owners = rows.map(({ owner }) => owner);
    const gone = new Set(await store.erasures.findGone(owners, copiedAt));
    await to.destroy([...gone], now);
    await to.add(rows.filter(({ owner }) => !gone.has(owner)));
    erasedAgain += gone.size;
    keys += rows.length - gone.size;
    after = last;
  }
  return { keys, erasedAgain, lost: await customersWithout(to, store) };
}

/** Who was destroyed stays so: whom an old copy of the database brings back is erased at its next start. */
async function destroyAgain(from: SqlShredKeys, to: SqlShredKeys, at: Date): Promise<void> {
  for (let after: string | undefined = ''; after !== undefined; ) {
    const owners: readonly string[] = await from.listDestroyed(atOnce, after);
    if (owners.length > 0) await to.destroy(owners, at);
    after = owners.at(-1);
  }
}

/** Also those whose data key is of a release before shred keys, and opens without. */
async function customersWithout(shreds: SqlShredKeys, { keys }: Pick<Store, 'keys'>): Promise<readonly string[]> {
  const lost: string[] = [];
  const uses = (await keys.listKeyUses()).filter(({ place }) => place === 'customers');
  for (const { kekId } of uses) {
    for (let after: string | undefined = ''; after !== undefined; ) {
      const rows = await keys.listWrapped('customers', kekId, after, atOnce);
      const last: string | undefined = rows.at(-1)?.id;
      for (const { id } of rows) if ((await shreds.find(id)) === undefined) lost.push(id);
      after = last;
    }
  }
  return lost;
}
