import { newUuid } from '../../lib/ids.ts';
import { cleanText } from '../../sep9/clean-text.ts';
import type { SealedNote } from '../../store/review-store.ts';
import { openVault, type Vault } from '../../vault/vault.ts';
import { requireRole } from './operator.ts';
import { type ActContext, getRecord, type ReviewParts, stale } from './parts.ts';

/** The longest note. */
const maxLength = 4000;

/** The name under which a note is sealed. No field of a program can have it. */
export function noteName(id: string): string {
  return `note ${id}`;
}

/** A note, sealed for the customer. @throws KycError naming `note` when it is too long or holds what is no text */
export function sealNote(vault: Vault, operator: string, text: string): SealedNote {
  const id = newUuid();
  const clean = cleanText('note', text, { maxLength, multiline: true });
  return { id, operator, sealed: vault.seal(noteName(id), clean) };
}

/** Writes something down for other operators. No wallet is ever shown it. */
export async function addNote(
  parts: ReviewParts,
  { operator, customerId, version }: ActContext,
  text: string,
): Promise<void> {
  requireRole(operator, 'reviewer');
  const record = await getRecord(parts, customerId);
  const vault = await openVault(parts.keyRing, record.id, record.wrappedKey);
  const isKept = await parts.store.reviews.addNote(record.id, version, sealNote(vault, operator.name, text));
  if (!isKept) throw stale();
}
