import { MIMEType } from 'node:util';
import { KycError } from '../errors.ts';
import type { Phrase } from '../messages/phrase.ts';
import type { BodyFields } from './body-fields.ts';
import { tooLarge } from './body-limits.ts';
import { fieldLabel, invalidPhrase } from './field-label.ts';
import { malformedMultipart, type Part, type PartHeaders, splitParts } from './multipart-parts.ts';
import { decodeUtf8 } from './text-body.ts';

/**
 * Stores the plain bytes of one file as they come, each chunk good until the next is asked for. If they end in an error, the file is to be given up and the promise
 * rejected; a slow store slows the sender.
 */
export type StoreFile<F> = (field: string, bytes: AsyncIterable<Uint8Array>) => Promise<F>;

/** What a field holds. */
export type FieldKind = 'file' | 'text';

/** What tells files from text, and where files go. */
export interface FileRules<F> {
  /** What a field of that name holds; undefined for a name that is nobody's. */
  kindOf(name: string): FieldKind | undefined;
  readonly storeFile: StoreFile<F>;
}

/**
 * Reads a `multipart/form-data` body into `fields`, one part after the other, in whatever order they come.
 * Choice: the name alone makes a part a file, as several wallets send files without a filename or a content type.
 * @see SEP-12 § Content Type
 */
export async function readMultipart<F>(
  chunks: AsyncIterable<Uint8Array>,
  boundary: string | null,
  fields: BodyFields<F>,
  rules: FileRules<F>,
): Promise<void> {
  if (boundary === null) throw malformedMultipart();
  const { limits } = fields;
  for await (const part of splitParts(chunks, boundary, limits.fields + limits.files)) {
    const name = partName(part.headers);
    const kind = rules.kindOf(name) ?? (looksLikeFile(part.headers) ? 'unknown file' : 'text');
    if (kind === 'file') await takeFile(part, name, fields, rules.storeFile);
    else if (kind === 'text') await takeText(part, name, fields);
    else await dropFile(part, name, fields);
  }
}

async function takeText(part: Part, name: string, fields: BodyFields<unknown>): Promise<void> {
  fields.claimText(name);
  const read: Uint8Array[] = [];
  let bytes = 0;
  for (let chunk = await part.read(); chunk !== undefined; chunk = await part.read()) {
    bytes += chunk.length;
    fields.checkValueBytes(name, bytes);
    fields.countText(chunk.length);
    read.push(Buffer.from(chunk));
  }
  const value = decodeUtf8(Buffer.concat(read));
  if (value === undefined)
    throw new KycError('invalid_field', invalidPhrase(name, { key: 'rule.utf8_part' }), { field: name });
  fields.values.set(name, value);
}

/** Choice: a file of no bytes is the value '', which withdraws it; browsers send a file input left empty this way. */
async function takeFile<F>(part: Part, name: string, fields: BodyFields<F>, store: StoreFile<F>): Promise<void> {
  fields.claimFile(name);
  const file = new FilePart(part, name, { key: 'thing.field', params: { field: name } }, fields.limits.fileBytes);
  const first = await file.read();
  if (first === undefined) {
    fields.values.set(name, '');
    return;
  }
  fields.files.set(name, await store(name, file.chunks(first)).catch((error) => file.throwFirst(error)));
  await file.drain();
}

/** A file nobody asked for is read past and forgotten. */
async function dropFile(part: Part, name: string, fields: BodyFields<unknown>): Promise<void> {
  fields.claimFile(name);
  fields.unknownFiles.add(name);
  await new FilePart(part, name, fieldLabel(name), fields.limits.fileBytes).drain();
}

/** The bytes of one file, held to the size a file may have. */
class FilePart {
  readonly #part: Part;
  readonly #name: string;
  readonly #label: Phrase;
  readonly #maxBytes: number;
  #bytes = 0;
  #failure: unknown;

  constructor(part: Part, name: string, label: Phrase, maxBytes: number) {
    this.#part = part;
    this.#name = name;
    this.#label = label;
    this.#maxBytes = maxBytes;
  }

  async read(): Promise<Uint8Array | undefined> {
    try {
      const chunk = await this.#part.read();
      this.#bytes += chunk?.length ?? 0;
      if (this.#bytes > this.#maxBytes) throw tooLarge(this.#label, this.#maxBytes, this.#name);
      return chunk;
    } catch (error) {
      this.#failure ??= error;
      throw error;
    }
  }

  async *chunks(first: Uint8Array): AsyncGenerator<Uint8Array, void> {
    for (let chunk: Uint8Array | undefined = first; chunk !== undefined; chunk = await this.read()) yield chunk;
  }

  /** Reads what is left; throws again if the bytes had ended in an error that the store kept to itself. */
  async drain(): Promise<void> {
    while ((await this.read()) !== undefined);
  }

  /** The store failed: because the bytes did, if they did. */
  throwFirst(error: unknown): never {
    throw this.#failure ?? error;
  }
}

function partName(headers: PartHeaders): string {
  const disposition = parseDisposition(headers['content-disposition']?.[0]);
  if (disposition?.essence !== 'multipart/form-data') throw malformedMultipart();
  const name = decodeUtf8(Buffer.from(disposition.params.get('name') ?? '', 'latin1'));
  if (name === undefined) throw malformedMultipart();
  if (name === '') throw new KycError('invalid_request', { key: 'error.part_without_name' });
  return name;
}

function looksLikeFile(headers: PartHeaders): boolean {
  const contentType = headers['content-type']?.[0]?.split(';')[0]?.trim().toLowerCase();
  if (contentType === 'application/octet-stream') return true;
  return parseDisposition(headers['content-disposition']?.[0])?.params.has('filename') ?? false;
}

/** A Content-Disposition is written like the second half of a media type. */
function parseDisposition(header: string | undefined): MIMEType | undefined {
  try {
    return new MIMEType(`multipart/${header}`);
  } catch {
    return undefined;
  }
}
