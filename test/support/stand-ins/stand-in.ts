import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { CheckFile, CheckInput, CheckServices } from '../../../src/kyc/checks/check.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';

/** A server on this machine that stands in for a service. */
export interface StandIn extends AsyncDisposable {
  readonly url: string;
}

/** Serves requests on a free port of 127.0.0.1. */
export async function serveStandIn(answer: (request: Request) => Promise<Response> | Response): Promise<StandIn> {
  const server = createAdaptorServer({ fetch: answer }) as Server;
  return listen(server);
}

/** Writes these bytes to whoever connects, whatever they ask, and then closes or, if `hang`, waits. */
export async function serveBytes(bytes: string | Buffer, hang = false): Promise<StandIn> {
  const server = createServer();
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => (hang ? socket.write(bytes) : socket.end(bytes)));
  });
  server.removeAllListeners('request');
  return listen(server);
}

/** An address at which nobody listens. */
export async function deadUrl(): Promise<string> {
  await using server = await serveBytes('');
  return server.url;
}

/** JSON with a status. */
export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}

/** What checks get of the system around them: the real fetch, and these secrets. */
export function testServices(secrets: Readonly<Record<string, string>> = {}): CheckServices {
  return {
    fetch: globalThis.fetch,
    secret: (name) => secrets[name],
    clock: systemClock,
    log: silentLogger,
    formatsOf: () => [],
    findDuplicates: async () => [],
  };
}

/** A customer's input by its values and files. */
export function inputOf(
  values: Readonly<Record<string, string>>,
  files: Readonly<Record<string, CheckFile>> = {},
  reference?: string,
): CheckInput {
  const customerId = 'b7c1f5e2-0d3a-4a52-9c1e-5f0f6f0b9a11';
  return { customerId, values: new Map(Object.entries(values)), files: new Map(Object.entries(files)), reference };
}

async function listen(server: Server): Promise<StandIn> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
