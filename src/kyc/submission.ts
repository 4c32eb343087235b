import { invalidField } from '../errors.ts';
import { canonicalName } from '../sep9/catalogue.ts';
import { parseValue } from '../sep9/parse-value.ts';
import type { PutCustomer, UploadedFile } from '../sep12/integration.ts';
import type { localize } from './localized-text.ts';
import type { CustomerType, Program, TypeField } from './program.ts';

/** One field as it arrived: the name the client used and what the program says of it. */
interface Arrived<T> {
  readonly wireName: string;
  readonly field: TypeField;
  /** Whether the value may be withdrawn without anything else being given. */
  readonly isOptional: boolean;
  readonly value: T;
}

/** What a request submits, as far as the program asks for it, by key. */
export interface Submission {
  /** Texts as sent; '' withdraws. */
  readonly texts: ReadonlyMap<string, Arrived<string>>;
  readonly files: ReadonlyMap<string, Arrived<UploadedFile>>;
}

/** The types of file that can be looked at: photos and scans. */
const documentTypes = ['image/jpeg', 'image/png', 'image/heic', 'image/heif', 'image/webp', 'application/pdf'];
/** A liveness proof may also move. @see SEP-9 § Natural Person Fields, proof_of_liveness */
const videoTypes = ['video/mp4', 'video/quicktime', 'video/webm', 'video/x-matroska', 'video/3gpp'];

/**
 * Sorts what arrived by the program's fields. What no type asks for is dropped or refused, as the program says (ruling 17).
 * @throws KycError naming the field that cannot be taken
 */
export function toSubmission(program: Program, type: CustomerType, request: PutCustomer): Submission {
  refuseProofs(program, request);
  for (const wireName of request.unknownFiles) refuseUnknown(program, wireName);
  const submission = {
    texts: sort(program, type, request.fields),
    files: sort(program, type, request.files),
  };
  for (const [key, { wireName }] of submission.files) {
    if (submission.texts.has(key)) throw invalidField(wireName, 'given both as text and as a file');
  }
  for (const { wireName, field, value } of submission.files.values()) checkFile(wireName, field, value);
  return submission;
}

/**
 * The canonical text of a field's value.
 * @throws KycError naming the field and what is expected
 */
export function readText({ wireName, field, value }: Arrived<string>, mobileNumberFormat: string | undefined): string {
  const labelled = field.choices?.find((choice) => typeof choice !== 'string' && isLabel(choice.label, value));
  const text = labelled === undefined || typeof labelled === 'string' ? value : labelled.value;
  return parseValue(field.format, text, { wireName, mobileNumberFormat });
}

function sort<T>(program: Program, type: CustomerType, arrived: ReadonlyMap<string, T>): Map<string, Arrived<T>> {
  const sorted = new Map<string, Arrived<T>>();
  for (const [wireName, value] of arrived) {
    const key = canonicalName(wireName);
    const asked = type.fields.get(key);
    const anywhere = program.fields.get(key) ?? [];
    const field = asked ?? anywhere[0];
    const isOptional = asked?.optional ?? anywhere.every((other) => other.optional);
    if (field === undefined) refuseUnknown(program, wireName);
    else if (sorted.has(key)) throw invalidField(wireName, 'given in two spellings');
    else sorted.set(key, { wireName, field, isOptional, value });
  }
  return sorted;
}

function refuseUnknown(program: Program, wireName: string): void {
  if (program.unknownFields === 'reject') throw invalidField(wireName, 'no customer type asks for this field');
}

/** Nothing awaits a confirmation code and no file is kept apart from its customer, so neither can be right: refused, not ignored. */
function refuseProofs(program: Program, request: PutCustomer): void {
  for (const field of request.verifications.keys()) {
    if (program.fields.has(canonicalName(field)))
      throw invalidField(`${field}_verification`, 'no confirmation code is awaited');
    refuseUnknown(program, `${field}_verification`);
  }
  for (const field of request.fileIds.keys()) {
    if (program.fields.has(canonicalName(field))) throw invalidField(`${field}_file_id`, 'there is no such file');
    refuseUnknown(program, `${field}_file_id`);
  }
}

/** Judges a file by what its bytes say (ruling 19). */
function checkFile(wireName: string, field: TypeField, file: UploadedFile): void {
  if (field.format.type !== 'binary') throw invalidField(wireName, `expected ${field.format.type}, not a file`);
  const video = field.key === 'proof_of_liveness';
  if (documentTypes.includes(file.contentType) || (video && videoTypes.includes(file.contentType))) return;
  throw invalidField(wireName, `must be a jpg, png, heic, webp or pdf file${video ? ', or a video' : ''}`);
}

function isLabel(label: Parameters<typeof localize>[0], text: string): boolean {
  const labels = typeof label === 'string' ? [label] : Object.values(label);
  return labels.some((known) => known.toLowerCase() === text.trim().toLowerCase());
}
