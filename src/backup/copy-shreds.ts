import type { SqlShredKeys } from '../store/sql/sql-shred-keys.ts';

/** What bringing a copy up to date has done. */
export interface CopiedShreds {
  /** How many shred keys the copy has now. */
  readonly keys: number;
  readonly added: number;
  /** How many of the copy were destroyed because they were in the store. */
  readonly destroyed: number;
}

/** The store and its copy contradict each other: one of them is damaged, or no store of these. Nothing was taken off the copy. */
export class ShredsDamaged extends Error {
  constructor(what: string) {
    super(`the shred store and its copy contradict each other: ${what}; keep both, and restore from the copy`);
    this.name = 'ShredsDamaged';
  }
}

const atOnce = 1000;

/**
 * Brings a copy of the shred store up to date, in place: keys that are new are added, and those that were destroyed since are destroyed in the copy, too. There
 * is no older copy of it, and so no way back to who was erased. A key leaves the copy for having been destroyed, never for being missing.
 * @throws ShredsDamaged
 */
export async function copyShreds(from: SqlShredKeys, to: SqlShredKeys, now: () => Date): Promise<CopiedShreds> {
  if (from.id !== to.id) throw new TypeError('expected a copy of this shred store; this is one of another store');
  const added = await addNew(from, to);
  const destroyed = await destroyGone(from, to, now());
  const keys = await holdTo(from, to);
  await to.noteCopied(now());
  return { keys, added, destroyed };
}

async function addNew(from: SqlShredKeys, to: SqlShredKeys): Promise<number> {
  let added = 0;
  for (let after = ''; ; ) {
    const rows = await from.list(atOnce, after);
    const last = rows.at(-1)?.owner;
    if (last === undefined) return added;
    const known = await keysBetween(to, after, last);
    const altered = rows.find(({ owner, key }) => !isSame(known.get(owner) ?? key, key));
    if (altered !== undefined) throw new ShredsDamaged('a key is another one in the copy');
    const fresh = rows.filter(({ owner }) => !known.has(owner));
    await to.add(fresh);
    added += fresh.length;
    after = last;
  }
}

/** All that the copy has there, which may be more than the store has. */
async function keysBetween(shreds: SqlShredKeys, after: string, to: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const known = new Map<string, Uint8Array>();
  for (let from = after; ; ) {
    const rows = await shreds.list(atOnce, from, to);
    for (const { owner, key } of rows) known.set(owner, key);
    const last = rows.at(-1)?.owner;
    if (last === undefined) return known;
    from = last;
  }
}

async function destroyGone(from: SqlShredKeys, to: SqlShredKeys, at: Date): Promise<number> {
  let destroyed = 0;
  for (let after = ''; ; ) {
    const owners = await from.listDestroyed(atOnce, after);
    const last = owners.at(-1);
    if (last === undefined) return destroyed;
    const known = new Set(await to.listDestroyed(atOnce, after));
    const fresh = owners.filter((owner) => !known.has(owner));
    for (const owner of fresh) if ((await to.find(owner)) !== undefined) destroyed += 1;
    if (fresh.length > 0) await to.destroy(fresh, at);
    after = last;
  }
}

/** Whatever the copy has must be in the store, or be destroyed there by now. Answers how many keys that are. */
async function holdTo(from: SqlShredKeys, to: SqlShredKeys): Promise<number> {
  let count = 0;
  for (let after = ''; ; ) {
    const rows = await to.list(atOnce, after);
    const last = rows.at(-1)?.owner;
    if (last === undefined) return count;
    const there = await keysBetween(from, after, last);
    for (const { owner } of rows) {
      if (there.has(owner)) continue;
      if ((await from.find(owner)) === undefined && !(await from.isDestroyed(owner)))
        throw new ShredsDamaged('the store lacks a key that the copy has, and never destroyed it');
    }
    count += rows.length;
    after = last;
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.from(one).equals(other);
}
