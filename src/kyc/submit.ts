import { CustomerNotFound, invalidField, KycError } from '../errors.ts';
import { newUuid } from '../lib/ids.ts';
import { findField } from '../sep9/catalogue.ts';
import { parseValue } from '../sep9/parse-value.ts';
import type { CustomerContext, PutCustomer, UploadedFile } from '../sep12/integration.ts';
import { type FileReference, SealedFile } from '../store/files/sealed-files.ts';
import type { CustomerRecord, FileRow, SealedValue, Store, ValueChanges, WriteOutcome } from '../store/store.ts';
import { type CustomerVault, createCustomerVault, openCustomerVault } from '../vault/customer-vault.ts';
import type { KeyRing } from '../vault/key-ring.ts';
import { findReached, identityOf } from './find-customer.ts';
import type { Program } from './program.ts';
import { typeOf } from './requirements.ts';
import { readText, type Submission, toSubmission } from './submission.ts';

/** What taking in a customer's data needs. */
export interface SubmitParts {
  readonly store: Store;
  readonly keyRing: KeyRing;
  readonly program: Program;
}

/** Whose data it was, and the files nothing refers to any more. */
export interface Submitted {
  readonly id: string;
  readonly orphanedFiles: readonly string[];
}

/** How often a submission is computed anew because another one of the same customer was first. */
const maxAttempts = 200;

/** Changes to be written, with the uploaded files that they take. */
interface Changes extends ValueChanges {
  readonly taken: readonly SealedFile[];
}

/**
 * Creates or updates a customer, whole or not at all. The same data again changes nothing; concurrent first submissions of one
 * subject end in one customer.
 * @throws KycError naming a field that is wrong; nothing is stored then
 * @see SEP-12 § Customer PUT
 */
export async function submit(parts: SubmitParts, request: PutCustomer, context: CustomerContext): Promise<Submitted> {
  const submission = toSubmission(parts.program, typeOf(parts.program, request.type), request);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const record = await findReached(parts.store, request, context);
    if (record === undefined && request.id !== undefined) throw new CustomerNotFound();
    const done = record ? await update(parts, submission, record) : await create(parts, submission, request);
    if (done !== undefined) return done;
  }
  throw new KycError('unavailable', 'too many changes to this customer at once; try again', { retryAfterSeconds: 1 });
}

/** Undefined when another submission registered the subject meanwhile. */
async function create(
  parts: SubmitParts,
  submission: Submission,
  request: PutCustomer,
): Promise<Submitted | undefined> {
  const id = newUuid();
  const vault = await createCustomerVault(parts.keyRing, id);
  const changes = toChanges(submission, vault, new Map());
  const identity = identityOf(request);
  return settle(
    id,
    changes,
    await parts.store.createCustomer({ id, identity, wrappedKey: vault.wrappedKey, ...changes }),
  );
}

/** Undefined when the customer was changed meanwhile. */
async function update(
  parts: SubmitParts,
  submission: Submission,
  record: CustomerRecord,
): Promise<Submitted | undefined> {
  const { id, version } = record;
  const vault = await openCustomerVault(parts.keyRing, id, record.wrappedKey);
  const changes = toChanges(submission, vault, new Map(record.values.map((value) => [value.field, value.sealed])));
  if (changes.set.length === 0 && changes.withdraw.length === 0) return { id, orphanedFiles: [] };
  return settle(id, changes, await parts.store.updateCustomer({ id, version, ...changes }));
}

function settle(id: string, { taken }: Changes, write: WriteOutcome): Submitted | undefined {
  if (write.outcome === 'conflict') return undefined;
  for (const file of taken) file.keep();
  return { id, orphanedFiles: write.orphanedFiles };
}

/** What the submission changes against the values that are held. */
function toChanges(submission: Submission, vault: CustomerVault, held: ReadonlyMap<string, Uint8Array>): Changes {
  const stored = (key: string): string | undefined => {
    const sealed = held.get(key);
    return sealed && vault.open(key, sealed);
  };
  const set: SealedValue[] = [];
  const withdraw: string[] = [];
  for (const [key, value] of readTexts(submission, stored)) {
    if (value === stored(key)) continue;
    if (value !== '') set.push({ field: key, sealed: vault.seal(key, value) });
    else if (held.has(key)) withdraw.push(withdrawable(submission, key));
  }
  const files: FileRow[] = [];
  const taken: SealedFile[] = [];
  for (const [key, { value }] of submission.files) {
    const file = ours(value);
    if (sameFile(stored(key), file)) continue;
    set.push({ field: key, sealed: vault.seal(key, JSON.stringify(file.reference)) });
    files.push({ id: file.reference.id, field: key, contentType: file.contentType, sizeBytes: file.sizeBytes });
    taken.push(file);
  }
  return { set, withdraw, files, taken };
}

/** The canonical text of every submitted field, '' for those withdrawn. */
function readTexts({ texts }: Submission, stored: (key: string) => string | undefined): Map<string, string> {
  const read = (key: string, format?: string): string => {
    const arrived = texts.get(key);
    return arrived === undefined || arrived.value === '' ? '' : readText(arrived, format);
  };
  const formatKey = 'mobile_number_format';
  const mobileNumberFormat = texts.has(formatKey) ? read(formatKey) : stored(formatKey);
  const values = new Map([...texts.keys()].map((key) => [key, read(key, mobileNumberFormat)]));
  if (texts.has(formatKey) && !texts.has('mobile_number')) recheckNumber(stored('mobile_number'), mobileNumberFormat);
  return values;
}

/** A new format must fit the number that is already there. @see SEP-9 § Natural Person Fields, mobile_number_format */
function recheckNumber(number: string | undefined, mobileNumberFormat: string | undefined): void {
  const field = findField('mobile_number');
  if (number !== undefined && field !== undefined) parseValue(field, number, { mobileNumberFormat });
}

/**
 * Choice: only what the type can do without is withdrawn, and of what the type does not ask for, what every type can do without: a
 * form's blank inputs must not erase another type's data. '' for any other value is refused rather than ignored (ruling 17).
 */
function withdrawable({ texts }: Submission, key: string): string {
  if (texts.get(key)?.isOptional === true) return key;
  throw invalidField(texts.get(key)?.wireName ?? key, 'a required value can be replaced, not withdrawn');
}

/** Whether the stored reference is to a file of the same bytes. */
function sameFile(stored: string | undefined, file: UploadedFile): boolean {
  if (stored === undefined) return false;
  const reference = JSON.parse(stored) as FileReference;
  return reference.sha256 === file.sha256 && reference.sizeBytes === file.sizeBytes;
}

function ours(file: UploadedFile): SealedFile {
  if (file instanceof SealedFile) return file;
  throw new TypeError('the built-in integration takes files only from its own store');
}
