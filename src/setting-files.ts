import { access, readFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Environment, optionsFromEnvironment, type RawOptions } from './environment.ts';
import type { ProgramDefinition } from './kyc/program.ts';
import { readFlag, SettingsError } from './option-reader.ts';
import { resolveOptions, type Settings } from './resolve-options.ts';
import { makeDirectory } from './store/files/make-directory.ts';
import { freshSecrets } from './vault/fresh-secrets.ts';
import { localSecretFiles, localSecrets } from './vault/local-secrets.ts';

/**
 * The options that the environment gives. Settings that name files are replaced by what is in the files.
 * @throws SettingsError when a file cannot be used, naming everything else that is wrong as well
 */
export async function readOptions(environment: Environment): Promise<RawOptions> {
  const { program, stellarToml, rails, transfers, ...given } = optionsFromEnvironment(environment);
  const options = { ...given, secrets: environment };
  const readings = await Promise.allSettled([
    typeof program === 'string' && readProgram(program).then((definition) => ({ program: definition })),
    typeof rails === 'string' &&
      importDefault('RAILS', rails).then((module) => ({ rails: module as RawOptions['rails'] })),
    typeof transfers === 'string' &&
      importDefault('TRANSFERS', transfers).then((module) => ({ transfers: module as RawOptions['transfers'] })),
    stellarToml !== undefined && readSetting('STELLAR_TOML', stellarToml).then((toml) => ({ stellarToml: toml })),
  ]);
  const faults = readings.flatMap((reading) => (reading.status === 'rejected' ? [reading.reason as TypeError] : []));
  if (faults.length === 0)
    return Object.assign(options, ...readings.map((reading) => 'value' in reading && reading.value));
  throw new SettingsError([...faults.map(({ message }) => message), ...faultsOf(options)]);
}

/** What is wrong with the options, one line each. */
function faultsOf(options: RawOptions): string[] {
  try {
    resolveOptions(withSecrets(options), 'environment');
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return [...error.faults];
    throw error;
  }
}

/** In local mode secrets that are not given will be made. */
export function withSecrets(options: RawOptions): RawOptions {
  return readFlag(options.localMode ?? false) === true ? { ...freshSecrets(), ...options } : options;
}

/**
 * In local mode secrets that are not given are made, and kept for the next start. Everything else is checked before anything is written.
 * @param dataDirOf where they are kept, by options that are whole
 * @throws TypeError naming every option that is wrong
 */
export async function withLocalSecrets(
  options: RawOptions,
  dataDirOf: (options: RawOptions) => string,
): Promise<RawOptions> {
  if (readFlag(options.localMode ?? false) !== true) return options;
  const dataDir = dataDirOf({ ...freshSecrets(), ...options });
  await makeDirectory(dataDir);
  return { ...(await localSecrets(dataDir)), ...options };
}

/**
 * The settings of the server, secrets included, for a command beside it.
 * @throws SettingsError naming everything that is wrong
 */
export async function readSettings(environment: Environment): Promise<Settings> {
  const dataDirOf = (known: RawOptions): string => resolveOptions(known, 'environment').dataDir;
  try {
    const options = await withLocalSecrets(await readOptions(environment), dataDirOf);
    return resolveOptions(options, 'environment');
  } catch (error) {
    if (error instanceof SettingsError && (await hasLocalSecrets(environment)))
      throw new SettingsError(error.faults, localHint);
    throw error;
  }
}

const localHint = "The secrets of 'anchor-kyc start' lie in this DATA_DIR: for a command beside it, set LOCAL_MODE=1.";

/** Whether whoever gave no secrets has them in the data directory. */
async function hasLocalSecrets(environment: Environment): Promise<boolean> {
  const { dataDir = './data', localMode = '', encryptionKeys } = optionsFromEnvironment(environment);
  if (encryptionKeys !== undefined || localMode !== '') return false;
  return access(join(String(dataDir), localSecretFiles.encryptionKeys)).then(
    () => true,
    () => false,
  );
}

/** Where things lie, for a command that needs no secret. @throws SettingsError */
export function placesOf(environment: Environment): Pick<Settings, 'database' | 'shredDatabase' | 'dataDir'> {
  const { dataDir, databaseUrl, shredDatabaseUrl } = optionsFromEnvironment(environment);
  const given = {
    ...(dataDir !== undefined && { dataDir }),
    ...(databaseUrl !== undefined && { databaseUrl }),
    ...(shredDatabaseUrl !== undefined && { shredDatabaseUrl }),
  };
  return resolveOptions({ ...freshSecrets(), localMode: true, ...given }, 'environment');
}

async function readProgram(path: string): Promise<ProgramDefinition> {
  const program =
    extname(path) === '.json'
      ? parseJson(await readSetting('KYC_PROGRAM', path))
      : await importDefault('KYC_PROGRAM', path);
  if (typeof program === 'object' && program !== null) return program as ProgramDefinition;
  throw new TypeError('KYC_PROGRAM: expected a program, defineProgram({ … }), as JSON or as the default export');
}

async function importDefault(variable: 'KYC_PROGRAM' | 'RAILS' | 'TRANSFERS', path: string): Promise<unknown> {
  if (!['.ts', '.mts', '.js', '.mjs'].includes(extname(path)))
    throw new TypeError(
      `${variable}: expected a ${variable === 'KYC_PROGRAM' ? '.ts, .js or .json' : '.ts or .js'} file`,
    );
  await readSetting(variable, path);
  try {
    const module = (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown };
    return module.default;
  } catch (error) {
    throw new TypeError(`${variable}: expected a file that can be run: ${whyNot(error as Error)}`);
  }
}

/** With the line of a mistake, and what to do where this package is not found from where the file lies. */
function whyNot(error: Error): string {
  const [, line] = /^\S.*?:(\d+)\n/.exec(error.stack ?? '') ?? [];
  const isOwn = 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND' && error.message.includes("'anchor-kyc'");
  const hint = isOwn ? '. Put it where the package is installed, or export a plain object and import types alone' : '';
  return `${line === undefined ? '' : `line ${line}: `}${error.message}${hint}`;
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
    // Where it was looked for: a relative path goes by the directory of the process, which is not always the one that was thought of.
    throw new TypeError(`${variable}: expected a file that can be read (${error.code}: ${resolve(path)})`);
  });
}
