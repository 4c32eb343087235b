import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { ClamdAddress } from '../../src/kyc/checks/clamd.ts';
import { eicar } from './eicar.ts';

/** What the stand-in does instead of what clamd does. */
export type Misbehaviour =
  | 'silent'
  | 'hangs-up'
  | 'hangs-up-early'
  | 'answers-early'
  | 'no-terminator'
  | 'babbles'
  | { readonly says: string };

export interface StandInClamd extends AsyncDisposable {
  readonly address: ClamdAddress;
  /** The streams that were sent to the end, as they arrived. */
  readonly streams: readonly Buffer[];
  readonly settings: { misbehaviour: Misbehaviour | undefined; readsSlowly: boolean };
}

const replies: Readonly<Record<string, string>> = {
  zPING: 'PONG',
  zVERSION: 'ClamAV 1.4.6/27800/Tue Nov 24 08:15:00 2026',
};

/**
 * Stands in for clamd, which may not be installed: INSTREAM, PING and VERSION as clamd(8) documents them, one command a connection, on a
 * TCP port or a unix socket. It knows one signature, EICAR's, and, like `AlertExceedsMax yes`, flags streams above `maxFileBytes`.
 */
export async function openStandInClamd(
  path?: string,
  { streamMaxLength = 25_000_000, maxFileBytes = 20_000_000 } = {},
): Promise<StandInClamd> {
  const settings: StandInClamd['settings'] = { misbehaviour: undefined, readsSlowly: false };
  const streams: Buffer[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => {});
    serve(socket, new Reader(socket, settings)).catch(() => socket.destroy());
  });

  async function serve(socket: Socket, reader: Reader): Promise<void> {
    const command = await reader.until(0);
    if (command === 'zINSTREAM') await scan(socket, reader);
    else socket.end(`${replies[command] ?? 'UNKNOWN COMMAND'}\0`);
  }

  async function scan(socket: Socket, reader: Reader): Promise<void> {
    if (settings.misbehaviour === 'answers-early') {
      socket.write('stream: OK\0');
      return;
    }
    const stream = await readStream(reader);
    if (stream !== undefined) streams.push(stream);
    if (settings.misbehaviour !== undefined) misbehave(socket, settings.misbehaviour);
    else socket.end(`${stream === undefined ? 'INSTREAM size limit exceeded. ERROR' : verdictOf(stream)}\0`);
  }

  async function readStream(reader: Reader): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    for (let total = 0; ; ) {
      const length = (await reader.take(4)).readUInt32BE();
      if (length === 0) return Buffer.concat(chunks);
      total += length;
      if (total > streamMaxLength) return undefined;
      chunks.push(await reader.take(length));
      if (settings.misbehaviour === 'hangs-up-early') throw new Error('hangs up');
    }
  }

  function verdictOf(stream: Buffer): string {
    if (stream.length > maxFileBytes) return 'stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND';
    return stream.includes(eicar) ? 'stream: Eicar-Test-Signature FOUND' : 'stream: OK';
  }

  if (path === undefined) server.listen(0, '127.0.0.1');
  else server.listen(path);
  await once(server, 'listening');
  const bound = server.address();
  const address = typeof bound === 'object' && bound ? { host: bound.address, port: bound.port } : { path: path ?? '' };
  return {
    address,
    streams,
    settings,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function misbehave(socket: Socket, how: Misbehaviour): void {
  if (how === 'hangs-up') socket.destroy();
  if (how === 'no-terminator') socket.end('stream: OK');
  if (how === 'babbles') socket.end('stream: OK '.repeat(1000));
  if (typeof how === 'object') socket.end(how.says);
}

/** Takes from a socket as many bytes as it is asked for. */
class Reader {
  readonly #source: AsyncIterator<Buffer>;
  readonly #settings: { readonly readsSlowly: boolean };
  #held = Buffer.alloc(0);

  constructor(socket: Socket, settings: { readonly readsSlowly: boolean }) {
    this.#source = (socket as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    this.#settings = settings;
  }

  async until(byte: number): Promise<string> {
    while (!this.#held.includes(byte)) await this.#more();
    const text = (await this.take(this.#held.indexOf(byte) + 1)).toString('latin1');
    return text.slice(0, -1);
  }

  async take(length: number): Promise<Buffer> {
    while (this.#held.length < length) await this.#more();
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return taken;
  }

  async #more(): Promise<void> {
    if (this.#settings.readsSlowly) await new Promise((resolve) => setTimeout(resolve, 2));
    const { done, value } = await this.#source.next();
    if (done) throw new Error('the client has gone');
    this.#held = Buffer.concat([this.#held, value]);
  }
}
