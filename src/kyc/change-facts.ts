import { KycError } from '../errors.ts';
import type { FileRow } from '../store/file-store.ts';
import type { Consequences } from '../store/standing-store.ts';
import type { CustomerRecord, CustomerUpdate, SealedValue } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';
import { type Concern, type Conclusion, conclude } from './conclude.ts';
import type { Dossier } from './dossier.ts';
import { noticeExpiry } from './expiry.ts';
import { noteReading } from './note-reading.ts';
import { type DecidingParts, type OpenCustomer, openCustomer } from './open-customer.ts';
import type { Cause } from './states.ts';

/** What came to be known of a customer whose values stay as they are. */
export interface FactChange {
  readonly cause: (dossier: Dossier) => Cause;
  /** Adds the facts. Left out, only time or the program may have changed something. */
  readonly learn?: (dossier: Dossier, now: number) => Dossier;
  /** What is written with it. */
  readonly also?: (vault: Vault, dossier: Dossier) => AlsoWritten;
  /** Told of files that nothing refers to any more. */
  readonly onOrphans?: (ids: readonly string[]) => void;
  /** Looks at what follows before it is written. What it throws is thrown on, and nothing is written. */
  readonly verify?: (after: Dossier) => void;
  readonly opened?: readonly Concern[];
  readonly isGlance?: boolean;
  /** @see Change.closed */
  readonly closed?: readonly string[];
  /** Whether it would be done again in the same way, should a crash undo it. */
  readonly isRepeatable?: boolean;
}

/** What may be written with facts: the end of a run, what it found, what an operator leaves, and values that say the same as before in another form. */
export interface AlsoWritten extends Pick<Consequences, 'finished' | 'evidence' | 'review'>, Partial<Restated> {}

interface Restated {
  readonly set: readonly SealedValue[];
  readonly files: readonly FileRow[];
}

const maxAttempts = 50;

/**
 * Adds facts to a customer, whatever else happens to them meanwhile. Answers the dossier as it is then; undefined when there is no such
 * customer (any more).
 */
export async function changeFacts(parts: DecidingParts, id: string, change: FactChange): Promise<Dossier | undefined> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const record = await parts.store.findCustomerById(id);
    if (record === undefined) return undefined;
    const dossier = await tryChange(parts, record, change);
    if (dossier !== undefined) return dossier;
  }
  throw new KycError('unavailable', { key: 'error.too_many_changes' }, { retryAfterSeconds: 1 });
}

/** The same for a customer at one version: undefined when they are at another one by now, and nothing was written. */
export async function tryChange(
  parts: DecidingParts,
  record: CustomerRecord,
  change: FactChange,
): Promise<Dossier | undefined> {
  const customer = await openCustomer(parts, record);
  return customer && changeOpen(parts, customer, change);
}

/** The same for a customer who is open: whatever is opened is written down, with the change or without one. */
async function changeOpen(
  parts: DecidingParts,
  customer: OpenCustomer,
  change: FactChange,
): Promise<Dossier | undefined> {
  const { before, dossier, update } = composeChange(parts, customer, change);
  if (update === undefined) {
    await noteReading(parts, customer, change.cause(before));
    return dossier;
  }
  const write = await parts.store.updateCustomer(update);
  if (write.outcome !== 'stored') return undefined;
  change.onOrphans?.(write.orphanedFiles);
  return dossier;
}

/** What a change leads to, and the update that writes it; no update when it says nothing new. */
export function composeChange(
  parts: DecidingParts,
  customer: OpenCustomer,
  change: FactChange,
): { readonly before: Dossier; readonly dossier: Dossier; readonly update: CustomerUpdate | undefined } {
  const { before, learned, concluded } = foresee(parts, customer, change);
  change.verify?.(concluded.dossier);
  const { dossier } = concluded;
  if (!concluded.isNews && learned === customer.dossier && change.also === undefined)
    return { before, dossier, update: undefined };
  const { isRepeatable = false } = change;
  const { set = [], files = [], ...more } = change.also?.(customer.vault, before) ?? {};
  const consequences = { ...concluded.consequences, ...more, opened: customer.held.opened() };
  const { id, version } = customer.record;
  return { before, dossier, update: { id, version, set, withdraw: [], files, consequences, isRepeatable } };
}

/** What a change would lead to, written nowhere. */
export function foresee(
  { program, clock }: Pick<DecidingParts, 'program' | 'clock'>,
  { dossier, held }: Pick<OpenCustomer, 'dossier' | 'held'>,
  { cause, learn = (known) => known, opened, isGlance, closed }: FactChange,
): { readonly before: Dossier; readonly learned: Dossier; readonly concluded: Conclusion } {
  const now = clock.now().getTime();
  const before = noticeExpiry(dossier, program, now);
  const learned = learn(before, now);
  const asked = { ...(opened && { opened }), ...(isGlance !== undefined && { isGlance }), ...(closed && { closed }) };
  const concluded = conclude({ program, dossier: learned, cause: cause(before), now, read: held.text, ...asked });
  return { before, learned, concluded };
}
