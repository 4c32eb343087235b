import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { importTokenKey, issueToken } from '../../src/sep10/token.ts';
import { freshSecret, type Secrets } from '../../src/vault/fresh-secrets.ts';
import { freePort, programPath } from '../e2e/started-process.ts';

/** `anchor-kyc start` as it was built, in a process of its own, its log read as it comes. Needs `npm run build` first. */
export interface BuiltServer extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  readonly dataDir: string;
  /** Milliseconds from the start of the process to the first answered request. */
  readonly startedMs: number;
  /** False once the process is gone. */
  isRunning(): boolean;
  /** A session token, as sign-in would give it. */
  token(sub: string): Promise<string>;
  /** All it has written to standard output and standard error. */
  output(): string;
  /** Stops it, waiting for requests in flight as it does. */
  stop(): Promise<void>;
}

/** What may differ from a first `npm start`. */
export interface StartOptions {
  readonly dataDir: string;
  readonly secrets?: Secrets;
  readonly environment?: Readonly<Record<string, string>>;
  /** Arguments of Node itself. */
  readonly nodeArguments?: readonly string[];
}

/** Starts it and waits for its first answer. @throws Error with what it printed when it does not come up */
export async function startBuiltServer(options: StartOptions): Promise<BuiltServer> {
  const { dataDir, secrets = freshSecrets() } = options;
  const port = await freePort();
  const startedAt = performance.now();
  const child = run(options, secrets, port);
  const output = collect(child);
  if (!(await answers(port, child))) throw new Error(`the built server did not start:\n${output()}`);
  const startedMs = performance.now() - startedAt;
  const key = await importTokenKey(Buffer.from(secrets.serverJwtKey));
  const settings = {
    key,
    issuer: `http://localhost:${port}/auth`,
    lifetimeSeconds: 3600,
    clock: { now: () => new Date() },
  };
  const stop = (): Promise<void> => stopChild(child);
  return {
    pid: child.pid ?? 0,
    port,
    dataDir,
    startedMs,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    token: (sub) => issueToken(settings, { sub, jti: 'test', homeDomain: `localhost:${port}` }),
    output,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** A set of secrets to start several servers with. */
export function freshSecrets(): Secrets {
  return {
    signingSeed: freshSecret.signingSeed(),
    serverJwtKey: freshSecret.serverJwtKey(),
    encryptionKeys: freshSecret.encryptionKeys(),
  };
}

/** Resident memory of a process, now and at its most since it started or {@link resetPeak}, in bytes. */
export interface ResidentMemory {
  readonly now: number;
  readonly peak: number;
}

/** Reads it from the Linux kernel, which misses no short peak. */
export async function residentMemory(pid: number): Promise<ResidentMemory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
  return { now: kilobytes('VmRSS') * 1024, peak: kilobytes('VmHWM') * 1024 };
}

/** Lets the peak begin anew. @see proc(5), /proc/pid/clear_refs */
export async function resetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}

function run(options: StartOptions, secrets: Secrets, port: number): ChildProcess {
  const { dataDir, environment = {}, nodeArguments = [] } = options;
  return spawn(process.execPath, [...nodeArguments, programPath, 'start'], {
    // Through pipes, as under a process manager: a log file on the disk of the database would share in every fsync.
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      DATA_DIR: dataDir,
      SIGNING_SEED: secrets.signingSeed,
      SERVER_JWT_KEY: secrets.serverJwtKey,
      KYC_ENCRYPTION_KEYS: secrets.encryptionKeys,
      ...environment,
    },
  });
}

function collect(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

async function answers(port: number, child: ChildProcess): Promise<boolean> {
  for (let tries = 0; tries < 4000 && child.exitCode === null; tries++) {
    if (await isReady(port)) return true;
    await delay(5);
  }
  return false;
}

/** One request over a bare socket: lighter than fetch, whose own start would be counted otherwise. */
async function isReady(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  socket.once('error', () => resolve(false)).once('close', () => resolve(false));
  socket.once('data', (reply: string) => resolve(reply.startsWith('HTTP/1.1 200')));
  socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  return promise.finally(() => socket.destroy());
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}
