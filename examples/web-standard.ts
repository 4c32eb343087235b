import { createAnchor, type Options } from 'anchor-kyc';
import { OwnCustomers } from './own-customers.ts';

/** An app as hosts know it that speak `Request` and `Response`: Hono, SvelteKit, Next.js route handlers, Deno. */
export interface App {
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
}

export async function openApp(options: Options = {}): Promise<App> {
  // #region mount
  const anchor = await createAnchor({
    hostUrl: 'http://localhost:3000/kyc',
    integration: new OwnCustomers(),
    localMode: true,
    ...options,
  });

  const fetch = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/kyc/') || pathname === '/.well-known/stellar.toml') return anchor.fetch(request);
    return pathname === '/hello' ? Response.json({ hello: 'world' }) : new Response('not found', { status: 404 });
  };
  // #endregion
  return { fetch, close: anchor.close };
}

if (process.argv[1] === import.meta.filename) {
  const app = await openApp();
  const response = await app.fetch(new Request('http://localhost:3000/.well-known/stellar.toml'));
  console.log(await response.text());
  await app.close();
}
