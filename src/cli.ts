import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { banner } from './banner.ts';
import { environmentNames, optionsFromEnvironment, type RawOptions } from './environment.ts';
import type { ProgramDefinition } from './kyc/program.ts';
import { describeError, type Logger } from './lib/log.ts';
import { readFlag } from './option-reader.ts';
import { resolveOptions } from './resolve-options.ts';
import { openAnchor } from './server.ts';
import { freshSecrets } from './vault/fresh-secrets.ts';

const usage = `anchor-kyc: KYC for Stellar anchors (SEP-12, with SEP-1 and SEP-10)

  anchor-kyc start          serve in local mode: secrets are made and kept in DATA_DIR, http is allowed
  anchor-kyc serve          serve in production: secrets and an https HOST_URL must be given
  anchor-kyc check          check the settings and the KYC program, and start nothing
  anchor-kyc keys generate  print a fresh set of secrets as environment lines
  anchor-kyc --help         this page
  anchor-kyc --version      the release

Settings are environment variables (docs/options.md explains each):
${wrap(Object.values(environmentNames))}
`;

type Environment = Readonly<Record<string, string | undefined>>;

const commands: Readonly<Record<string, (environment: Environment) => Promise<void>>> = {
  start: (environment) => serve({ ...environment, LOCAL_MODE: environment['LOCAL_MODE'] || '1' }),
  serve: (environment) => serve(productionOnly(environment)),
  check: (environment) => check(environment),
  'keys generate': async () => print(secretLines()),
  '--help': async () => print(usage),
  '--version': async () => print(`${await release()}\n`),
};

/** The command line: runs one command and sets the exit code, 2 for a command that does not exist. */
export async function main(args: readonly string[], environment: Environment): Promise<void> {
  const aliases: Readonly<Record<string, string>> = { help: '--help', '-h': '--help', '': '--help', '-v': '--version' };
  const name = args.join(' ');
  const command = commands[aliases[name] ?? name];
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
  }
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
  if (localMode) print(banner(anchor.settings));
  log.info({ port, localMode, release: await release() }, 'serving');
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

/**
 * The options that the environment gives. Settings that name files are replaced by what is in the files.
 * @throws TypeError when a file cannot be used, naming everything else that is wrong as well
 */
async function readOptions(environment: Environment): Promise<RawOptions> {
  const { program, stellarToml, ...options } = optionsFromEnvironment(environment);
  const readings = await Promise.allSettled([
    typeof program === 'string' && readProgram(program).then((definition) => ({ program: definition })),
    stellarToml !== undefined && readSetting('STELLAR_TOML', stellarToml).then((toml) => ({ stellarToml: toml })),
  ]);
  const faults = readings.flatMap((reading) => (reading.status === 'rejected' ? [reading.reason as TypeError] : []));
  if (faults.length === 0)
    return Object.assign(options, ...readings.map((reading) => 'value' in reading && reading.value));
  const messages = [...faults.map(({ message }) => message), ...faultsOf(options)];
  throw new TypeError(`These settings are not usable:\n  ${messages.join('\n  ')}`);
}

/** What is wrong with the options, one line each. */
function faultsOf(options: RawOptions): string[] {
  try {
    resolveOptions(withSecrets(options), 'environment');
    return [];
  } catch (error) {
    const [, ...lines] = (error as TypeError).message.split('\n');
    return lines.map((line) => line.trim());
  }
}

/** In local mode secrets that are not given will be made. */
function withSecrets(options: RawOptions): RawOptions {
  return readFlag(options.localMode ?? false) === true ? { ...freshSecrets(), ...options } : options;
}

async function readProgram(path: string): Promise<ProgramDefinition> {
  const program =
    extname(path) === '.json' ? parseJson(await readSetting('KYC_PROGRAM', path)) : await importDefault(path);
  if (typeof program === 'object' && program !== null) return program as ProgramDefinition;
  throw new TypeError('KYC_PROGRAM: expected a program, defineProgram({ … }), as JSON or as the default export');
}

async function importDefault(path: string): Promise<unknown> {
  if (!['.ts', '.mts', '.js', '.mjs'].includes(extname(path)))
    throw new TypeError('KYC_PROGRAM: expected a .ts, .js or .json file');
  await readSetting('KYC_PROGRAM', path);
  try {
    const module = (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown };
    return module.default;
  } catch (error) {
    throw new TypeError(`KYC_PROGRAM: expected a file that can be run: ${(error as Error).message}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TypeError(`KYC_PROGRAM: expected JSON: ${(error as Error).message}`);
  }
}

async function readSetting(variable: string, path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TypeError(`${variable}: expected a file that can be read (${error.code})`);
  });
}

function stopOnSignal(log: Logger, close: () => Promise<void>): void {
  const stop = (signal: string): void => {
    log.info({ signal }, 'stopping: requests in flight finish first');
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error(describeError(error), 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
}

function secretLines(): string {
  const secrets = freshSecrets();
  const names = ['signingSeed', 'serverJwtKey', 'encryptionKeys'] as const;
  return names.map((name) => `${environmentNames[name]}=${secrets[name]}\n`).join('');
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

async function release(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
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
