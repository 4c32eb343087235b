import { addMonths } from '../lib/clock.ts';
import { describeError, type Logger } from '../lib/log.ts';
import type { AuditActor } from '../store/audit-store.ts';
import type { NewRetention } from '../store/erasure-store.ts';
import type { SealedFiles } from '../store/files/sealed-files.ts';
import type { CustomerRecord } from '../store/store.ts';
import { SealBroken } from '../vault/key-ring.ts';
import { openVault, type Vault } from '../vault/vault.ts';
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
  approved?: {
    readonly version: number;
    readonly proposal: string;
    readonly proposedBy: string;
    readonly by: AuditActor;
  },
): Promise<Erased | undefined> {
  const { store, clock, keyRing } = parts;
  const { current, dossier, vault } = await asOfNow(parts, record);
  if (current === undefined) return undefined;
  const { id, version } = current;
  if (approved !== undefined && version !== approved.version) return undefined;
  const identities = await store.accounts.listIdentities(id);
  const retain = await retentionOf(parts, id, vault?.seal(identitiesName, JSON.stringify(identities)));
  const tombstone = tombstoneOf(parts, dossier, identities, clock.now().getTime());
  const write = await store.deleteCustomer(id, {
    version,
    isLost: vault === undefined,
    ...(approved && { proposal: approved.proposal, proposedBy: approved.proposedBy, by: approved.by }),
    ...(retain && { retain }),
    ...(tombstone && { tombstone }),
  });
  if (write.outcome === 'conflict') return undefined;
  keyRing.forget(id);
  await removeOrphans(parts, write.orphanedFiles);
  return retain === undefined ? 'destroyed' : 'retained';
}

/** A customer who may be erased, as they are now. */
export interface Erasable {
  /** Undefined when they are gone. */
  readonly current: CustomerRecord | undefined;
  readonly dossier: Dossier;
  /** Undefined when the data key does not open, so that nothing of them can be read. */
  readonly vault: Vault | undefined;
}

/**
 * What time and the program have changed is written first, so that nobody is taken for one who was never accepted, or never rejected. Choice: whose data does
 * not open can be erased all the same, by what was known of them last.
 */
export async function asOfNow(parts: ErasingParts, { id }: CustomerRecord): Promise<Erasable> {
  try {
    await changeFacts(parts, id, { cause: (dossier) => ({ kind: causeOf(dossier, parts.program) }) });
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    parts.log.warn({ customer: id, ...describeError(error) }, 'a customer is to be erased whose data does not open');
  }
  const current = await parts.store.findCustomerById(id);
  const dossier = (current && dossierOf(current)) ?? emptyDossier;
  return { current, dossier, vault: current && (await findVault(parts, current)) };
}

/** The vault of a customer; undefined when the data key does not open. @throws KycError `unavailable` */
export async function findVault(
  { keyRing }: Pick<DecidingParts, 'keyRing'>,
  { id, wrappedKey }: CustomerRecord,
): Promise<Vault | undefined> {
  try {
    return await openVault(keyRing, id, wrappedKey);
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    return undefined;
  }
}

/**
 * How the customer must be kept; undefined when they need not be. Choice: what nobody can read is kept as well. The law may ask for it, it harms nobody, and it opens
 * again if the other half of its key is found.
 */
async function retentionOf(
  { store, program, clock, transactions }: ErasingParts,
  id: string,
  sealedIdentities: Uint8Array | undefined,
): Promise<NewRetention | undefined> {
  const { retention } = program.erasure;
  const { wasAccepted, hold } = await store.erasures.findTies(id);
  const isOwed = retention !== undefined && (wasAccepted || (await transactions?.hasAny?.(id)) === true);
  if (!isOwed && hold === undefined) return undefined;
  const now = clock.now();
  return {
    deleteAfter: isOwed ? new Date(addMonths(now.getTime(), retention.years * 12)) : now,
    ground: isOwed ? retention.ground : heldGround,
    sealedIdentities,
    keepIndexes: isOwed && retention.duplicates,
  };
}

/** On what ground somebody is kept whom nothing but a hold keeps. */
const heldGround = 'legal hold';
