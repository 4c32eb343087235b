import type { Readable } from 'node:stream';
import { MIMEType } from 'node:util';
import { KycError } from '../errors.ts';
import { BodyFields } from './body-fields.ts';
import type { BodyLimits } from './body-limits.ts';
import { BodySource } from './body-source.ts';
import { type FileRules, readMultipart } from './multipart-body.ts';
import { addValues, parseForm, readText } from './text-body.ts';

/** What a request brought, by wire name; whoever reads it owns the files from then on. */
export interface RequestBody<F> {
  readonly values: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, F>;
  /** Names under which files came that are nobody's; they were read past. */
  readonly unknownFiles: ReadonlySet<string>;
}

/** How to read a body. */
export interface ReadBodyOptions<F> extends FileRules<F> {
  readonly limits: BodyLimits;
  /** The body as it comes in, if the request's own is made of that and nobody else reads it. @see BodySource */
  readonly incoming?: Readable | undefined;
  /** The values of a JSON object by wire name; what it throws is thrown on. */
  parseJson(text: string): Iterable<readonly [string, string]>;
  /** Gives up a file that was stored before the body turned out to be bad. */
  discard(file: F): Promise<void>;
}

/**
 * Reads a JSON, form or multipart body; an empty one has no fields, whatever its content type says.
 *
 * Throws `too_large` or `invalid_request`, and what `storeFile` rejects with. By then nothing of the request is being
 * read any more and every file stored from it was discarded.
 *
 * @see SEP-12 § Content Type
 */
export async function readBody<F>(request: Request, options: ReadBodyOptions<F>): Promise<RequestBody<F>> {
  const { limits } = options;
  const source = new BodySource(request, limits.totalBytes, options.incoming);
  const fields = new BodyFields<F>(limits);
  try {
    if (!(await source.isEmpty())) await readFields(request, source, fields, options);
    return fields;
  } catch (error) {
    await source.cancel();
    await Promise.allSettled(Array.from(fields.files.values(), (file) => options.discard(file)));
    throw error;
  }
}

async function readFields<F>(
  request: Request,
  source: BodySource,
  fields: BodyFields<F>,
  options: ReadBodyOptions<F>,
): Promise<void> {
  const type = contentType(request);
  switch (type?.essence) {
    case 'application/json':
      return addValues(options.parseJson(await readText(source.chunks(), fields)), fields);
    case 'application/x-www-form-urlencoded':
      return addValues(parseForm(await readText(source.chunks(), fields)), fields);
    case 'multipart/form-data':
      return readMultipart(source.chunks(), type?.params.get('boundary') ?? null, fields, options);
    default:
      throw new KycError('invalid_request', { key: 'error.content_type', params: { supported } });
  }
}

const supported = 'application/json, application/x-www-form-urlencoded or multipart/form-data';

function contentType(request: Request): MIMEType | undefined {
  const type = parseMediaType(request.headers.get('content-type') ?? '');
  const charset = type?.params.get('charset')?.toLowerCase() ?? 'utf-8';
  if (charset !== 'utf-8' && charset !== 'utf8') {
    throw new KycError('invalid_request', { key: 'error.charset' });
  }
  return type;
}

function parseMediaType(header: string): MIMEType | undefined {
  try {
    return new MIMEType(header);
  } catch {
    return undefined;
  }
}
