import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The program as it is installed: it runs what `npm run build` made. */
export const programPath: string = fileURLToPath(new URL('../../bin/anchor-kyc.js', import.meta.url));

const pollMs = 10;
const startTimeoutMs = 20_000;

/** How a process ended: a code, or the signal that killed it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a process that ran to its end left. */
export interface Finished extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

/** How to start the program. No variable of this process reaches it but PATH. */
export interface StartOptions {
  readonly dataDir: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: `start`. With words of its own where it is a list. */
  readonly command?: string | readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The program, serving. Killed when the scope ends. */
export interface StartedProcess extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  /** Where the process itself listens, whatever its HOST_URL says. */
  readonly url: string;
  /** From spawn to the first answered request. */
  readonly startedAfterMs: number;
  stdout(): string;
  stderr(): string;
  /** The lines of stdout that are JSON. */
  logLines(): readonly Record<string, unknown>[];
  /** Resident memory in bytes. */
  rss(): Promise<number>;
  /** As a power cut would: nothing is told, nothing is flushed. */
  kill9(): Promise<Exit>;
  /** As an operator would. */
  terminate(): Promise<Exit>;
  /** Sends the signal and does not wait. */
  signal(signal: NodeJS.Signals): void;
  readonly exited: Promise<Exit>;
}

/** A port nobody listens on, outside of the range the kernel hands out by itself. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    const server = createServer();
    const isFree = new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, () => resolve(true));
    });
    if (!(await isFree)) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/** Starts the program and waits until it answers. @throws Error with its output when it ends instead */
export async function startProcess(options: StartOptions): Promise<StartedProcess> {
  const port = options.port ?? (await freePort());
  const url = `http://localhost:${port}`;
  const startedAt = performance.now();
  const child = spawnProgram([options.command ?? 'start'].flat(), {
    DATA_DIR: options.dataDir,
    PORT: String(port),
    ...options.env,
  });
  const output = collect(child);
  const exited = exitOf(child);
  const started = {
    pid: child.pid ?? 0,
    port,
    url,
    ...output,
    exited,
    logLines: () => jsonLines(output.stdout()),
    rss: () => residentBytes(child.pid ?? 0),
    signal: (signal: NodeJS.Signals) => void child.kill(signal),
    kill9: () => killAndWait(child, 'SIGKILL', exited),
    terminate: () => killAndWait(child, 'SIGTERM', exited),
    [Symbol.asyncDispose]: async () => void (await killAndWait(child, 'SIGKILL', exited)),
  };
  try {
    await untilHealthy(child, url);
  } catch (error) {
    await started.kill9();
    throw new Error(`the program did not start:\n${output.stdout()}\n${output.stderr()}`, { cause: error });
  }
  return { ...started, startedAfterMs: performance.now() - startedAt };
}

/** The program while it runs to its end. */
export interface ProgramRun {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Starts the program, to be watched or killed before its end. */
export function startProgram(args: readonly string[], env: Readonly<Record<string, string>> = {}): ProgramRun {
  const child = spawnProgram(args, env);
  const output = collect(child);
  const finished = exitOf(child).then((exit) => ({ ...exit, stdout: output.stdout(), stderr: output.stderr() }));
  return { child, finished };
}

/** Runs the program to its end. */
export async function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  node: string = process.execPath,
): Promise<Finished> {
  // What is started dozens of times to print a line is compiled once.
  const child = spawnProgram(args, { NODE_COMPILE_CACHE: join(tmpdir(), 'anchor-kyc-compiled'), ...env }, node);
  const output = collect(child);
  const giveUp = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs);
  const exit = await exitOf(child);
  clearTimeout(giveUp);
  return { ...exit, stdout: output.stdout(), stderr: output.stderr() };
}

function spawnProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  node: string = process.execPath,
): ChildProcess {
  return spawn(node, [programPath, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function collect(child: ChildProcess): { stdout(): string; stderr(): string } {
  const read = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    read.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    read.stderr += text;
  });
  return { stdout: () => read.stdout, stderr: () => read.stderr };
}

/** Resolves once all output has been read as well. */
async function exitOf(child: ChildProcess): Promise<Exit> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}

async function killAndWait(child: ChildProcess, signal: NodeJS.Signals, exited: Promise<Exit>): Promise<Exit> {
  child.kill(signal);
  return exited;
}

async function untilHealthy(child: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended');
    const status = await fetch(`${url}/health`).then(
      (response) => response.arrayBuffer().then(() => response.status),
      () => 0,
    );
    if (status === 200) return;
    await wait(pollMs);
  }
  throw new Error('no answer in time');
}

function jsonLines(text: string): Record<string, unknown>[] {
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status has no VmRSS`);
  return Number(kilobytes) * 1024;
}
