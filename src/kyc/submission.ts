import { invalidField } from '../errors.ts';
import { canonicalName } from '../sep9/catalogue.ts';
import { parseValue } from '../sep9/parse-value.ts';
import type { Consent, PutCustomer } from '../sep12/integration.ts';
import type { SealedFile } from '../store/files/sealed-files.ts';
import { checkFile, checkIsBinary, ours } from './file-rules.ts';
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
  readonly files: ReadonlyMap<string, Arrived<SealedFile>>;
  /** Codes for fields of the program, by the name the client used. */
  readonly codes: ReadonlyMap<string, string>;
  /** Ids of files sent before, in place of the files. */
  readonly references: ReadonlyMap<string, Arrived<string>>;
  readonly consent: Consent | undefined;
}

/**
 * Sorts what arrived by the program's fields. What no type asks for is dropped or refused, as the program says (ruling 17).
 * @throws KycError naming the field that cannot be taken
 */
export function toSubmission(program: Program, type: CustomerType, request: PutCustomer): Submission {
  for (const wireName of request.unknownFiles) refuseUnknown(program, wireName);
  const submission = {
    codes: codesOf(program, request),
    consent: request.consent,
    texts: sort(program, type, request.fields),
    files: sort(program, type, new Map([...request.files].map(([name, file]) => [name, ours(file)]))),
    references: sort(program, type, request.fileIds, '_file_id'),
  };
  refuseDoubles(submission);
  for (const { wireName, field, value } of submission.files.values()) checkFile(wireName, field, value);
  for (const { wireName, field } of submission.references.values()) checkIsBinary(wireName, field);
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

function refuseDoubles({ texts, files, references }: Submission): void {
  for (const [key, { wireName }] of [...files, ...references]) {
    if (texts.has(key)) throw invalidField(wireName, { key: 'rule.text_and_file' });
  }
  for (const [key, { wireName }] of references) {
    if (files.has(key)) throw invalidField(wireName, { key: 'rule.file_and_reference' });
  }
}

/** `suffix` is what follows the field's name on the wire. */
function sort<T>(
  program: Program,
  type: CustomerType,
  arrived: ReadonlyMap<string, T>,
  suffix = '',
): Map<string, Arrived<T>> {
  const sorted = new Map<string, Arrived<T>>();
  for (const [name, value] of arrived) {
    const key = canonicalName(name);
    const wireName = `${name}${suffix}`;
    const asked = type.fields.get(key);
    const anywhere = program.fields.get(key) ?? [];
    const field = asked ?? anywhere[0];
    const isOptional = asked?.optional ?? anywhere.every((other) => other.optional);
    if (field === undefined) refuseUnknown(program, wireName);
    else if (sorted.has(key)) throw invalidField(wireName, { key: 'rule.two_spellings' });
    else sorted.set(key, { wireName, field, isOptional, value });
  }
  return sorted;
}

function refuseUnknown(program: Program, wireName: string): void {
  if (program.unknownFields === 'reject') throw invalidField(wireName, { key: 'rule.not_asked_for' });
}

/** A code for a field that no type asks for is dropped or refused like the field. */
function codesOf(program: Program, { verifications }: PutCustomer): ReadonlyMap<string, string> {
  const isKnown = (name: string): boolean => program.fields.has(canonicalName(name));
  for (const name of verifications.keys()) if (!isKnown(name)) refuseUnknown(program, `${name}_verification`);
  return new Map([...verifications].filter(([name]) => isKnown(name)));
}

function isLabel(label: Parameters<typeof localize>[0], text: string): boolean {
  const labels = typeof label === 'string' ? [label] : Object.values(label);
  return labels.some((known) => known.toLowerCase() === text.trim().toLowerCase());
}
