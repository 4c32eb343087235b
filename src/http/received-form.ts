import { canonicalName, findField } from '../sep9/catalogue.ts';
import { parseJsonObject } from '../sep9/json-object.ts';
import type { UploadedFile } from '../sep12/integration.ts';
import type { BodyLimits } from './body-limits.ts';
import { isParameter } from './field-label.ts';
import type { FieldKind } from './multipart-body.ts';
import { type RequestBody, readBody } from './request-body.ts';
import type { Call } from './route.ts';

/** A file that was received; given up unless somebody keeps it before the request ends. */
export interface ReceivedFile extends UploadedFile {
  discard(): Promise<void>;
}

/** What receiving a customer's data needs. */
export interface ReceivingParts {
  readonly limits: BodyLimits;
  /** Seals and stores the bytes of a file. */
  readonly storeFile: (plain: AsyncIterable<Uint8Array>) => Promise<ReceivedFile>;
  /** What the anchor's own fields hold, by name; SEP-9's are known. */
  readonly ownFields: ReadonlyMap<string, FieldKind>;
}

/** Reads the body, and sees to it that files nobody kept are gone afterwards. */
export async function withReceived<T>(
  parts: ReceivingParts,
  { request, incoming }: Pick<Call, 'request' | 'incoming'>,
  use: (body: RequestBody<ReceivedFile>) => Promise<T>,
  kindOf = (name: string): FieldKind | undefined => fieldKindOf(name, parts.ownFields),
): Promise<T> {
  const body = await readBody<ReceivedFile>(request, {
    limits: parts.limits,
    incoming,
    kindOf,
    storeFile: (_field, bytes) => parts.storeFile(bytes),
    discard: (file) => file.discard(),
    parseJson: parseJsonObject,
  });
  try {
    return await use(body);
  } finally {
    await Promise.all(Array.from(body.files.values(), (file) => file.discard()));
  }
}

/** Choice: the name says what a part is, whatever the client says of it (ruling 19). */
function fieldKindOf(name: string, ownFields: ReadonlyMap<string, FieldKind>): FieldKind | undefined {
  const own = ownFields.get(name);
  if (own !== undefined) return own;
  const field = findField(canonicalName(name));
  if (field !== undefined) return field.type === 'binary' ? 'file' : 'text';
  return isParameter(name) ? 'text' : undefined;
}
