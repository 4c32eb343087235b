import { randomBytes } from 'node:crypto';
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Keypair, type Transaction, TransactionBuilder } from '@stellar/stellar-sdk';

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A part of a multipart body: a text, or a file made up as it is sent. */
export type Part = readonly [name: string, value: string | Upload];

/** A file of `bytes` bytes that starts as a JPEG does. */
export interface Upload {
  readonly bytes: number;
  /** Rests this long before each `pieceBytes`. */
  readonly pauseMs?: number;
}

export interface Call {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: object | Buffer | AsyncIterable<Buffer>;
}

/** Each request has a connection of its own, so that none is kept open behind a test's back. */
const agent = new Agent({ keepAlive: false });

/** Any request, answered by whatever the server said first, be the body sent whole or not. */
export async function send(method: string, url: string, call: Call = {}): Promise<Answer> {
  const { body, token } = call;
  const isJson = body !== undefined && !Buffer.isBuffer(body) && !(Symbol.asyncIterator in body);
  const headers = {
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    ...(isJson && { 'Content-Type': 'application/json' }),
    ...call.headers,
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request(url, { method, headers, agent });
  outgoing.on('response', resolve).on('error', reject);
  if (body === undefined || Buffer.isBuffer(body)) outgoing.end(body);
  else if (Symbol.asyncIterator in body) void pump(body, outgoing, promise);
  else outgoing.end(JSON.stringify(body));
  const response = await promise;
  const text = (await buffer(response)).toString();
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

/** Writes as fast as the server reads; stops when it has answered. */
async function pump(
  body: AsyncIterable<Buffer>,
  to: ReturnType<typeof request>,
  answered: Promise<unknown>,
): Promise<void> {
  const state = { done: false };
  const stop = (): void => {
    state.done = true;
  };
  answered.then(stop, stop);
  for await (const piece of body) {
    if (state.done) break;
    if (to.write(piece)) continue;
    await Promise.race([new Promise((resolve) => to.once('drain', resolve)), answered.catch(() => undefined)]);
  }
  to.end();
}

/** A multipart body streamed piece by piece, with the headers that go with it. */
export function multipart(parts: readonly Part[]): Required<Pick<Call, 'headers' | 'body'>> {
  const boundary = `e2e-${randomBytes(8).toString('hex')}`;
  return {
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    body: multipartPieces(boundary, parts),
  };
}

async function* multipartPieces(boundary: string, parts: readonly Part[]): AsyncGenerator<Buffer> {
  for (const [name, value] of parts) {
    yield Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`);
    if (typeof value === 'string') yield Buffer.from(value);
    else yield* filePieces(value);
    yield Buffer.from('\r\n');
  }
  yield Buffer.from(`--${boundary}--\r\n`);
}

const pieceBytes = 64 * 1024;
const jpegHead = Buffer.from('ffd8fffe000300ffc0000b080010001001011100', 'hex');
const filler = randomBytes(pieceBytes);

async function* filePieces({ bytes, pauseMs = 0 }: Upload): AsyncGenerator<Buffer> {
  yield jpegHead;
  for (let left = bytes - jpegHead.length; left > 0; left -= pieceBytes) {
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
    yield filler.subarray(0, Math.min(left, pieceBytes));
  }
}

/** A photo: the head of a JPEG, then bytes that do not compress. */
export function photo(bytes: number): Buffer {
  return Buffer.concat([jpegHead, randomBytes(bytes - jpegHead.length)]);
}

/** Who signs in, and how. */
export interface SignIn {
  readonly keypair: Keypair;
  /** What is asked for. Default: the key pair's own account. */
  readonly account?: string;
  readonly memo?: string;
  /** Whose signatures go on the challenge. Default: the key pair's. */
  readonly signers?: readonly Keypair[];
}

/** The answer to a signed challenge. */
export async function exchangeChallenge(url: string, signIn: SignIn): Promise<Answer> {
  const { keypair, account = keypair.publicKey(), memo, signers = [keypair] } = signIn;
  const query = new URLSearchParams({ account, ...(memo !== undefined && { memo }) });
  const challenge = await send('GET', `${url}/auth?${query}`);
  const { transaction, network_passphrase } = JSON.parse(challenge.text) as Record<string, string>;
  const signed = TransactionBuilder.fromXDR(transaction ?? '', network_passphrase ?? '') as Transaction;
  signed.sign(...signers);
  return send('POST', `${url}/auth`, { body: { transaction: signed.toXDR() } });
}

/** Signs in and answers the token. */
export async function tokenFor(url: string, signIn: SignIn = { keypair: Keypair.random() }): Promise<string> {
  const { status, text } = await exchangeChallenge(url, signIn);
  if (status !== 200) throw new Error(`signing in was answered ${status}: ${text}`);
  return (JSON.parse(text) as { token: string }).token;
}
