import { timingSafeEqual } from 'node:crypto';
import { canonicalName } from '../../sep9/catalogue.ts';
import type { Store } from '../../store/store.ts';
import type { Vault } from '../../vault/vault.ts';
import type { FieldFacts } from '../dossier.ts';
import type { Program } from '../program.ts';
import { hashCode, readGuess } from './code.ts';
import { codeRefused, noCodeAwaited } from './code-refusals.ts';

/** What comparing codes needs. */
export interface ConfirmParts {
  readonly store: Pick<Store, 'codes'>;
  readonly program: Program;
}

/** Whose codes they are. */
export interface Confirming {
  readonly id: string;
  readonly vault: Vault;
  /** By key: what is known of the values that the codes are to confirm, after what the same request changed. */
  readonly facts: Readonly<Record<string, FieldFacts>>;
}

/**
 * The keys of the fields that these codes confirm and that were not confirmed before. Each is to be written down as confirmed at `rev`; should
 * that fail, the same codes confirm them again as long as they are good. A code that was right before changes nothing and is no fault.
 * @param verifications codes by the name of their field, all of fields that the program knows
 * @throws KycError for the first code that is not right; those before it are used up all the same
 * @see SEP-12 § Verification
 */
export async function confirmCodes(
  parts: ConfirmParts,
  customer: Confirming,
  verifications: ReadonlyMap<string, string>,
  now: Date,
): Promise<ReadonlySet<string>> {
  const confirmed = new Set<string>();
  for (const [name, code] of verifications) {
    const key = canonicalName(name);
    const facts = customer.facts[key];
    if (facts === undefined || !isVerified(parts.program, key)) throw noCodeAwaited(parts.program, name);
    await confirm(parts, customer, { name, key, code, facts, isAlone: verifications.size === 1 }, now);
    if (facts.confirmed === undefined) confirmed.add(key);
  }
  return confirmed;
}

interface Guess {
  readonly name: string;
  readonly key: string;
  readonly code: string;
  readonly facts: FieldFacts;
  readonly isAlone: boolean;
}

/** The try is counted before the comparison, so that guesses at the same time do not get around the count. */
async function confirm({ store, program }: ConfirmParts, customer: Confirming, guess: Guess, now: Date): Promise<void> {
  const { name, key, facts, isAlone } = guess;
  const subject = { customerId: customer.id, field: key, rev: facts.rev };
  const taken = await store.codes.takeTry(subject, now);
  if (taken.outcome === 'counted') {
    const hash = hashCode(customer.vault, subject, taken.code.id, readGuess(guess.code));
    if (isEqual(hash, taken.code.hash)) return store.codes.consumeCode(subject, taken.code.id);
  }
  if (facts.confirmed !== undefined) throw noCodeAwaited(program, name);
  if (taken.outcome === 'expired') throw codeRefused(name, 'expired', isAlone);
  throw codeRefused(name, taken.outcome === 'exhausted' ? 'tries' : 'wrong', isAlone);
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function isVerified(program: Program, key: string): boolean {
  return program.fields.get(key)?.some((field) => field.verify) ?? false;
}
