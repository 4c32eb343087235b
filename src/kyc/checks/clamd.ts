import { connect, type Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import type { CheckFile } from './check.ts';

/** Where clamd listens. */
export type ClamdAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/**
 * Why nothing is known of a file: clamd hung up (`CLAMD_CLOSED`), takes no streams as long as this one (`CLAMD_TOO_LONG`), or said
 * something else than OK or FOUND (`CLAMD_UNEXPECTED`).
 */
export class ClamdFailed extends Error {
  readonly code: 'CLAMD_CLOSED' | 'CLAMD_TOO_LONG' | 'CLAMD_UNEXPECTED';

  constructor(code: ClamdFailed['code']) {
    super(`clamd gave no verdict: ${code}`);
    this.name = 'ClamdFailed';
    this.code = code;
  }
}

/** No reply is longer; virus names are not, and of anything else nothing can be made. */
const maxReplyBytes = 4096;

/**
 * The name of the signature that the file matches, undefined when it matches none. Memory held: one chunk.
 * @throws ClamdFailed and errors of the socket, the signal and the file: only the very word OK, after all of the file, means clean
 * @see clamd(8) § INSTREAM
 */
export async function scanFile(
  address: ClamdAddress,
  file: CheckFile,
  signal: AbortSignal,
): Promise<string | undefined> {
  let isWhole = false;
  const reply = await ask(address, signal, async (socket) => {
    await write(socket, Buffer.from('zINSTREAM\0'));
    let sent = 0;
    for await (const piece of file.open()) {
      // A chunk without bytes would end the stream.
      if (piece.length === 0) continue;
      await write(socket, uint32(piece.length), piece);
      sent += piece.length;
    }
    if (sent !== file.sizeBytes) throw new Error('the file is not as long as it was when it came');
    isWhole = true;
    await write(socket, uint32(0));
  });
  if (reply === 'stream: OK' && isWhole) return undefined;
  const [, found] = /^stream: (.+) FOUND$/.exec(reply) ?? [];
  if (found !== undefined) return found;
  throw new ClamdFailed(reply.startsWith('INSTREAM size limit exceeded') ? 'CLAMD_TOO_LONG' : 'CLAMD_UNEXPECTED');
}

/** What clamd says of itself and its signatures: `ClamAV 1.4.6/27800/Tue Nov 24 08:15:00 2026`. @see clamd(8) § VERSION */
export async function askVersion(address: ClamdAddress, signal: AbortSignal): Promise<string> {
  const reply = await ask(address, signal, (socket) => write(socket, Buffer.from('zVERSION\0')));
  if (!reply.startsWith('ClamAV ')) throw new ClamdFailed('CLAMD_UNEXPECTED');
  return reply;
}

/** Sends and listens at the same time: a clamd that has had enough says so before the end. */
async function ask(
  address: ClamdAddress,
  signal: AbortSignal,
  send: (socket: Socket) => Promise<void>,
): Promise<string> {
  signal.throwIfAborted();
  const socket = connect(address);
  // Whatever goes wrong is told to who reads and to who writes; an error that comes after both have left must not end the process.
  socket.on('error', () => {});
  addAbortSignal(signal, socket);
  try {
    const reply = readReply(socket);
    return await Promise.race([reply, send(socket).then(() => reply)]);
  } finally {
    socket.destroy();
  }
}

async function readReply(socket: Socket): Promise<string> {
  let reply: Buffer = Buffer.alloc(0);
  for await (const bytes of socket as AsyncIterable<Buffer>) {
    reply = Buffer.concat([reply, bytes]);
    const end = reply.indexOf(0);
    if (end >= 0) return reply.toString('utf8', 0, end);
    if (reply.length > maxReplyBytes) throw new ClamdFailed('CLAMD_UNEXPECTED');
  }
  throw new ClamdFailed('CLAMD_CLOSED');
}

/** Done when the system has the bytes: that keeps clamd's pace, and whoever lent the buffer may have it back. */
function write(socket: Socket, ...parts: readonly Uint8Array[]): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.cork();
    for (const part of parts.slice(0, -1)) socket.write(part);
    socket.write(parts.at(-1) ?? '', (error) => (error ? reject(error) : resolve()));
    socket.uncork();
  });
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
