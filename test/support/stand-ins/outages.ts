import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { deadUrl, json, type StandIn, serveBytes, serveStandIn } from './stand-in.ts';

/** A way of a service to be of no use. */
export interface Outage {
  readonly what: string;
  open(): Promise<StandIn>;
}

const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));

/** Everything that goes wrong between two machines, each over a real socket. */
export const outages: readonly Outage[] = [
  { what: 'nobody listens', open: async () => ({ url: await deadUrl(), [Symbol.asyncDispose]: async () => {} }) },
  { what: 'no answer', open: () => serveBytes('', true) },
  { what: 'half an answer', open: () => serveBytes(`${head}Content-Length: 500\r\n\r\n{"entities": null, `) },
  {
    what: 'an answer that never ends',
    open: () => serveBytes(`${head}Content-Length: 500\r\n\r\n{"entities": [`, true),
  },
  { what: 'truncated JSON', open: () => serveBytes(`${head}Content-Length: 20\r\n\r\n{"responses": {"pers`) },
  { what: 'no HTTP', open: () => serveBytes('220 mail.example ESMTP\r\n') },
  { what: '500', open: () => serveStandIn(() => json({ error: 'internal' }, 500)) },
  { what: '503', open: () => serveStandIn(() => new Response('upstream connect error', { status: 503 })) },
  { what: '429', open: () => serveStandIn(() => json({ error: 'slow down' }, 429)) },
  { what: '401', open: () => serveStandIn(() => json({ error: 'who are you' }, 401)) },
  { what: 'HTML', open: () => serveStandIn(() => new Response('<html>Welcome to nginx!</html>')) },
  { what: 'an empty answer', open: () => serveStandIn(() => new Response('')) },
  { what: 'no content', open: () => serveStandIn(() => new Response(null, { status: 204 })) },
  { what: 'null', open: () => serveStandIn(() => json(null)) },
  { what: 'a list', open: () => serveStandIn(() => json([])) },
  { what: 'an empty object', open: () => serveStandIn(() => json({})) },
  { what: 'a redirect', open: () => serveStandIn(() => Response.redirect('http://127.0.0.1:1/elsewhere', 307)) },
  {
    what: '64 MB that were 64 kB when they were sent',
    open: () =>
      serveStandIn(
        () => new Response(bomb, { headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' } }),
      ),
  },
];

/** Runs against an outage, for half a second at most, and holds the failure to what a failure may say. */
export async function assertThrows(
  run: (signal: AbortSignal) => Promise<unknown>,
  what: string,
  secrets: readonly string[],
): Promise<void> {
  const started = Date.now();
  await assert.rejects(
    () => run(AbortSignal.timeout(500)),
    (error: Error & { cause?: unknown }) => {
      assert.equal(error.name, 'ServiceFault', what);
      assert.equal(error.cause, undefined, what);
      assert.doesNotMatch(error.message, /https?:|127\.0\.0\.1|[?&=]/, what);
      for (const secret of secrets) assert.ok(!error.message.includes(secret), what);
      return true;
    },
    what,
  );
  assert.ok(Date.now() - started < 3000, `${what}: took too long`);
}
