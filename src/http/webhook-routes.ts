import { KycError } from '../errors.ts';
import { BodySource } from './body-source.ts';
import { webhookAbout } from './openapi/about-others.ts';
import type { Call, Route } from './route.ts';

/** A provider's call, with the exact bytes that were signed. */
export interface ProviderCall {
  readonly headers: Headers;
  readonly body: Buffer;
  readonly now: Date;
}

/** Who hears providers out. */
export interface Hearing {
  hears(check: string): boolean;
  hear(check: string, call: ProviderCall): Promise<void>;
}

/** More than any provider sends. */
const maxBytes = 256 * 1024;

/** Where providers say that they are done. The last part of the path is the name of the check in the program. */
export function webhookRoutes(hearing: Hearing, now: () => Date): readonly Route[] {
  const handle: Route['handle'] = async (call) => {
    const check = call.account ?? '';
    if (!hearing.hears(check)) throw new KycError('not_found', { key: 'error.no_such_endpoint' });
    await hearing.hear(check, { headers: call.request.headers, body: await readBytes(call), now: now() });
    return { status: 200, body: {} };
  };
  return [{ method: 'POST', path: '/webhooks/:account', about: webhookAbout, handle }];
}

async function readBytes({ request }: Call): Promise<Buffer> {
  const source = new BodySource(request, maxBytes);
  const chunks: Uint8Array[] = [];
  if (!(await source.isEmpty())) for await (const chunk of source.chunks()) chunks.push(chunk);
  return Buffer.concat(chunks);
}
