import { connect, type Socket } from 'node:net';

export interface Load {
  requestsPerSecond: number;
  requests: number;
  p50Ms: number;
  p99Ms: number;
}

/** A request as it goes over the wire, or what makes the next one. */
export type WireRequest = string | (() => string);

/** Keeps `connections` keep-alive sockets busy with one request each at a time. @throws on an unexpected reply */
export async function runLoad(port: number, request: WireRequest, ms: number, connections = 32): Promise<Load> {
  const next = typeof request === 'string' ? () => request : request;
  const latencies: number[] = [];
  const started = performance.now();
  const clients = Array.from({ length: connections }, () => runClient(port, next, started + ms, latencies));
  await Promise.all(clients);
  const elapsedMs = performance.now() - started;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  const requestsPerSecond = (latencies.length / elapsedMs) * 1000;
  return { requestsPerSecond, requests: latencies.length, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function runClient(port: number, next: () => string, until: number, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let sentAt = 0;
    let pending = '';
    const send = () => {
      sentAt = performance.now();
      socket.write(next(), 'latin1');
    };
    socket.once('connect', send);
    socket.once('error', reject);
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      pending += chunk;
      const end = replyEnd(pending);
      if (end === undefined || pending.length < end) return;
      if (!pending.startsWith('HTTP/1.1 20')) return fail(socket, reject, pending);
      pending = pending.slice(end);
      const now = performance.now();
      latencies.push(now - sentAt);
      if (now < until) send();
      else socket.end(resolve);
    });
  });
}

function fail(socket: Socket, reject: (error: Error) => void, reply: string): void {
  socket.destroy();
  reject(new Error(`unexpected reply: ${reply.slice(0, 200)}`));
}

function replyEnd(reply: string): number | undefined {
  const head = reply.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const length = /content-length: (\d+)/i.exec(reply.slice(0, head))?.[1];
  if (length === undefined) throw new Error('a reply without content-length');
  return head + 4 + Number(length);
}

/** The middle of the values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
