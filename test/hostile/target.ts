import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type BuiltServer, residentMemory, startBuiltServer } from '../support/built-server.ts';
import { randomAccount, temporaryDirectory } from '../support/test-anchor.ts';

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  /** Header lines by lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** How much the client had handed to its socket when the answer was complete or the connection gone. */
  readonly sentBytes: number;
}

export type Wire = Iterable<string | Buffer> | AsyncIterable<string | Buffer>;

/** The built program, to be mistreated over real sockets and to be none the worse for it. */
export interface Target extends AsyncDisposable {
  readonly server: BuiltServer;
  /** A customer's token. */
  readonly token: string;
  /** Header lines of a request with that token, on a connection of its own. */
  readonly head: string;
  /** Writes the bytes, reading all the while; answers the first answer, status 0 when there was none. */
  send(...wire: readonly (string | Buffer)[]): Promise<Answer>;
  sendAll(wire: Wire): Promise<Answer>;
  /** A connection for whatever else one can do to it. */
  open(): Promise<Socket>;
  /** Files under DATA_DIR/files; waits a little until there are none. */
  leftFiles(): Promise<number>;
  /** That it still is the process it was, serves, has logged nothing unexpected and has not grown by 60 MB at any time. */
  assertUnharmed(): Promise<string>;
}

const maxGrowthBytes = 60 * 2 ** 20;
/**
 * A heap with little room for garbage, so that what is seen to grow is what is kept. With Node's own settings an ordinary load of GETs
 * grows the process by 70 MB before it is collected for the first time.
 */
const smallHeap = ['--max-semi-space-size=2', '--max-old-space-size=128'];
const answerMs = 20_000;

export async function startTarget(): Promise<Target> {
  const directory = await temporaryDirectory();
  const server = await startBuiltServer({ dataDir: directory.path, nodeArguments: smallHeap });
  const token = await server.token(randomAccount());
  const head = `Host: localhost:${server.port}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n`;
  const sendAll = (wire: Wire): Promise<Answer> => exchange(server.port, wire);
  await warmUp(sendAll, head);
  const idle = await residentMemory(server.pid);
  return {
    server,
    token,
    head,
    sendAll,
    send: (...wire) => sendAll(wire),
    open: () => openSocket(server.port),
    leftFiles: () => settledFileCount(join(directory.path, 'files')),
    assertUnharmed: () => assertUnharmed(server, sendAll, idle.now),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** What any refusal must look like: the status, `{ "error": "…" }` readable from every page, and nothing about our insides. */
export function assertRefused(answer: Answer, statuses: number | readonly number[], what = ''): void {
  const expected = [statuses].flat();
  assert.ok(expected.includes(answer.status), `${what}: expected ${expected}, was ${answer.status} ${answer.body}`);
  assert.equal(answer.headers.get('access-control-allow-origin'), '*', what);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/, what);
  const body = JSON.parse(answer.body);
  assert.deepEqual(Object.keys(body), ['error'], what);
  assert.equal(typeof body.error, 'string', what);
  assert.ok(body.error.length > 0 && body.error.length < 500, `${what}: an error of ${body.error.length} characters`);
  assertTight(answer, what);
}

/** That an answer says nothing about our insides, whatever its status. */
export function assertTight({ status, body }: Pick<Answer, 'status' | 'body'>, what = ''): void {
  assert.ok(status < 500 || status === 501, `${what}: ${status} ${body}`);
  assert.doesNotMatch(body, insides, what);
}

/** Stack frames, paths, and the names of what we are built from. */
const insides =
  /\bat [\w.<>]+ \(|\bat (?:file|node):|node_modules|file:\/\/|\/(?:work|tmp|home|dist|src)\/|\.[jt]s:\d|\b(?:busboy|dicer|kysely|jose|undici|hono|sqlite|TypeError|RangeError|SyntaxError)\b|stellar-sdk/i;

async function exchange(port: number, wire: Wire): Promise<Answer> {
  const socket = await openSocket(port);
  let read = '';
  const answered = Promise.withResolvers<void>();
  const finish = (): void => answered.resolve();
  socket.setEncoding('latin1').on('close', finish).on('end', finish);
  socket.on('data', (text: string) => {
    read += text;
    if (isComplete(read)) finish();
  });
  const progress = { sentBytes: 0, isOver: false };
  const timer = setTimeout(finish, answerMs);
  const writing = write(socket, wire, progress);
  await answered.promise;
  clearTimeout(timer);
  progress.isOver = true;
  socket.destroy();
  await writing;
  return toAnswer(read, progress.sentBytes);
}

async function write(socket: Socket, wire: Wire, progress: { sentBytes: number; isOver: boolean }): Promise<void> {
  for await (const piece of wire) {
    if (progress.isOver || !socket.writable) return;
    progress.sentBytes += piece.length;
    const isRoom = typeof piece === 'string' ? socket.write(piece, 'latin1') : socket.write(piece);
    if (!isRoom) await drained(socket);
  }
}

/** Waits until there is room to write, or nobody to write to. */
export async function drained(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('drain', resolve).once('close', resolve);
  await promise;
  socket.off('drain', resolve).off('close', resolve);
}

function isComplete(read: string): boolean {
  const end = read.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = Number(/^content-length: *(\d+)/im.exec(read.slice(0, end))?.[1] ?? 0);
  return read.length >= end + 4 + length;
}

function toAnswer(read: string, sentBytes: number): Answer {
  const end = read.indexOf('\r\n\r\n');
  const [first = '', ...lines] = read.slice(0, Math.max(end, 0)).split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const body = Buffer.from(read.slice(end + 4), 'latin1').toString();
  return { status: Number(first.split(' ')[1] ?? 0), headers: new Map(headers), body, sentBytes };
}

async function openSocket(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** What any server does in its first second, so that it is not taken for growth. */
async function warmUp(sendAll: (wire: Wire) => Promise<Answer>, head: string): Promise<void> {
  const body = JSON.stringify({ first_name: 'Ada', last_name: 'Lovelace', email_address: 'ada@example.com' });
  const put = `PUT /customer HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  for (let n = 0; n < 50; n++) {
    assert.equal((await sendAll([put])).status, 202);
    assert.equal((await sendAll([`GET /customer HTTP/1.1\r\n${head}\r\n`])).status, 200);
  }
}

async function settledFileCount(directory: string): Promise<number> {
  for (let tries = 0; ; tries++) {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
    const count = entries.filter((entry) => entry.isFile()).length;
    if (count === 0 || tries === 50) return count;
    await delay(50);
  }
}

async function assertUnharmed(
  server: BuiltServer,
  sendAll: (wire: Wire) => Promise<Answer>,
  idleBytes: number,
): Promise<string> {
  assert.ok(server.isRunning(), `the process is gone:\n${server.output().slice(-2000)}`);
  const health = await sendAll(['GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n']);
  assert.equal(health.status, 200);
  const faults = server
    .output()
    .split('\n')
    .filter((line) => /failed unexpectedly|"level":"error"|^\s+at /.test(line));
  assert.deepEqual(faults, []);
  const { now, peak } = await residentMemory(server.pid);
  const mb = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
  const figures = `resident: ${mb(idleBytes)} idle, ${mb(peak)} at most, ${mb(now)} now`;
  assert.ok(peak - idleBytes < maxGrowthBytes, figures);
  return figures;
}
