import cluster from 'node:cluster';
import { adminCommand, adminUsage } from './admin-command.ts';
import { auditCommand, auditUsage } from './audit-command.ts';
import { backupCommand, backupUsage, restoreCommand } from './backup-command.ts';
import { banner } from './banner.ts';
import { expectNoMore, parseWords, UsageError } from './command-words.ts';
import { deliveriesCommand, deliveriesUsage } from './deliveries-command.ts';
import { type Environment, environmentNames } from './environment.ts';
import { exportCommand, exportUsage } from './export-command.ts';
import { keysCommand, keysUsage } from './keys-command.ts';
import { describeError, type Logger } from './lib/log.ts';
import { readFlag } from './option-reader.ts';
import { programCommand, programUsage } from './program-command.ts';
import { release } from './release.ts';
import { resolveOptions } from './resolve-options.ts';
import { runWorkers } from './run-workers.ts';
import { secretOptions, withSecretFiles } from './secret-files.ts';
import { openAnchor } from './server.ts';
import { readOptions, withSecrets } from './setting-files.ts';
import { shredsCommand, shredsUsage } from './shreds-command.ts';

const usage = `anchor-kyc: KYC for Stellar anchors (SEP-12, with SEP-1 and SEP-10)

  anchor-kyc start          serve in local mode: secrets are made and kept in DATA_DIR, http is allowed
  anchor-kyc serve          serve in production: secrets and an https HOST_URL must be given
    --workers N             with either of them: N processes on one port and one database
  anchor-kyc check          check the settings and the KYC program, and start nothing
  anchor-kyc program diff   whom another KYC program would move; nothing is changed
  anchor-kyc deliveries     what wallets and operators were told: list, show, redeliver, targets, enable
  anchor-kyc audit          who did and read what: verify, list, head
  anchor-kyc backup         copies database and files while a server is running
  anchor-kyc restore        puts such a copy back
  anchor-kyc shreds         the copy of the shred store: backup, check, restore
  anchor-kyc export         everything that is held on a customer, in clear text
  anchor-kyc admin          who may sign in to the review console: create, reset, disable, enable, list
  anchor-kyc keys generate  print a fresh set of secrets as environment lines
  anchor-kyc keys           the keys that wrap data keys: list, status, rotate, retire
  anchor-kyc --help         this page; anchor-kyc COMMAND --help is about one command
  anchor-kyc --version      the release

It ends with 0 when all is well, 1 when something is not (standard error says what), 2 when the command line is not right.

Settings are environment variables (docs/options.md explains each):
${wrap(Object.values(environmentNames))}

Each of these may lie in a file of its own: with _FILE behind the name, and the path as its value:
${wrap(secretOptions.map((option) => environmentNames[option]))}
`;

const serveUsage = `anchor-kyc start and serve: the server

  anchor-kyc start [--workers N]   local mode, for trying it out: secrets are made and kept in DATA_DIR, http and loopback are allowed
  anchor-kyc serve [--workers N]   production: what is missing or unsafe is named, and nothing is started

--workers runs N processes on one port and one database. SIGTERM and Control-C stop it: requests in flight finish first.
`;

const checkUsage = `anchor-kyc check: whether 'serve' would take the settings and the KYC program; nothing is started or written

  anchor-kyc check                 for 'anchor-kyc start': LOCAL_MODE=1 anchor-kyc check

What takes another machine (Horizon, PostgreSQL, a key service, a bucket) is not asked.
`;

/** Something the command line does, and what it says about it. */
interface Command {
  readonly usage: string;
  run(args: readonly string[], environment: Environment): Promise<void>;
}

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['start', { usage: serveUsage, run: (args, environment) => run(args, localUnlessSaid(environment)) }],
  ['serve', { usage: serveUsage, run: (args, environment) => run(args, productionOnly(environment)) }],
  ['check', { usage: checkUsage, run: check }],
  ['program', printing(programUsage, programCommand)],
  ['deliveries', printing(deliveriesUsage, deliveriesCommand)],
  ['audit', { usage: auditUsage, run: audit }],
  ['backup', printing(backupUsage, backupCommand)],
  ['restore', printing(backupUsage, restoreCommand)],
  ['shreds', printing(shredsUsage, shredsCommand)],
  ['export', printing(exportUsage, exportCommand)],
  ['admin', printing(adminUsage, adminCommand)],
  ['keys', printing(keysUsage, keysCommand)],
]);

/** The command line: runs one command and sets the exit code, 2 for words that cannot be used. */
export async function main(args: readonly string[], environment: Environment): Promise<void> {
  const [name = '--help', ...words] = args;
  process.stdout.on('error', unlessUnread);
  process.stderr.on('error', unlessUnread);
  if (['--version', '-v'].includes(name)) return print(`${release}\n`);
  if (['--help', '-h', 'help'].includes(name)) return print(commands.get(words[0] ?? '')?.usage ?? usage);
  const command = commands.get(name);
  if (command === undefined) return end(2, `there is no command '${name}'\n\n${usage.trimEnd()}`);
  if (asksForHelp(words)) return print(command.usage);
  try {
    await command.run(words, await withSecretFiles(environment));
  } catch (error) {
    if (error instanceof UsageError) end(2, `${error.message} ('anchor-kyc ${name} --help' says more)`);
    else end(1, explain(error));
  }
}

/** Whoever reads what is printed may stop reading, as `head` does: no fault of the command. */
function unlessUnread(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function asksForHelp(words: readonly string[]): boolean {
  return words[0] === 'help' || words.includes('--help') || words.includes('-h');
}

function end(code: number, message: string): void {
  process.stderr.write(`anchor-kyc: ${message}\n`);
  process.exitCode = code;
  // The channel to the process that runs this one would keep it.
  if (cluster.isWorker) process.exit();
}

/** A command that answers what is to be printed. */
function printing(
  usage: string,
  command: (args: readonly string[], environment: Environment, note: (line: string) => void) => Promise<string>,
): Command {
  return { usage, run: async (args, environment) => print(await command(args, environment, note)) };
}

async function audit(args: readonly string[], environment: Environment): Promise<void> {
  const { text, isWell } = await auditCommand(args, environment, note);
  print(text);
  if (!isWell) process.exitCode = 1;
}

/** Serves in this process, or in as many others as the arguments say. */
async function run(args: readonly string[], environment: Environment): Promise<void> {
  const count = workersOf(args);
  if (count === 1 || cluster.isWorker) return serve(environment);
  const { log } = resolveOptions(withSecrets(await readOptions(environment)), 'environment');
  process.exitCode = await runWorkers({ count, log });
}

const maxWorkers = 64;

function workersOf(args: readonly string[]): number {
  const { workers } = parseWords({ args: [...args], options: { workers: { type: 'string', default: '1' } } }).values;
  const count = /^\d{1,3}$/.test(workers) ? Number(workers) : 0;
  if (count < 1 || count > maxWorkers)
    throw new UsageError(`--workers: expected a whole number from 1 to ${maxWorkers}`);
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

function localUnlessSaid(environment: Environment): Environment {
  return { ...environment, LOCAL_MODE: environment['LOCAL_MODE'] || '1' };
}

/** `serve` is for real customers: what makes a first run easy is refused rather than overruled. */
function productionOnly(environment: Environment): Environment {
  if (readFlag(environment['LOCAL_MODE'] || '0') === false) return environment;
  throw new TypeError(
    "LOCAL_MODE: expected not to be set; 'anchor-kyc serve' is production, 'anchor-kyc start' is local mode",
  );
}

/** Says whether the settings would do. Nothing is started or written. */
async function check(args: readonly string[], environment: Environment): Promise<void> {
  expectNoMore(args);
  const settings = resolveOptions(withSecrets(await readOptions(environment)), 'environment');
  const types = [...settings.program.types.values()].map(
    (type) => `  ${type.name}: ${type.fields.size} fields, ${type.decision}`,
  );
  print(`The settings are good${settings.localMode ? ' for local mode' : ''}. Customer types:\n${types.join('\n')}\n`);
}

/**
 * Control-C reaches workers directly, and again by the process that runs them: the second one must not cut off the first. A server whose log nobody
 * takes any more stops as well, in order, so that whatever runs it starts one that has a log.
 */
function stopOnSignal(log: Logger, close: () => Promise<void>): void {
  let isStopping = false;
  const stop = (signal: string, code = 0): void => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping: requests in flight finish first');
    close().then(
      () => process.exit(code),
      (error: unknown) => {
        log.error(describeError(error), 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM')).on('SIGINT', () => stop('SIGINT'));
  process.stdout.on('error', () => stop('EPIPE', 1));
}

/** What the user is told of an error that ends the process: the message if it was meant for them, else where it happened. */
function explain(error: unknown): string {
  if (error instanceof TypeError) return error.message;
  const { code = '', syscall, message, path } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'PORT: expected a free port; another process listens on this one';
  if (code === 'EACCES' && syscall === 'listen') return 'PORT: expected a port that this user may listen on';
  if (syscall === 'getaddrinfo' || code === 'EADDRNOTAVAIL')
    return `HOST: expected an address of this machine (${code})`;
  if (code === 'ERR_SQLITE_ERROR') return `DATA_DIR: expected a database that can be used; SQLite says: ${message}`;
  if (syscall === 'mkdir') return `DATA_DIR: expected a directory that this user may write to (${code}: ${path})`;
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
