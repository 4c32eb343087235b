import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { onRequestAsyncHookHandler } from 'fastify';
import { serveWeb, type WebHandler } from './web-listener.ts';
import { corsJson, type Work } from './work.ts';

/** Builds one contender around the shared work; the layer is imported here and nowhere else. */
export type Build = (work: Work) => Promise<Server>;

const uploadLimit = 1024 * 1024;
const closing = { ...corsJson, connection: 'close' };
const tooLarge = '{"error":"the body is too large"}';

/**
 * Every contender serves the same routes: `GET` and `PUT /customer`, `POST /upload` (stream and discard),
 * `POST /limited` (413 once more than 1 MiB has arrived) and `POST /refused` (413 before the body is read), the last
 * two also as `…-close` with `connection: close` on the reply. Fastify always closes where its own limit strikes.
 */
export const contenders: Record<string, Build> = { node, hono, fastify, web, 'web-native': webNative };

async function node(work: Work): Promise<Server> {
  return createServer((request, response) => {
    serveNode(work, request, response).catch(() => send(response, 500, '{"error":"server"}'));
  });
}

async function serveNode(work: Work, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  const route = `${request.method} ${query < 0 ? url : url.slice(0, query)}`;
  const { authorization } = request.headers;
  switch (route) {
    case 'GET /customer': {
      const type = new URLSearchParams(url.slice(query)).get('type') ?? '';
      return send(response, 200, await work.getCustomer(authorization, type));
    }
    case 'PUT /customer':
      return send(response, 202, await work.putCustomer(authorization, JSON.parse(await readText(request))));
    case 'POST /upload':
      return send(response, 200, `{"bytes":${await discard(request)}}`);
    case 'POST /limited':
    case 'POST /limited-close':
      await discard(request.iterator({ destroyOnReturn: false }), uploadLimit);
      return send(response, 413, tooLarge, route.endsWith('close'));
    case 'POST /refused':
    case 'POST /refused-close':
      return send(response, 413, tooLarge, route.endsWith('close'));
    default:
      return send(response, 404, '{"error":"not found"}');
  }
}

async function hono(work: Work): Promise<Server> {
  const { Hono } = await import('hono');
  const { bodyLimit } = await import('hono/body-limit');
  const app = new Hono();
  app.get('/customer', async (c) => {
    const body = await work.getCustomer(c.req.header('authorization'), c.req.query('type') ?? '');
    return c.body(body, 200, corsJson);
  });
  app.put('/customer', async (c) =>
    c.body(await work.putCustomer(c.req.header('authorization'), await c.req.json()), 202, corsJson),
  );
  app.post('/upload', async (c) => c.json({ bytes: await discard(c.req.raw.body) }));
  for (const [suffix, headers] of [
    ['', corsJson],
    ['-close', closing],
  ] as const) {
    const onError = () => new Response(tooLarge, { status: 413, headers });
    app.post(`/limited${suffix}`, bodyLimit({ maxSize: uploadLimit, onError }), async (c) =>
      c.text(await c.req.text()),
    );
    app.post(`/refused${suffix}`, (c) => c.body(tooLarge, 413, headers));
  }
  return serveWeb((request) => app.fetch(request));
}

async function fastify(work: Work): Promise<Server> {
  const { fastify: create } = await import('fastify');
  const app = create({ bodyLimit: uploadLimit });
  app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
  app.get<{ Querystring: { type?: string } }>('/customer', async (request, reply) => {
    const body = await work.getCustomer(request.headers.authorization, request.query.type ?? '');
    return reply.headers(corsJson).send(body);
  });
  app.put('/customer', async (request, reply) => {
    const body = await work.putCustomer(request.headers.authorization, request.body);
    return reply.code(202).headers(corsJson).send(body);
  });
  app.post('/upload', { bodyLimit: 1e9 }, async (request) => ({ bytes: await discard(request.raw) }));
  app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, text, done) => done(null, text));
  for (const [suffix, headers] of [
    ['', corsJson],
    ['-close', closing],
  ] as const) {
    app.post(`/limited${suffix}`, async () => tooLarge);
    const onRequest: onRequestAsyncHookHandler = async (_request, reply) =>
      reply.code(413).headers(headers).send(tooLarge);
    app.post(`/refused${suffix}`, { onRequest }, async () => tooLarge);
  }
  await app.ready();
  return app.server;
}

async function web(work: Work): Promise<Server> {
  return serveWeb(createHandler(work));
}

/** The same handler with Node's own Response, that is without patching the host's globals. */
async function webNative(work: Work): Promise<Server> {
  return serveWeb(createHandler(work), { overrideGlobalObjects: false });
}

type Route = (request: Request, url: URL) => Promise<Response>;

function createHandler(work: Work): WebHandler {
  const routes = new Map<string, Route>([
    ['GET /customer', async (request, url) => reply(200, await work.getCustomer(bearer(request), typeOf(url)))],
    [
      'PUT /customer',
      async (request) => reply(202, await work.putCustomer(bearer(request), JSON.parse(await request.text()))),
    ],
    ['POST /upload', async (request) => reply(200, `{"bytes":${await discard(request.body)}}`)],
    ['POST /limited', (request) => refuseWhenLarge(request, corsJson)],
    ['POST /limited-close', (request) => refuseWhenLarge(request, closing)],
    ['POST /refused', async () => replyTooLarge(corsJson)],
    ['POST /refused-close', async () => replyTooLarge(closing)],
  ]);
  return async (request) => {
    const url = new URL(request.url);
    const route = routes.get(`${request.method} ${url.pathname}`);
    return route ? route(request, url) : reply(404, '{"error":"not found"}');
  };
}

async function refuseWhenLarge(request: Request, headers: Record<string, string>): Promise<Response> {
  await discard(request.body, uploadLimit);
  return replyTooLarge(headers);
}

function replyTooLarge(headers: Record<string, string>): Response {
  return new Response(tooLarge, { status: 413, headers });
}

function reply(status: number, body: string): Response {
  return new Response(body, { status, headers: corsJson });
}

function bearer(request: Request): string | undefined {
  return request.headers.get('authorization') ?? undefined;
}

function typeOf(url: URL): string {
  return url.searchParams.get('type') ?? '';
}

async function discard(chunks: AsyncIterable<Uint8Array> | null, limit = Number.POSITIVE_INFINITY): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks ?? []) {
    bytes += chunk.byteLength;
    if (bytes > limit) break;
  }
  return bytes;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, body: string, close = false): void {
  const length = { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...(close ? closing : corsJson), ...length });
  response.end(body);
}
