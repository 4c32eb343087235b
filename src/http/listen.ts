import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { limitUnreadRest } from './unread-rest.ts';

/** A server that accepts connections. */
export interface Listening {
  readonly port: number;
  /** Accepts no more connections, lets requests in flight finish for at most `graceMs`, then cuts them off. */
  close(graceMs: number): Promise<void>;
}

/** A phone on a slow line takes minutes for 10 MB of photos; whoever sends headers takes seconds. */
const requestTimeoutMs = 300_000;
const headersTimeoutMs = 20_000;
/** How often it is looked who has run out of time. */
const connectionsCheckingInterval = 2000;
/** Longer than the idle time-out of common load balancers, so that they never reuse a connection just closed here. */
const keepAliveTimeoutMs = 65_000;

/** What may wait in each connection and in each request's body, so that many uploads at once need little memory. */
const highWaterMark = 16 * 1024;

/** @throws Error when the port cannot be had */
export async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  at: { readonly port: number; readonly host: string | undefined },
): Promise<Listening> {
  const options = {
    requestTimeout: requestTimeoutMs,
    headersTimeout: headersTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionsCheckingInterval,
    highWaterMark,
  };
  const latest = new WeakMap<Duplex, Exchange>();
  const server = createServer(options, (request, response) => {
    latest.set(request.socket, { request, response });
    limitUnreadRest(request, response);
    void handler(request, response);
  });
  server.on('clientError', (error, socket) => refuseInTurn(error, socket, latest.get(socket)));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).once('listening', resolve);
  server.listen({ port: at.port, ...(at.host !== undefined && { host: at.host }) });
  await promise;
  return { port: (server.address() as AddressInfo).port, close: (graceMs) => closeServer(server, graceMs) };
}

/** A request and what it is answered. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Nothing may come before or into the answer to an earlier request of the connection: it waits for that. A request that was itself cut
 * short by the garbage gets no other answer.
 */
function refuseInTurn(error: NodeJS.ErrnoException, socket: Duplex, latest: Exchange | undefined): void {
  if (latest === undefined || latest.response.writableFinished) refuseGarbage(error, socket);
  else if (latest.request.complete) latest.response.once('close', () => refuseGarbage(error, socket));
  else if (latest.response.headersSent) socket.destroy();
  else refuseGarbage(error, socket);
}

/** What is no HTTP never reaches the handler; it is told so in the words of every other error. */
function refuseGarbage(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = refusals[error.code ?? ''] ?? ['400 Bad Request', 'malformed HTTP request'];
  const body = JSON.stringify({ error: message });
  const headers = [
    'Access-Control-Allow-Origin: *',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${body.length}`,
  ];
  socket.end(`HTTP/1.1 ${status}\r\n${headers.join('\r\n')}\r\nConnection: close\r\n\r\n${body}`);
}

const refusals: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'request headers are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request took too long to arrive'],
};

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  // A connection that was busy at the close becomes idle later and would wait for its next request until it times out.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
  await promise;
  clearInterval(idle);
  clearTimeout(cutOff);
}
