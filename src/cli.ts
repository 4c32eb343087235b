import cluster from 'node:cluster';
import { parseArgs } from 'node:util';
import { adminCommand } from './admin-command.ts';
import { auditCommand } from './audit-command.ts';
import { backupCommand, restoreCommand } from './backup-command.ts';
import { banner } from './banner.ts';
import { deliveriesCommand } from './deliveries-command.ts';
import { type Environment, environmentNames } from './environment.ts';
import { exportCommand } from './export-command.ts';
import { keysCommand } from './keys-command.ts';
import { describeError, type Logger } from './lib/log.ts';
import { readFlag } from './option-reader.ts';
import { programCommand } from './program-command.ts';
import { release } from './release.ts';
import { resolveOptions } from './resolve-options.ts';
import { runWorkers } from './run-workers.ts';
import { openAnchor } from './server.ts';
import { readOptions, withSecrets } from './setting-files.ts';

const usage = `anchor-kyc: KYC for Stellar anchors (SEP-12, with SEP-1 and SEP-10)

  anchor-kyc start          serve in local mode: secrets are made and kept in DATA_DIR, http is allowed
  anchor-kyc serve          serve in production: secrets and an https HOST_URL must be given
    --workers N             with either of them: N processes on one port and one database
  anchor-kyc check          check the settings and the KYC program, and start nothing
  anchor-kyc program diff   whom another KYC program would move; nothing is changed
  anchor-kyc deliveries     what wallets and operators were told: list, show, redeliver, targets, enable
  anchor-kyc audit          who did and read what: verify, list, head
  anchor-kyc backup         copies database and files while a server is running; restore puts them back
  anchor-kyc export         everything that is held on a customer, in clear text
  anchor-kyc admin           who may sign in to the review console: create, reset, disable, enable, list
  anchor-kyc keys generate  print a fresh set of secrets as environment lines
  anchor-kyc keys           the keys that wrap data keys: list, status, rotate, retire
  anchor-kyc --help         this page
  anchor-kyc --version      the release

Settings are environment variables (docs/options.md explains each):
${wrap(Object.values(environmentNames))}
`;

const commands: Readonly<Record<string, (environment: Environment) => Promise<void>>> = {
  check: (environment) => check(environment),
  '--help': async () => print(usage),
  '--version': async () => print(`${release}\n`),
};

/** The command line: runs one command and sets the exit code, 2 for a command that does not exist. */
export async function main(args: readonly string[], environment: Environment): Promise<void> {
  const aliases: Readonly<Record<string, string>> = { help: '--help', '-h': '--help', '': '--help', '-v': '--version' };
  const name = args.join(' ');
  const command = families.get(args[0] ?? '')?.(args.slice(1)) ?? commands[aliases[name] ?? name];
  if (command === undefined) {
    process.stderr.write(`anchor-kyc: there is no command '${name}'\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  try {
    await command(environment);
  } catch (error) {
    process.stderr.write(`anchor-kyc: ${explain(error)}\n`);
    process.exitCode = 1;
    // The channel to the process that runs this one would keep it.
    if (cluster.isWorker) process.exit();
  }
}

type Command = (environment: Environment) => Promise<void>;

/** Commands that have words of their own. */
const families: ReadonlyMap<string, (args: readonly string[]) => Command> = new Map<
  string,
  (args: readonly string[]) => Command
>([
  ['export', (args) => async (environment) => print(await exportCommand(args, environment))],
  ['start', (args) => (environment) => run(args, { ...environment, LOCAL_MODE: environment['LOCAL_MODE'] || '1' })],
  ['serve', (args) => (environment) => run(args, productionOnly(environment))],
  ['admin', (args) => async (environment) => print(await adminCommand(args, environment))],
  [
    'audit',
    (args) => async (environment) => {
      const { text, isWell } = await auditCommand(args, environment, note);
      print(text);
      if (!isWell) process.exitCode = 1;
    },
  ],
  ['backup', (args) => async (environment) => print(await backupCommand(args, environment))],
  ['restore', (args) => async (environment) => print(await restoreCommand(args, environment))],
  ['deliveries', (args) => async (environment) => print(await deliveriesCommand(args, environment))],
  ['keys', (args) => async (environment) => print(await keysCommand(args, environment, note))],
  ['program', (args) => async (environment) => print(await programCommand(args, environment, note))],
]);

/** Serves in this process, or in as many others as the arguments say. */
async function run(args: readonly string[], environment: Environment): Promise<void> {
  const count = workersOf(args);
  if (count === 1 || cluster.isWorker) return serve(environment);
  const { log } = resolveOptions(withSecrets(await readOptions(environment)), 'environment');
  process.exitCode = await runWorkers({ count, log });
}

const maxWorkers = 64;

function workersOf(args: readonly string[]): number {
  const { workers } = parseArgs({ args: [...args], options: { workers: { type: 'string', default: '1' } } }).values;
  const count = /^\d{1,3}$/.test(workers) ? Number(workers) : 0;
  if (count < 1 || count > maxWorkers)
    throw new TypeError(`--workers: expected a whole number from 1 to ${maxWorkers}`);
  return count;
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function serve(environment: Environment): Promise<void> {
  // Whatever this process creates is for its own user alone: the database, its log, files, secrets.
  process.umask(0o077);
  const anchor = await openAnchor(await readOptions(environment), 'environment');
  const { log, localMode } = anchor.settings;
  stopOnSignal(log, () => anchor.close());
  const { port } = await anchor.listen().catch(async (error: unknown) => {
    await anchor.close();
    throw error;
  });
  // What starting left behind is most of what an idle process would hold on to.
  globalThis.gc?.({ type: 'major', flavor: 'last-resort' });
  if (localMode && (cluster.worker?.id ?? 1) === 1) print(banner(anchor.settings));
  log.info({ port, localMode, release }, 'serving');
}

/** `serve` is for real customers: what makes a first run easy is refused rather than overruled. */
function productionOnly(environment: Environment): Environment {
  if (readFlag(environment['LOCAL_MODE'] || '0') === false) return environment;
  throw new TypeError(
    "LOCAL_MODE: expected not to be set; 'anchor-kyc serve' is production, 'anchor-kyc start' is local mode",
  );
}

/** Says whether the settings would do. Nothing is started or written. */
async function check(environment: Environment): Promise<void> {
  const settings = resolveOptions(withSecrets(await readOptions(environment)), 'environment');
  const types = [...settings.program.types.values()].map(
    (type) => `  ${type.name}: ${type.fields.size} fields, ${type.decision}`,
  );
  print(`The settings are good${settings.localMode ? ' for local mode' : ''}. Customer types:\n${types.join('\n')}\n`);
}

/** Control-C reaches workers directly, and again by the process that runs them: the second one must not cut off the first. */
function stopOnSignal(log: Logger, close: () => Promise<void>): void {
  let isStopping = false;
  const stop = (signal: string): void => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping: requests in flight finish first');
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error(describeError(error), 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
}

/** What the user is told of an error that ends the process: the message if it was meant for them, else where it happened. */
function explain(error: unknown): string {
  if (error instanceof TypeError) return error.message;
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'PORT: expected a free port; another process listens on this one';
  if (code === 'EACCES' && syscall === 'listen') return 'PORT: expected a port that this user may listen on';
  if (syscall === 'getaddrinfo' || code === 'EADDRNOTAVAIL')
    return `HOST: expected an address of this machine (${code})`;
  if (syscall === 'mkdir') return `DATA_DIR: expected a directory that this user may write to (${code})`;
  return error instanceof Error ? error.message : String(error);
}

function print(text: string): void {
  process.stdout.write(text);
}

function wrap(words: readonly string[]): string {
  const lines = [''];
  for (const word of words) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length > 96) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => `  ${line}`).join('\n');
}
