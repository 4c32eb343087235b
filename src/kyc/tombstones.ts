import { addMonths } from '../lib/clock.ts';
import { newToken } from '../lib/ids.ts';
import type { MatchedTombstone, NewTombstone, SoughtTombstones } from '../store/erasure-store.ts';
import type { Identity } from '../store/identity.ts';
import type { BlindIndexEntry } from '../store/standing-store.ts';
import { openHits } from './assess-checks.ts';
import { identityEntry, identityIndex } from './blind-index.ts';
import { type Dossier, everyCheck, type LastingFinding } from './dossier.ts';
import type { DecidingParts } from './open-customer.ts';
import type { Program } from './program.ts';
import type { ReasonCode } from './reasons.ts';

/** Why whoever shares a value with a rejected person is rejected or looked at: it says nothing of either. */
const sharedReason: ReasonCode = 'rejected-before';

/**
 * By what a customer who is erased is to be known again: undefined unless they stand rejected by a reason that the program marks, or a finding of such
 * a reason is not settled, or they were let in again after one and nobody has decided on them yet. `dossier` is as of now.
 */
export function tombstoneOf(
  { program, indexKey }: Pick<DecidingParts, 'program' | 'indexKey'>,
  dossier: Dossier,
  identities: readonly Identity[],
  now: number,
): NewTombstone | undefined {
  const finding = rejectionOf(dossier, program) ?? hitOf(dossier, program) ?? reopenedOf(dossier, program);
  if (finding === undefined) return undefined;
  const expiresAt = new Date(addMonths(finding.at, program.erasure.tombstones.years * 12));
  if (expiresAt.getTime() <= now) return undefined;
  const entries = identities.map((identity) => identityEntry(indexKey, identity));
  return { id: newToken(), entries, ...finding, at: new Date(finding.at), expiresAt };
}

interface Washable {
  readonly reason: ReasonCode;
  readonly effect: NewTombstone['effect'];
  readonly at: number;
}

/** Choice: it counts from when it was first found, so that coming back and going again makes it no longer. */
function rejectionOf({ standings, finals, rulings }: Dossier, program: Program): Washable | undefined {
  const reasons = marked(program);
  const rejected = Object.values(standings)
    .filter(({ state, reason }) => state === 'rejected' && reason !== undefined && reasons.has(reason))
    .map(({ reason = '', since }) => ({ reason, at: since }));
  const ruled = Object.values(rulings).flatMap(({ outcome, reason, at }) =>
    outcome === 'rejected' && reason !== undefined && reasons.has(reason) ? [{ reason, at }] : [],
  );
  const all = [...ruled, ...rejected];
  if (all.length === 0) return undefined;
  const codes = new Set(all.map(({ reason }) => reason));
  const found = Object.values(finals).filter(({ reason }) => codes.has(reason));
  return { ...earliest([...all, ...found]), effect: 'reject' };
}

function hitOf(dossier: Dossier, program: Program): Washable | undefined {
  const hits = [...program.types.values()]
    .flatMap((type) => openHits(dossier, type))
    .filter(({ reason }) => marked(program).has(reason));
  return hits.length === 0 ? undefined : { ...earliest(hits), effect: 'review' };
}

/** Going away and coming back spares nobody the person who decides on whom people have reopened. */
function reopenedOf({ rulings, finals }: Dossier, program: Program): Washable | undefined {
  const reasons = marked(program);
  const known = Object.values(rulings).flatMap(({ outcome, reason, at, checks }) => {
    if (outcome !== 'reopened') return [];
    const found = checks.flatMap((key) => finals[key] ?? []);
    return reason === undefined ? found : [{ reason, at }, ...found];
  });
  const washable = known.filter(({ reason }) => reasons.has(reason));
  return washable.length === 0 ? undefined : { ...earliest(washable), effect: 'review' };
}

/** Whoever was known again is so the next time, too, by whatever is new of them. */
function marked({ erasure }: Program): ReadonlySet<ReasonCode> {
  const { reasons } = erasure.tombstones;
  return reasons.size === 0 ? reasons : new Set([...reasons, sharedReason]);
}

function earliest<T extends { readonly reason: ReasonCode; readonly at: number }>(
  found: readonly T[],
): { reason: ReasonCode; at: number } {
  const [first] = found.toSorted((a, b) => a.at - b.at || (a.reason < b.reason ? -1 : 1));
  if (first === undefined) throw new Error('nothing was found');
  return { reason: first.reason, at: first.at };
}

/**
 * The facts with what tombstones say of whoever matches them. The same identity is the same person; the same value may be another's, so the program says
 * what becomes of them.
 */
export function withTombstones(dossier: Dossier, program: Program, matched: readonly MatchedTombstone[]): Dossier {
  return matched.reduce((known, tombstone) => withTombstone(known, program, tombstone), dossier);
}

/** Tombstones by these entries, and what a change that relies on them is held to. @see ValueChanges.sought */
export async function seekTombstones(
  { store, clock }: Pick<DecidingParts, 'store' | 'clock'>,
  entries: readonly BlindIndexEntry[],
): Promise<{ readonly matched: readonly MatchedTombstone[]; readonly sought: SoughtTombstones }> {
  const matched = entries.length === 0 ? [] : await store.erasures.findTombstones(entries, clock.now());
  return { matched, sought: { entries, found: matched.map(({ id }) => id) } };
}

function withTombstone(dossier: Dossier, program: Program, { id, index, effect, ...found }: MatchedTombstone): Dossier {
  const isSelf = index === identityIndex;
  const { values } = program.erasure.tombstones;
  if (!isSelf && values === 'ignore') return dossier;
  const isRejected = effect === 'reject' && (isSelf || values === 'reject');
  const part = isRejected ? 'finals' : 'hits';
  const key = keyOf(id);
  // Whoever is rejected for it need not be looked at for it.
  if (key in dossier[part] || key in dossier.finals) return dossier;
  const said = isSelf ? ({ reason: found.reason, isSelf } as const) : { reason: sharedReason };
  const finding: LastingFinding = { check: everyCheck, ...said, at: found.at.getTime() };
  return { ...dossier, [part]: { [key]: finding, ...dossier[part] } };
}

const prefix = 'tombstone|';

function keyOf(id: string): string {
  return `${prefix}${id}`;
}

/**
 * Tombstones that one dossier passes over and the one before did not: what people have decided of somebody ends their own. Choice: not those of others with whom
 * they share a value. That this one is fine says nothing of the one who was rejected, who would come back unknown.
 */
export function liftedBetween(before: Dossier, after: Dossier): readonly string[] {
  const passedOver = ({ rulings }: Dossier): Set<string> =>
    new Set(Object.values(rulings).flatMap(({ checks }) => checks.filter((key) => key.includes(prefix))));
  const known = passedOver(before);
  const isOwn = (key: string): boolean => (after.finals[key] ?? after.hits[key])?.isSelf === true;
  return [...passedOver(after)]
    .filter((key) => !known.has(key) && isOwn(key))
    .map((key) => key.slice(key.lastIndexOf('|') + 1));
}
