import { addMonths } from '../lib/clock.ts';
import { describeError, type Logger } from '../lib/log.ts';
import type { AuditActor } from '../store/audit-store.ts';
import type { NewRetention } from '../store/erasure-store.ts';
import type { SealedFiles } from '../store/files/sealed-files.ts';
import type { Identity } from '../store/identity.ts';
import type { CustomerRecord } from '../store/store.ts';
import { SealBroken } from '../vault/key-ring.ts';
import { openVault } from '../vault/vault.ts';
import { changeFacts } from './change-facts.ts';
import { type Dossier, emptyDossier } from './dossier.ts';
import { causeOf } from './look-at.ts';
import { type DecidingParts, dossierOf } from './open-customer.ts';
import { removeOrphans } from './remove-orphans.ts';
import { tombstoneOf } from './tombstones.ts';
import type { TransactionLookup } from './transactions.ts';

/** What erasing customers needs. */
export interface ErasingParts extends DecidingParts {
  readonly files: SealedFiles;
  readonly log: Logger;
  readonly transactions?: TransactionLookup;
}

/** What became of a customer: destroyed, or kept out of sight because they must be. */
export type Erased = 'destroyed' | 'retained';

/** The name under which the identities of an erased customer are sealed. No field of a program can have it. */
export const identitiesName = 'identities of an erased customer';

/**
 * Erases a customer: at once where nothing must be kept, else into restricted retention. Whoever asks cannot tell which.
 * @param approved the proposal that is carried out, and the version it is for
 * @returns undefined when the customer has changed meanwhile, or is gone; nothing was done then
 */
export async function erase(
  parts: ErasingParts,
  record: CustomerRecord,
  approved?: { readonly version: number; readonly proposal: string; readonly by: AuditActor },
): Promise<Erased | undefined> {
  const { store, clock, keyRing } = parts;
  const { current, dossier } = await asOfNow(parts, record);
  if (current === undefined) return undefined;
  const { id, version } = current;
  if (approved !== undefined && version !== approved.version) return undefined;
  const identities = await store.accounts.listIdentities(id);
  const retain = await retentionOf(parts, current, identities);
  const tombstone = tombstoneOf(parts, dossier, identities, clock.now().getTime());
  const write = await store.deleteCustomer(id, {
    version,
    ...(approved && { proposal: approved.proposal, by: approved.by }),
    ...(retain && { retain }),
    ...(tombstone && { tombstone }),
  });
  if (write.outcome === 'conflict') return undefined;
  keyRing.forget(id);
  await removeOrphans(parts, write.orphanedFiles);
  return retain === undefined ? 'destroyed' : 'retained';
}

/**
 * What time and the program have changed is written first, so that nobody is taken for one who was never accepted, or never rejected. Choice: whose data does
 * not open can be erased all the same, by what was known of them last.
 */
async function asOfNow(
  parts: ErasingParts,
  record: CustomerRecord,
): Promise<{ readonly current: CustomerRecord | undefined; readonly dossier: Dossier }> {
  try {
    await changeFacts(parts, record.id, { cause: (dossier) => ({ kind: causeOf(dossier, parts.program) }) });
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    parts.log.warn({ customer: record.id, ...describeError(error) }, 'a customer is erased whose data does not open');
  }
  const current = await parts.store.findCustomerById(record.id);
  return { current, dossier: (current && dossierOf(current)) ?? emptyDossier };
}

/** How the customer must be kept; undefined when they need not be. */
async function retentionOf(
  { store, program, clock, keyRing, transactions }: ErasingParts,
  { id, wrappedKey }: CustomerRecord,
  identities: readonly Identity[],
): Promise<NewRetention | undefined> {
  const { retention } = program.erasure;
  const { wasAccepted, hold } = await store.erasures.findTies(id);
  const isOwed = retention !== undefined && (wasAccepted || (await transactions?.hasAny?.(id)) === true);
  if (!isOwed && hold === undefined) return undefined;
  const now = clock.now();
  const vault = await openVault(keyRing, id, wrappedKey);
  return {
    deleteAfter: isOwed ? new Date(addMonths(now.getTime(), retention.years * 12)) : now,
    ground: isOwed ? retention.ground : heldGround,
    sealedIdentities: vault.seal(identitiesName, JSON.stringify(identities)),
    keepIndexes: isOwed && retention.duplicates,
  };
}

/** On what ground somebody is kept whom nothing but a hold keeps. */
const heldGround = 'legal hold';
