import { InvalidRequest, KycError } from '../errors.ts';
import { BodySource } from './body-source.ts';
import { decodeUtf8 } from './text-body.ts';

/** More than an operator, or a sending anchor, writes. */
const maxBytes = 64 * 1024;

/** A body that must be JSON, parsed. @throws KycError when it is not, or too large */
export async function readJson(request: Request): Promise<unknown> {
  const text = await readJsonText(request);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InvalidRequest({ key: 'error.json_invalid' });
  }
}

/** A body that says it is JSON, as it came. @throws KycError when it says something else, is no text, or too large */
export async function readJsonText(request: Request): Promise<string> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? ''))
    throw new KycError('invalid_request', { key: 'error.content_type', params: { supported: 'application/json' } });
  const source = new BodySource(request, maxBytes);
  const chunks: Uint8Array[] = [];
  if (!(await source.isEmpty())) for await (const chunk of source.chunks()) chunks.push(chunk);
  const text = decodeUtf8(Buffer.concat(chunks));
  if (text === undefined) throw new InvalidRequest({ key: 'error.body_not_utf8' });
  return text;
}
