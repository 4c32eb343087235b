import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import type { LogFields, Logger } from '../../src/lib/log.ts';
import type { JsonReply, TestAnchor } from '../support/test-anchor.ts';

/** All that the type `sep31-sender` of the default program requires. */
export const person = { first_name: 'Ada', last_name: 'Lovelace', email_address: 'ada@example.com' };

/** All the texts that the type `sep6-withdraw` requires; its photo comes as a file. */
export const withdrawer = {
  ...person,
  type: 'sep6-withdraw',
  bank_account_number: '123456',
  bank_number: '021000021',
  id_type: 'passport',
  id_number: 'X123',
};

/** A program of one automatic type, the default one. */
export function programOf(
  fields: NonNullable<ProgramDefinition['types'][string]['fields']>,
  rest: Omit<ProgramDefinition, 'types'> = {},
): ProgramDefinition {
  return { types: { basic: { decision: 'automatic', fields } }, ...rest };
}

/** The anchor's database, to be read past the server. */
export function openDatabase(anchor: TestAnchor): DatabaseSync {
  return new DatabaseSync(join(anchor.dataDir, 'anchor-kyc.db'), { readOnly: true });
}

/** How often the customer was changed since it was created, plus one. */
export function versionOf(anchor: TestAnchor, id: string): unknown {
  using database = openDatabase(anchor);
  return database.prepare('select version from customers where id = ?').get(id)?.['version'];
}

/** How many rows a table has. */
export function rowsIn(
  anchor: TestAnchor,
  table: 'customers' | 'identities' | 'field_values' | 'files' | 'uploads',
): unknown {
  using database = openDatabase(anchor);
  return database.prepare(`select count(*) as count from ${table}`).get()?.['count'];
}

/** The paths of all sealed files on disk. */
export async function blobsOf(anchor: TestAnchor): Promise<string[]> {
  const entries = await readdir(join(anchor.dataDir, 'files'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** A part of a multipart body as it goes over the wire: raw header lines and raw bytes. */
export interface RawPart {
  readonly headers: readonly string[];
  readonly content: string | Uint8Array;
}

/** A part as PHP and iOS send files and texts alike: nothing but a name. */
export function barePart(name: string, content: string | Uint8Array): RawPart {
  return { headers: [`Content-Disposition: form-data; name="${name}"`], content };
}

/** A request with a multipart body made of exactly these parts, in this order. */
export function multipart(parts: readonly RawPart[]): RequestInit {
  const boundary = 'dart-http-boundary-a+b_c.d-';
  const pieces = parts.flatMap(({ headers, content }) => [
    Buffer.from(`--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
  const body = Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
  return { body, headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` } };
}

/** PUTs texts and files as a browser's or an SDK's form does. */
export async function putForm(
  anchor: TestAnchor,
  sub: string,
  texts: Readonly<Record<string, string>>,
  files: Readonly<Record<string, Uint8Array>> = {},
): Promise<JsonReply> {
  const form = new FormData();
  for (const [name, text] of Object.entries(texts)) form.set(name, text);
  for (const [name, bytes] of Object.entries(files)) form.set(name, new Blob([new Uint8Array(bytes)]), 'photo');
  return reply(await anchor.call(sub, 'PUT', '/customer', { body: form }));
}

/** Status and parsed body of a response. */
export async function reply(response: Response): Promise<JsonReply> {
  return { status: response.status, body: await response.json(), headers: response.headers };
}

/** A line that was logged. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that keeps what it is told. */
export function recordingLogger(): { readonly logger: Logger; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: LogFields, message: string) => void lines.push({ level, message, fields });
  return { lines, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } };
}
