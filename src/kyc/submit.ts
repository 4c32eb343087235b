import { CustomerNotFound, KycError } from '../errors.ts';
import { newUuid } from '../lib/ids.ts';
import type { CustomerContext, PutCustomer } from '../sep12/integration.ts';
import type { SoughtTombstones } from '../store/erasure-store.ts';
import type { SealedFile } from '../store/files/sealed-files.ts';
import type { Identity } from '../store/identity.ts';
import type { Consequences } from '../store/standing-store.ts';
import type { ChangeOutcome, CustomerRecord } from '../store/store.ts';
import { createVault, type Vault } from '../vault/vault.ts';
import { identityEntry } from './blind-index.ts';
import { changedIndexes, knownAgainBy } from './changed-indexes.ts';
import { confirmCodes } from './codes/confirm-codes.ts';
import { type Concern, conclude } from './conclude.ts';
import { type Dossier, emptyDossier } from './dossier.ts';
import { isOfNextDocument, noticeExpiry } from './expiry.ts';
import { withConfirmed, withConsent, withValues } from './facts.ts';
import { overQuota } from './file-rules.ts';
import { findReached, identityOf, knownId } from './find-customer.ts';
import type { Matter } from './find-transaction.ts';
import { noteReading } from './note-reading.ts';
import { type DecidingParts, holdValues, type OpenCustomer, openCustomer } from './open-customer.ts';
import { resolveByNames } from './resolve-type.ts';
import { type Submission, toSubmission } from './submission.ts';
import { type Changes, toChanges } from './to-changes.ts';
import { seekTombstones, withTombstones } from './tombstones.ts';
import { openReferences } from './uploads.ts';

/** Whose data it was, and the files nothing refers to any more. */
export interface Submitted {
  readonly id: string;
  readonly orphanedFiles: readonly string[];
}

/** How often a submission is computed anew because another one of the same customer was first. */
const maxAttempts = 200;

/**
 * Creates or updates a customer, whole or not at all. The same data again changes nothing; concurrent first submissions of one
 * subject end in one customer.
 * @throws KycError naming a field that is wrong; nothing is stored then
 * @see SEP-12 § Customer PUT
 */
export async function submit(
  parts: DecidingParts,
  { type, concern, request }: Matter<PutCustomer>,
  context: CustomerContext,
): Promise<Submitted> {
  const { fields } = resolveByNames(type, [], concern.transaction?.fields);
  const submission = toSubmission(parts.program, { ...type, fields }, request);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const record = await findReached(parts.store, request, context);
    if (record === undefined && request.id !== undefined) throw new CustomerNotFound();
    const attempting = record
      ? update(parts, submission, record, concern, context)
      : create(parts, submission, request, concern, context);
    const done = await attempting.catch(async (error: unknown) => {
      const now = await findReached(parts.store, request, context);
      if (now?.version === record?.version) throw error;
      // What was refused may be fine by now: an upload that is gone is the customer's, say, since the same request came twice.
    });
    if (done !== undefined) return done;
  }
  throw new KycError('unavailable', { key: 'error.too_many_changes' }, { retryAfterSeconds: 1 });
}

/** Undefined when another submission registered the subject meanwhile. */
async function create(
  parts: DecidingParts,
  submission: Submission,
  request: PutCustomer,
  concern: Concern,
  context: CustomerContext,
): Promise<Submitted | undefined> {
  const id = newUuid();
  const vault = await createVault(parts.keyRing, id);
  const held = holdValues(vault, []);
  const { kept, ...changes } = toChanges(
    submission,
    vault,
    held,
    await openReferences(parts, submission, held.text, context),
  );
  const identity = identityOf(request);
  const learning = { id, vault, dossier: emptyDossier, version: 1, identity };
  const { facts, sought } = await learn(parts, learning, changes, submission);
  const { consequences } = concludeFrom(parts, facts, changes, { ...submission, concern });
  const told = { ...consequences, ...newConsent(emptyDossier, facts) };
  const customer = { id, identity, wrappedKey: vault.wrappedKey, ...changes, sought, consequences: told };
  return settle(id, kept, parts.store.createCustomer(customer));
}

/** Undefined when the customer was changed meanwhile. */
async function update(
  parts: DecidingParts,
  submission: Submission,
  record: CustomerRecord,
  concern: Concern,
  context: CustomerContext,
): Promise<Submitted | undefined> {
  const customer = await openCustomer(parts, record);
  if (customer === undefined) return undefined;
  try {
    return await updateOpen(parts, submission, customer, concern, context);
  } catch (error) {
    // What is refused was compared with what is held all the same.
    await noteReading(parts, customer, { kind: 'wallet' });
    throw error;
  }
}

async function updateOpen(
  parts: DecidingParts,
  submission: Submission,
  customer: OpenCustomer,
  concern: Concern,
  context: CustomerContext,
): Promise<Submitted | undefined> {
  const { record } = customer;
  const { id, version } = record;
  const { vault, held, dossier } = customer;
  const noticed = noticeExpiry(dossier, parts.program, parts.clock.now().getTime());
  const { kept, ...changes } = toChanges(
    submission,
    vault,
    held,
    await openReferences(parts, submission, held.text, context),
    (key, isNew) => isOfNextDocument(noticed, parts.program, key, isNew),
  );
  const { facts, sought } = await learn(parts, { id, vault, dossier, version: version + 1 }, changes, submission);
  const { consequences, isNews } = concludeFrom(parts, facts, changes, { ...submission, concern });
  const isSame = changes.set.length === 0 && changes.withdraw.length === 0 && facts === dossier && !isNews;
  if (isSame) await noteReading(parts, customer, { kind: 'wallet' });
  const told = { ...consequences, ...newConsent(dossier, facts), opened: held.opened() };
  const next = { id, version, ...changes, sought, consequences: told };
  const done = isSame
    ? { id: knownId(record), orphanedFiles: [] }
    : await settle(knownId(record), kept, parts.store.updateCustomer(next));
  if (done !== undefined) await askAgain(parts, id, facts, submission);
  return done;
}

interface Learning {
  readonly id: string;
  readonly vault: Vault;
  readonly dossier: Dossier;
  /** The customer's version in which all this will be known. */
  readonly version: number;
  /** Of a customer who is new. */
  readonly identity?: Identity;
}

/**
 * The facts after a submission: its values, what its codes confirm of them and of those from before, and what is known of somebody with this
 * identity or these values who was erased.
 */
async function learn(
  parts: DecidingParts,
  { id, vault, dossier, version, identity }: Learning,
  { set, withdraw, read }: Omit<Changes, 'kept'>,
  { codes, consent }: Submission,
): Promise<{ readonly facts: Dossier; readonly sought: SoughtTombstones }> {
  const { program, clock, store, indexKey } = parts;
  const now = clock.now();
  const noticed = withConsent(noticeExpiry(dossier, program, now.getTime()), consent, now.getTime());
  const keys = set.map(({ field }) => field);
  const isChanged = keys.length > 0 || withdraw.length > 0;
  const given = isChanged ? withValues(noticed, version, { set: keys, withdraw }) : noticed;
  const confirmed = await confirmCodes({ store, program }, { id, vault, facts: given.fields }, codes, now);
  const learned = confirmed.size === 0 ? given : withConfirmed(given, [...confirmed], now.getTime());
  const { entries } = knownAgainBy(indexKey, [...keys, ...withdraw], read);
  const own = identity === undefined ? [] : [identityEntry(indexKey, identity)];
  const { matched, sought } = await seekTombstones(parts, [...own, ...entries]);
  return { facts: withTombstones(learned, program, matched), sought };
}

/** What was agreed to that was not before: the audit trail is told. */
function newConsent(before: Dossier, { consent }: Dossier): Pick<Consequences, 'consent'> {
  if (consent === undefined || consent === before.consent) return {};
  return { consent: { version: consent.version, lang: consent.lang } };
}

/** The type that is asked about, and the codes that came. */
interface Concluding {
  readonly concern: Concern;
  readonly codes: Submission['codes'];
}

/** What follows from what is known now. */
function concludeFrom(
  { program, clock, indexKey }: DecidingParts,
  dossier: Dossier,
  { set, withdraw, read }: Omit<Changes, 'kept'>,
  { concern, codes }: Concluding,
): { readonly consequences: Consequences; readonly isNews: boolean } {
  const now = clock.now().getTime();
  const keys = [...set.map(({ field }) => field), ...withdraw];
  const isByCode = keys.length === 0 && codes.size > 0;
  const cause = { kind: isByCode ? 'code' : 'wallet', ...(isByCode && { who: [...codes.keys()].join(' ') }) } as const;
  const { consequences, isNews } = conclude({ program, dossier, cause, now, read, opened: [concern] });
  return { isNews, consequences: { ...consequences, ...changedIndexes({ program, indexKey }, keys, read) } };
}

/**
 * Choice: a value that awaits its code and is sent again, unchanged, asks for another one, if the one that was sent is good for nothing any more. The
 * SEP has no other way to say so, and while a code is good the same body twice does nothing (ruling 15).
 */
async function askAgain(
  { store, clock, program }: DecidingParts,
  customerId: string,
  { fields }: Dossier,
  { texts }: Submission,
): Promise<void> {
  for (const key of texts.keys()) {
    const facts = fields[key];
    const isVerified = program.fields.get(key)?.some((field) => field.verify) ?? false;
    if (facts === undefined || facts.confirmed !== undefined || !isVerified) continue;
    await store.codes.requestCode({ customerId, field: key, rev: facts.rev }, clock.now());
  }
}

/** Choice: the files of a write that failed stay, as its commit may have been done before the connection broke. What nothing refers to is swept. */
async function settle(
  id: string,
  kept: readonly SealedFile[],
  writing: Promise<ChangeOutcome>,
): Promise<Submitted | undefined> {
  const write = await writing.catch((error: unknown) => {
    for (const file of kept) file.keep();
    throw error;
  });
  if (write.outcome === 'conflict') return undefined;
  if (write.outcome === 'over-quota') throw overQuota(write.exceeded);
  for (const file of kept) file.keep();
  return { id, orphanedFiles: write.orphanedFiles };
}
