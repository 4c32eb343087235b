import { createServer } from 'node:http';
import type { Build } from './contenders.ts';
import { serveWeb, type WebHandler } from './web-listener.ts';
import { corsJson } from './work.ts';

const body = JSON.stringify({ id: 'x', text: 'y'.repeat(670) });
const options = { status: 200, headers: corsJson };

/** Ways to write the same trivial handler on @hono/node-server, to price each habit on its own. */
const handlers: Record<string, WebHandler> = {
  'sync, plain headers': () => new Response(body, options),
  'async, plain headers': async () => new Response(body, options),
  '+ one header read': async (request) => {
    request.headers.get('authorization');
    return new Response(body, options);
  },
  '+ header iteration': async (request) => {
    Object.fromEntries(request.headers);
    return new Response(body, options);
  },
  '+ new URL(request.url)': async (request) => {
    new URL(request.url).searchParams.get('type');
    return new Response(body, options);
  },
  '+ request.signal': async (request) => {
    request.signal.throwIfAborted();
    return new Response(body, options);
  },
  '+ request.body touched (a full Request)': async (request) => {
    void request.body;
    return new Response(body, options);
  },
  'reply: new Headers(plain)': async () => new Response(body, { status: 200, headers: new Headers(corsJson) }),
  'reply: headers.set afterwards': async () => {
    const response = new Response(body, options);
    response.headers.set('x-request-id', '1');
    return response;
  },
  'reply: Response.json with headers': async () => Response.json({ id: 'x', text: body }, options),
  'reply: response.clone()': async () => new Response(body, options).clone(),
};

const nativeGlobals = 'async, native Response';

export const variants: Record<string, Build> = {
  'node:http floor': async () =>
    createServer((_request, response) => {
      response.writeHead(200, { ...corsJson, 'content-length': Buffer.byteLength(body) });
      response.end(body);
    }),
  ...Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, async () => serveWeb(handler)])),
  [nativeGlobals]: async () => serveWeb(async () => new Response(body, options), { overrideGlobalObjects: false }),
};
