import { KycError } from '../errors.ts';
import type { BodyFields } from './body-fields.ts';

/** Reads all of a JSON or form body. Throws `too_large`, or `invalid_request` if it is not UTF-8. */
export async function readText(chunks: AsyncIterable<Uint8Array>, fields: BodyFields<unknown>): Promise<string> {
  const read: Uint8Array[] = [];
  for await (const chunk of chunks) {
    fields.countText(chunk.length);
    read.push(Buffer.from(chunk));
  }
  const text = decodeUtf8(Buffer.concat(read));
  if (text === undefined) throw new KycError('invalid_request', { key: 'error.body_not_utf8' });
  return text;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Undefined if the bytes are not UTF-8. A byte order mark is dropped. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Adds values that were parsed by somebody else. */
export function addValues(values: Iterable<readonly [string, string]>, fields: BodyFields<unknown>): void {
  for (const [name, value] of values) {
    fields.claimText(name);
    fields.checkValueBytes(name, Buffer.byteLength(value));
    fields.values.set(name, value);
  }
}

/** The pairs of an `application/x-www-form-urlencoded` body, strictly: no lone `%`, no bytes that are not UTF-8. */
export function* parseForm(text: string): Generator<readonly [string, string]> {
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeForm(equals === -1 ? pair : pair.slice(0, equals));
    if (name === '') throw malformedForm();
    yield [name, equals === -1 ? '' : decodeForm(pair.slice(equals + 1))];
  }
}

function decodeForm(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    throw malformedForm();
  }
}

function malformedForm(): KycError {
  return new KycError('invalid_request', { key: 'error.form_malformed' });
}
