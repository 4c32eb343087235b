import { KycError } from '../errors.ts';
import { type KeyRing, SealBroken, type WrappedKey } from './key-ring.ts';

/** The tables in which wrapped data keys lie. */
export const keyPlaces = ['customers', 'uploads', 'payments', 'index_keys'] as const;

/** As which owner a payment's data key is kept; no customer or upload goes by that. */
export function paymentOwner(id: string): string {
  return `payment ${id}`;
}

/** @see keyPlaces */
export type KeyPlace = (typeof keyPlaces)[number];

/** A wrapped data key where it lies. */
export interface WrappedRow extends WrappedKey {
  readonly id: string;
}

/** A data key that is wrapped anew. */
export interface Rewrapping {
  readonly id: string;
  readonly from: WrappedKey;
  readonly to: WrappedKey;
}

/** How many data keys of a place a key wraps. */
export interface KeyUse {
  readonly kekId: string;
  readonly place: KeyPlace;
  readonly count: number;
}

/** Where wrapped data keys lie, for those who wrap them anew. */
export interface WrappedRows {
  /** Which keys wrap how many data keys where; keys that wrap none are not among them. */
  listKeyUses(): Promise<readonly KeyUse[]>;
  /** Some of what a key wraps, by id, after an id ('' for the first). */
  listWrapped(place: KeyPlace, kekId: string, after: string, limit: number): Promise<readonly WrappedRow[]>;
  /** Puts each in the place of what it was made from, and leaves alone what has changed or gone since; answers how many. Changes nothing else of an owner. */
  replaceWrapped(place: KeyPlace, rewrappings: readonly Rewrapping[]): Promise<number>;
  /** From now on nothing is stored that this key wraps. */
  retireKey(kekId: string, at: Date): Promise<void>;
  /** Takes that back. */
  reinstateKey(kekId: string): Promise<void>;
}

/** For whom the data key of a row is wrapped. */
export const ownerOf: { readonly [P in KeyPlace]: (id: string) => string } = {
  customers: (id) => id,
  uploads: (id) => `file_${id}`,
  index_keys: (name) => name,
  payments: paymentOwner,
};

/** How a rotation goes. */
export interface Pace {
  /** Data keys a transaction. */
  readonly batchSize: number;
  /** How many of them are wrapped at the same time. */
  readonly atOnce: number;
  /** Rest after each batch, so that others get to write. */
  readonly rest: () => Promise<unknown>;
}

/** A data key that could not be wrapped anew: it does not open. */
export interface Unrotated {
  readonly place: KeyPlace;
  readonly id: string;
}

/** What a rotation did. */
export interface Rotation {
  readonly rewrapped: number;
  readonly unrotated: readonly Unrotated[];
}

/**
 * Wraps the data keys that `kekId` wraps anew, under the ring's current key, while servers run. Nothing of where it was is kept: what was wrapped anew
 * is not found again, so that after a crash another run goes on.
 * @param note told how many more are done
 * @throws KycError `unavailable` when a key service or the database is away; what was done stays done
 */
export async function rotateKey(
  { ring, rows }: { readonly ring: KeyRing; readonly rows: WrappedRows },
  kekId: string,
  { batchSize, atOnce, rest }: Pace,
  note: (count: number) => void,
): Promise<Rotation> {
  let rewrapped = 0;
  const unrotated: Unrotated[] = [];
  for (const place of keyPlaces) {
    for (let after = ''; ; ) {
      const batch = await rows.listWrapped(place, kekId, after, batchSize);
      const last = batch.at(-1);
      if (last === undefined) break;
      after = last.id;
      const done = await rewrapAll(ring, place, batch, atOnce);
      for (const { id } of batch.filter(({ id }) => done.every((one) => one.id !== id))) unrotated.push({ place, id });
      const count = await rows.replaceWrapped(place, done);
      rewrapped += count;
      note(count);
      await rest();
    }
  }
  return { rewrapped, unrotated };
}

async function rewrapAll(
  ring: KeyRing,
  place: KeyPlace,
  batch: readonly WrappedRow[],
  atOnce: number,
): Promise<Rewrapping[]> {
  const done: Rewrapping[] = [];
  for (let from = 0; from < batch.length; from += atOnce) {
    const some = await Promise.all(batch.slice(from, from + atOnce).map((row) => rewrap(ring, place, row)));
    done.push(...some.filter((one) => one !== undefined));
  }
  return done;
}

/** Undefined for one that does not open: the others go on. */
async function rewrap(
  ring: KeyRing,
  place: KeyPlace,
  { id, kekId, bytes }: WrappedRow,
): Promise<Rewrapping | undefined> {
  const from = { kekId, bytes };
  try {
    return { id, from, to: await ring.rewrap(from, ownerOf[place](id)) };
  } catch (error) {
    if (error instanceof SealBroken) return undefined;
    throw error;
  }
}

/**
 * Ends the use of a key: from then on no process stores anything under it, whatever its settings are, and servers start without it. Marking it waits for
 * the transactions that are about to store something under it, as each of them has asked whether it may; so what was under way is there when it is
 * counted again, and then the key stays in use.
 * @throws KycError `not_possible` while anything is wrapped by it, or when it is the current one
 */
export async function retireKey(
  { ring, rows, now }: { readonly ring: KeyRing; readonly rows: WrappedRows; readonly now: () => Date },
  kekId: string,
): Promise<void> {
  if (kekId === ring.currentId)
    throw new KycError('not_possible', `'${kekId}' is the current key: put another one first`);
  await requireUnused(rows, kekId);
  await rows.retireKey(kekId, now());
  try {
    await requireUnused(rows, kekId);
  } catch (error) {
    await rows.reinstateKey(kekId);
    throw error;
  }
}

async function requireUnused(rows: WrappedRows, kekId: string): Promise<void> {
  const uses = (await rows.listKeyUses()).filter((use) => use.kekId === kekId);
  if (uses.length === 0) return;
  const what = uses.map(({ place, count }) => `${count} of ${place}`).join(', ');
  throw new KycError('not_possible', `'${kekId}' still wraps data keys (${what}): anchor-kyc keys rotate`);
}
