import assert from 'node:assert/strict';
import type { Readable } from 'node:stream';
import { KycError, type KycErrorCode } from '../../src/errors.ts';
import { type BodyLimits, defaultBodyLimits } from '../../src/http/body-limits.ts';
import type { StoreFile } from '../../src/http/multipart-body.ts';
import { type RequestBody, readBody } from '../../src/http/request-body.ts';

/** What a test stores in place of a sealed file. */
export interface Stored {
  readonly field: string;
  readonly bytes: Buffer;
}

/** Reads bodies as the app does, and remembers what became of the files. */
export class BodyReader {
  readonly stored: Stored[] = [];
  readonly discarded: Stored[] = [];
  readonly limits: BodyLimits;
  readonly storeFile: StoreFile<Stored>;

  constructor(limits: Partial<BodyLimits> = {}, storeFile: StoreFile<Stored> = keep) {
    this.limits = { ...defaultBodyLimits, ...limits };
    this.storeFile = storeFile;
  }

  /** `incoming` is the stream of a server of our own, which is read in place of the request's body. */
  read(request: Request, incoming?: Readable): Promise<RequestBody<Stored>> {
    return readBody(request, {
      limits: this.limits,
      incoming,
      kindOf: (name) => (name.startsWith('photo_') || name === 'file' ? 'file' : undefined),
      parseJson,
      storeFile: async (field, bytes) => {
        const file = await this.storeFile(field, bytes);
        this.stored.push(file);
        return file;
      },
      discard: async (file) => {
        this.discarded.push(file);
      },
    });
  }

  /** Asserts the refusal, and that nothing stored was left behind. */
  async refuses(request: Request, code: KycErrorCode, message?: RegExp): Promise<KycError> {
    const error = await this.read(request).then(() => assert.fail('was not refused'), asKycError);
    assert.equal(error.code, code, error.message);
    if (message !== undefined) assert.match(error.message, message);
    assert.deepEqual(this.discarded, this.stored);
    return error;
  }
}

export function asKycError(error: unknown): KycError {
  if (error instanceof KycError) return error;
  throw error;
}

/** Reads all of a file into memory; a chunk is good until the next is asked for. */
export async function keep(field: string, bytes: AsyncIterable<Uint8Array>): Promise<Stored> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(Buffer.from(chunk));
  return { field, bytes: Buffer.concat(chunks) };
}

function parseJson(text: string): Map<string, string> {
  try {
    return new Map(Object.entries(JSON.parse(text)).map(([name, value]) => [name, String(value)]));
  } catch {
    throw new KycError('invalid_request', 'request body is not JSON');
  }
}

/** A PUT of the given chunks; null sends no content type. */
export function put(contentType: string | null, ...chunks: readonly (Uint8Array | string)[]): Request {
  return putStream(contentType, ReadableStream.from(chunks.map((chunk) => Buffer.from(chunk))));
}

export function putStream(contentType: string | null, body: ReadableStream): Request {
  const headers = new Headers(contentType === null ? {} : { 'content-type': contentType });
  return new Request('http://anchor.test/customer', { method: 'PUT', headers, body, duplex: 'half' });
}

/** A part as it goes over the wire: its header lines and its bytes. */
export type WirePart = readonly [headers: readonly string[], bytes: Uint8Array | string];

/** A multipart body, byte for byte. */
export function multipart(boundary: string, ...parts: readonly WirePart[]): Buffer {
  const wire = parts.flatMap(([headers, bytes]) => [
    Buffer.from(`--${boundary}\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`),
    Buffer.from(bytes),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...wire, Buffer.from(`--${boundary}--\r\n`)]);
}

/** A part with nothing but its name. */
export function bare(name: string, bytes: Uint8Array | string): WirePart {
  return [[`Content-Disposition: form-data; name="${name}"`], bytes];
}

/** Content type of the bodies that tests build with the boundary `b`. */
export const form = 'multipart/form-data; boundary=b';
