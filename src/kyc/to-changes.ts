import { invalidField } from '../errors.ts';
import type { FileRow } from '../store/file-store.ts';
import type { FileReference, SealedFile } from '../store/files/sealed-files.ts';
import type { SealedValue, ValueChanges } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';
import { fileQuota } from './file-rules.ts';
import { type HeldValues, holdValues } from './open-customer.ts';
import { readTexts } from './read-texts.ts';
import type { Submission } from './submission.ts';

/** Values to be written, with the files of this request that they keep. */
export interface Changes extends Omit<ValueChanges, 'consequences'> {
  readonly kept: readonly SealedFile[];
  /** The plain value after the changes. */
  readonly read: (key: string) => string | undefined;
}

/** Whether a text says something new though it is the one that is held; `isNew` tells of others that came with it. */
type SaysMore = (key: string, isNew: (other: string) => boolean) => boolean;

/** What the submission, with the uploads it refers to, changes against the values that are held. */
export function toChanges(
  submission: Submission,
  vault: Vault,
  held: HeldValues,
  references: ReadonlyMap<string, FileReference>,
  saysMore: SaysMore = () => false,
): Changes {
  const set: SealedValue[] = [];
  const withdraw: string[] = [];
  const texts = readTexts(submission, held.text);
  const isNew = (key: string): boolean => (texts.get(key) || held.text(key)) !== held.text(key);
  for (const [key, value] of texts) {
    if (value === held.text(key) && !saysMore(key, isNew)) continue;
    if (value !== '') set.push({ field: key, sealed: vault.seal(key, value) });
    else if (held.has(key)) withdraw.push(withdrawable(submission, key));
  }
  const sent = [...submission.files].filter(([key, { value }]) => !sameFile(held.text(key), value));
  const kept = sent.map(([, { value }]) => value);
  const files: FileRow[] = [];
  for (const [key, reference] of [...sent.map(([key, { value }]) => [key, value.reference] as const), ...references]) {
    const { id, contentType, sizeBytes } = reference;
    set.push({ field: key, sealed: vault.seal(key, JSON.stringify(reference)) });
    files.push({ id, field: key, contentType, sizeBytes });
  }
  const take = Array.from(references.values(), ({ id }) => id);
  return { set, withdraw, files, take, kept, quota: fileQuota, read: readAfter(vault, held, set, withdraw) };
}

/** Reads values as they will be. */
function readAfter(
  vault: Vault,
  held: HeldValues,
  set: readonly SealedValue[],
  withdraw: readonly string[],
): Changes['read'] {
  const fresh = holdValues(vault, set);
  return (key) => {
    if (fresh.has(key)) return fresh.text(key);
    return withdraw.includes(key) ? undefined : held.text(key);
  };
}

/**
 * Choice: only what the type can do without is withdrawn, and of what the type does not ask for, what every type can do without: a
 * form's blank inputs must not erase another type's data. '' for any other value is refused rather than ignored (ruling 17).
 */
function withdrawable({ texts }: Submission, key: string): string {
  if (texts.get(key)?.isOptional === true) return key;
  throw invalidField(texts.get(key)?.wireName ?? key, { key: 'rule.not_withdrawable' });
}

/** Whether the stored reference is to a file of the same bytes. */
function sameFile(stored: string | undefined, file: SealedFile): boolean {
  if (stored === undefined) return false;
  const reference = JSON.parse(stored) as FileReference;
  return [reference, reference.sent].some((known) => {
    return known?.sha256 === file.sha256 && known.sizeBytes === file.sizeBytes;
  });
}
