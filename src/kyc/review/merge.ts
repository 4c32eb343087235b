import type { Merge } from '../../store/account-store.ts';
import { callbackName } from '../../store/callback-store.ts';
import type { SealedValue } from '../../store/store.ts';
import { blindIndexes, indexEntries } from '../blind-index.ts';
import { conclude } from '../conclude.ts';
import type { Dossier } from '../dossier.ts';
import { openEvidence, sealEvidence } from '../evidence.ts';
import { noticeExpiry } from '../expiry.ts';
import { searchEntries } from '../search-index.ts';
import { mergedFacts, requireAgreement } from './merge-facts.ts';
import { noteName } from './notes.ts';
import { requireRole } from './operator.ts';
import { type ActContext, type Current, openAt, type ReviewParts, stale } from './parts.ts';
import { notPossible } from './rule.ts';

/** Which customer becomes part of which, each as the operator looked at them. */
export interface MergeOrder extends ActContext {
  /** The one that stays. */
  readonly into: { readonly customerId: string; readonly version: number };
}

/**
 * Makes one customer of two that are the same person. The identities of the one name the other from then on, whose wallets go on using the
 * id they know; values that the other lacks, history, findings and notes come along, sealed anew; what is left is deleted. Answers the version to name next.
 * @throws KycError `not_possible` when the one is accepted for a type and the other rejected for good; `stale`
 */
export async function merge(parts: ReviewParts, order: MergeOrder): Promise<{ customerId: string; version: number }> {
  requireRole(order.operator, 'lead');
  const from = await openAt(parts, order.customerId, order.version);
  const into = await openAt(parts, order.into.customerId, order.into.version);
  const { id, version } = into.customer.record;
  if (from.customer.record.id === id) throw notPossible('they are one customer already');
  const pair = { from: { id: from.customer.record.id, dossier: from.customer.dossier }, into: into.customer };
  requireAgreement(pair);
  const { hold } = await parts.store.erasures.findTies(pair.from.id);
  if (hold !== undefined) throw notPossible('the customer is under a legal hold: merge the other one into it');
  const write = await parts.store.accounts.merge(await composeMerge(parts, order, from, into));
  if (write.outcome === 'conflict') throw stale();
  parts.keyRing.forget(from.customer.record.id);
  await parts.removeFiles(write.orphanedFiles);
  return { customerId: id, version: version + 1 };
}

async function composeMerge(
  parts: ReviewParts,
  { operator }: MergeOrder,
  from: Current,
  into: Current,
): Promise<Merge> {
  const { program, clock, indexKey } = parts;
  const now = clock.now().getTime();
  const { id, version } = into.customer.record;
  const taken = takenKeys(from, into);
  const facts = (dossier: Dossier): Dossier => noticeExpiry(dossier, program, now);
  const pair = {
    from: { id: from.customer.record.id, dossier: facts(from.customer.dossier) },
    into: { dossier: facts(into.customer.dossier) },
  };
  const dossier = mergedFacts(pair, taken, version + 1, now);
  const read = (key: string): string | undefined =>
    (taken.includes(key) ? from.customer : into.customer).held.text(key);
  const cause = { kind: 'merge', who: operator.name } as const;
  const { consequences } = conclude({ program, dossier, cause, now, read });
  const search = searchEntries(indexKey, program, read);
  const indexes = {
    names: [...blindIndexes.map(({ name }) => name), ...search.names],
    entries: [...indexEntries(indexKey, read), ...search.entries],
  };
  const review = { act: { act: 'merge', operator: operator.name } };
  return {
    from: { id: from.customer.record.id, version: from.customer.record.version },
    into: {
      id,
      version,
      set: taken.map((key) => sealed(into, key, read(key) ?? '')),
      withdraw: [],
      files: [],
      consequences: { ...consequences, indexes, review },
    },
    files: taken,
    ...(await resealed(parts, from, into)),
  };
}

/** Values of the one that the other lacks. */
function takenKeys(from: Current, into: Current): readonly string[] {
  return Object.keys(from.customer.dossier.fields).filter(
    (key) => from.customer.held.has(key) && !into.customer.held.has(key),
  );
}

function sealed({ customer }: Current, key: string, value: string): SealedValue {
  return { field: key, sealed: customer.vault.seal(key, value) };
}

/** What is kept beside the values, under the key of the customer that stays. */
async function resealed(
  { store }: ReviewParts,
  from: Current,
  into: Current,
): Promise<Pick<Merge, 'evidence' | 'notes' | 'callbacks'>> {
  const { id } = from.customer.record;
  const { id: intoId } = into.customer.record;
  const again = (name: string, bytes: Uint8Array, nameThere = name): Buffer =>
    into.customer.vault.seal(nameThere, from.customer.vault.open(name, bytes));
  const { notes } = await store.reviews.findFile(id);
  const evidence = await store.standings.listEvidence(id);
  const callbacks = await store.callbacks.listCallbacks(id);
  return {
    notes: notes.map((note) => ({ ...note, sealed: again(noteName(note.id), note.sealed) })),
    evidence: evidence.map((row) => {
      const found = openEvidence(from.customer.vault, row, row.sealed);
      const place = { ...row, origin: row.origin ?? id };
      return { ...row, sealed: sealEvidence(into.customer.vault, place, found) };
    }),
    callbacks: callbacks.map(({ id: callbackId, setAt, sealedUrl }) => ({
      ...{ id: callbackId, setAt },
      sealedUrl: again(callbackName(id, callbackId), sealedUrl, callbackName(intoId, callbackId)),
    })),
  };
}
