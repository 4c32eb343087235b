import { createPublicKey, verify } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

// A wallet's receiver, written from SEP-12 § Callback POST Request and § VERIFY signature, and from nothing of this project.

/** A post that arrived. */
export interface Post {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly at: number;
  /** What the specification says of it; undefined when all is well. */
  readonly fault: string | undefined;
}

export interface CallbackReceiver extends AsyncDisposable {
  readonly host: string;
  readonly url: string;
  readonly posts: readonly Post[];
  /** Resolves when that many posts have come. */
  received(count: number): Promise<void>;
}

/** Says what to answer; 200 unless told. */
export type Answer = (post: Post) => Reply | undefined | Promise<Reply | undefined>;

/** What a receiver answers. */
export interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly delayMs?: number;
}

/** Receives on 127.0.0.1, at a port of its own, and verifies by the raw public key. */
export async function callbackReceiver(
  publicKey: Uint8Array,
  answer: Answer = () => undefined,
): Promise<CallbackReceiver> {
  const posts: Post[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let host = '';
  const server: Server = createServer(async (request, response) => {
    const body = await buffer(request);
    const at = Date.now();
    const { headers } = request;
    const post = { path: request.url ?? '', headers, body, at, fault: faultOf(headers, body, host, publicKey, at) };
    posts.push(post);
    const { status, headers: sent = {}, delayMs } = (await answer(post)) ?? { status: 200 };
    for (const { count, resolve } of waiting) if (posts.length >= count) resolve();
    if (delayMs !== undefined) await delay(delayMs);
    response.writeHead(status, sent).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}/callback`,
    posts,
    received: (count) =>
      posts.length >= count ? Promise.resolve() : new Promise((resolve) => void waiting.push({ count, resolve })),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What is wrong with a callback, by the steps of § VERIFY signature. */
export function faultOf(
  headers: IncomingHttpHeaders,
  body: Buffer,
  host: string,
  publicKey: Uint8Array,
  nowMs: number,
): string | undefined {
  const header = headers['signature'] ?? headers['x-stellar-signature'];
  if (typeof header !== 'string') return 'no Signature';
  const [t, s] = header.split(', ');
  const timestamp = t?.startsWith('t=') ? t.slice(2) : undefined;
  const signature = s?.startsWith('s=') ? s.slice(2) : undefined;
  if (timestamp === undefined || signature === undefined) return 'Signature is not t=…, s=…';
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > 120) return 'not fresh';
  const payload = Buffer.concat([Buffer.from(`${timestamp}.${host}.`), body]);
  const key = createPublicKey({
    key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), publicKey]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, payload, key, Buffer.from(signature, 'base64')) ? undefined : 'wrong signature';
}
