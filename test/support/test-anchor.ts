import { randomBytes } from 'node:crypto';
import type { RawOptions } from '../../src/environment.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { importTokenKey, issueToken } from '../../src/sep10/token.ts';
import { type Anchor, openAnchor } from '../../src/server.ts';
import { encodeStrkey } from '../../src/stellar/strkey.ts';
import { freshSecrets, type Secrets } from '../../src/vault/fresh-secrets.ts';
import { testEngine } from './engines.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export const hostUrl = 'http://localhost:8000';

export { temporaryDirectory } from './temporary-directory.ts';

/** A real anchor over a real store in a directory of its own, called through its web-standard handler. */
export interface TestAnchor extends AsyncDisposable {
  readonly anchor: Anchor;
  readonly dataDir: string;
  /** The secrets it was opened with, for another one over the same data. */
  readonly secrets: Secrets;
  /** A session token for any subject, signed as sign-in would. */
  token(sub: string, lifetimeSeconds?: number): Promise<string>;
  /** Calls the handler as the subject (none: without a token). */
  call(sub: string | undefined, method: string, path: string, init?: RequestInit): Promise<Response>;
  /** Sends JSON as the subject; answers status and parsed body. */
  json(sub: string | undefined, method: string, path: string, body?: unknown): Promise<JsonReply>;
}

export interface JsonReply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of many shapes and would fail on a wrong one
  readonly body: any;
  readonly headers: Headers;
}

/** Opens one; `await using` closes it and removes its data. */
export async function openTestAnchor(options: RawOptions = {}): Promise<TestAnchor> {
  const directory = await temporaryDirectory();
  await using opening = new AsyncDisposableStack();
  const database = testEngine.name === 'SQLite' ? undefined : opening.use(await testEngine.open());
  const secrets = freshSecrets();
  const dataDir = typeof options.dataDir === 'string' ? options.dataDir : directory.path;
  const given = {
    ...(database && { databaseUrl: database.databaseUrl }),
    localMode: true,
    hostUrl,
    dataDir,
    logger: silentLogger,
    ...secrets,
    ...options,
  };
  const anchor = await openAnchor(given, 'option');
  const key = await importTokenKey(anchor.settings.jwtKey);
  const token = (sub: string, lifetimeSeconds = 3600): Promise<string> => {
    const settings = { key, issuer: `${anchor.settings.hostUrl}/auth`, lifetimeSeconds, clock: anchor.settings.clock };
    return issueToken(settings, { sub, jti: 'test', homeDomain: anchor.settings.homeDomain });
  };
  const call: TestAnchor['call'] = async (sub, method, path, init = {}) => {
    const headers = new Headers(init.headers);
    if (sub !== undefined) headers.set('authorization', `Bearer ${await token(sub)}`);
    return anchor.fetch(new Request(`${hostUrl}${path}`, { ...init, method, headers }));
  };
  const json: TestAnchor['json'] = async (sub, method, path, body) => {
    const sent =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await call(sub, method, path, sent);
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers };
  };
  const own = opening.move();
  const dispose = async (): Promise<void> => {
    await anchor.close();
    await own.disposeAsync();
    await directory[Symbol.asyncDispose]();
  };
  return { anchor, dataDir, secrets, token, call, json, [Symbol.asyncDispose]: dispose };
}

/** A fresh `G…` account that nobody holds the key of. */
export function randomAccount(): string {
  return encodeStrkey('account', randomBytes(32));
}

/** A fresh `C…` contract address. */
export function randomContract(): string {
  return encodeStrkey('contract', randomBytes(32));
}

/** A JPEG of 16 × 16 pixels, or of other dimensions, as far as its headers say: 22 bytes and `extra`. */
export function jpegBytes(extra: Uint8Array = randomBytes(64), width = 16, height = 16): Buffer {
  const frame = Buffer.from('ffd8fffe000300ffc0000b080000000001011100', 'hex');
  frame.writeUInt16BE(height, 12);
  frame.writeUInt16BE(width, 14);
  return Buffer.concat([frame, extra, Buffer.from('ffd9', 'hex')]);
}
