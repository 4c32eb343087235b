import { KycError } from '../errors.ts';
import type { Phrase } from '../messages/phrase.ts';

/** How much of a request body is read before it is refused as `too_large`. */
export interface BodyLimits {
  /** JSON, form, or all text parts of a multipart body together, in bytes. */
  readonly textBytes: number;
  /** One field name, in bytes of UTF-8. */
  readonly nameBytes: number;
  /** One text value, in bytes of UTF-8. */
  readonly valueBytes: number;
  /** Number of text fields. */
  readonly fields: number;
  /** Number of file parts, those nobody asked for included. */
  readonly files: number;
  /** One file, in bytes. */
  readonly fileBytes: number;
  /** The whole body as it comes over the wire, in bytes. */
  readonly totalBytes: number;
}

const kB = 1024;
const MB = 1024 * kB;

/** Room for every field of SEP-9 at once, with five photographs as large as a file may be. */
export const defaultBodyLimits: BodyLimits = {
  textBytes: 256 * kB,
  nameBytes: 200,
  valueBytes: 64 * kB,
  fields: 500,
  files: 20,
  fileBytes: 10 * MB,
  totalBytes: 60 * MB,
};

/** `what` names the thing; `field` is given when it is a field. */
export function tooLarge(what: Phrase, maxBytes: number, field?: string): KycError {
  const told: Phrase = { key: 'error.too_large', params: { what, max: inWords(maxBytes) } };
  return new KycError('too_large', told, field === undefined ? {} : { field });
}

/** `key` is the message that says of what there are too many. */
export function tooMany(
  key: 'error.too_many_fields' | 'error.too_many_files' | 'error.too_many_parts',
  max: number,
): KycError {
  return new KycError('too_large', { key, params: { max } });
}

function inWords(bytes: number): string {
  if (bytes >= MB && bytes % MB === 0) return `${bytes / MB} MB`;
  if (bytes >= kB && bytes % kB === 0) return `${bytes / kB} kB`;
  return `${bytes} bytes`;
}
