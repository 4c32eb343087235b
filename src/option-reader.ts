import { type EnvironmentOption, environmentNames, type RawOptions } from './environment.ts';
import type { CheckKind } from './kyc/checks/check.ts';
import { compileProgram } from './kyc/compile-program.ts';
import { defaultProgram } from './kyc/default-program.ts';
import type { Program } from './kyc/program.ts';
import { type OperatorEndpoint, operatorEndpoints } from './outbox/operator-endpoint.ts';
import { readTomlExtras, type TomlExtras } from './sep1/toml-extras.ts';
import { parseAddress } from './stellar/address.ts';
import { type Database, readDatabaseUrl } from './store/database.ts';

/** How the settings are called in messages: by option for an embedder, by variable for whoever starts the server. */
export type Naming = 'option' | 'environment';

/** What a switch says, undefined when it says neither. */
export function readFlag(value: string | boolean): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = value.toLowerCase();
  if (['1', 'true', 'yes'].includes(word)) return true;
  return ['0', 'false', 'no'].includes(word) ? false : undefined;
}

/** Settings that cannot be used: what is wrong with each, a line each, never with a value. */
export class SettingsError extends TypeError {
  readonly faults: readonly string[];

  /** @param hint what may help, said after them */
  constructor(faults: readonly string[], hint?: string) {
    super(
      [`These settings are not usable:\n  ${faults.join('\n  ')}`, ...(hint === undefined ? [] : [hint])].join('\n'),
    );
    this.name = 'SettingsError';
    this.faults = faults;
  }
}

type NumberOption =
  | 'port'
  | 'jwtTtl'
  | 'clientAttributionRequestTimeout'
  | 'keyServiceTimeout'
  | 'dataKeyCacheSize'
  | 'dataKeyCacheTtl'
  | 'customerLinkTtl'
  | 'customerSessionTtl'
  | 'unmaskingsPerHour'
  | 'unmaskingsPerDay';

/** Reads options one by one, typed or as text, and collects what is wrong. */
export class OptionReader {
  readonly faults: string[] = [];
  readonly #options: RawOptions;
  readonly #naming: Naming;

  constructor(options: RawOptions, naming: Naming) {
    this.#options = options;
    this.#naming = naming;
  }

  fault(option: EnvironmentOption, expected: string): undefined {
    this.faults.push(`${this.#naming === 'option' ? option : environmentNames[option]}: expected ${expected}`);
    return undefined;
  }

  text(option: EnvironmentOption): string | undefined {
    const value = this.#options[option];
    if (value === undefined || typeof value === 'string') return value;
    return this.fault(option, 'a text');
  }

  number(option: NumberOption, min: number, max: number): number | undefined {
    const value = this.#options[option];
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) return number;
    return this.fault(option, `a whole number from ${min} to ${max}`);
  }

  flag(
    option: 'localMode' | 'clientAttributionRequired' | 'worker' | 'metrics' | 'customerPage' | 'console',
  ): boolean | undefined {
    const value = this.#options[option];
    return value === undefined ? undefined : (readFlag(value) ?? this.fault(option, '1 or 0'));
  }

  oneOf<T extends string>(option: EnvironmentOption, known: readonly T[]): T | undefined {
    const value = this.text(option);
    if (value === undefined) return undefined;
    return known.find((word) => word === value) ?? this.fault(option, `one of ${known.join(', ')}`);
  }

  listOf<T extends string>(option: 'activeSeps', known: readonly T[]): readonly T[] | undefined {
    const words = this.#words(option);
    if (words === undefined) return undefined;
    const found = words.flatMap((word) => known.filter((name) => name === word.toLowerCase()));
    if (found.length === words.length && words.length > 0) return found;
    return this.fault(option, `some of ${known.join(', ')}, separated by commas`);
  }

  domain(option: 'homeDomain' | 'webAuthDomain'): string | undefined {
    const value = this.text(option);
    if (value === undefined || isDomain(value)) return value;
    return this.fault(option, 'a domain, with a port if need be, without a scheme');
  }

  domains(
    option: 'homeDomains' | 'clientAttributionAllowlist' | 'clientAttributionDenylist',
  ): readonly string[] | undefined {
    const words = this.#words(option);
    if (words === undefined || words.every(isDomain)) return words?.map((word) => word.toLowerCase());
    return this.fault(option, 'domains separated by commas, without schemes');
  }

  accounts(option: 'sep31SendingAnchors' | 'sep6Accounts'): readonly string[] | undefined {
    const words = this.#words(option);
    if (words === undefined || (words.length > 0 && words.every((word) => parseAddress(word)?.kind === 'account')))
      return words;
    return this.fault(option, 'accounts (G…) separated by commas');
  }

  /** A URL without a slash at the end. */
  url(option: 'hostUrl' | 'horizonUri', localMode: boolean): string | undefined {
    const value = this.text(option);
    if (value === undefined) return undefined;
    const url = URL.parse(value);
    const schemes = localMode ? ['https:', 'http:'] : ['https:'];
    const bare = url !== null && url.username === '' && url.search === '' && url.hash === '';
    if (bare && schemes.includes(url.protocol)) return url.href.replace(/\/+$/, '');
    return this.fault(option, `an ${localMode ? 'http or ' : ''}https URL without credentials, query or fragment`);
  }

  secret<T>(
    option: 'signingSeed' | 'serverJwtKey' | 'encryptionKeys',
    expected: string,
    read: (text: string) => T | undefined,
  ): T | undefined {
    const value = this.text(option);
    if (value === undefined) return this.fault(option, `${expected}; 'anchor-kyc keys generate' prints a fresh one`);
    return read(value) ?? this.fault(option, expected);
  }

  database(name: 'databaseUrl' | 'shredDatabaseUrl' = 'databaseUrl'): Database | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    return readDatabaseUrl(value) ?? this.fault(name, 'sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE');
  }

  tomlExtras(): TomlExtras {
    const { extras, faults } = readTomlExtras(this.text('stellarToml') ?? '');
    for (const fault of faults) this.fault('stellarToml', `usable TOML: ${fault}`);
    return extras;
  }

  operatorWebhooks(): readonly OperatorEndpoint[] | undefined {
    const given: unknown = this.#options.operatorWebhooks ?? [];
    const read = operatorEndpoints(typeof given === 'string' ? parseJson(given) : given);
    return typeof read === 'string' ? this.fault('operatorWebhooks', read) : read;
  }

  program(kinds: ReadonlyMap<string, CheckKind>): Program | undefined {
    try {
      return compileProgram(this.#options.program ?? defaultProgram, kinds);
    } catch (error) {
      return this.fault('program', `a usable program. ${(error as Error).message}`);
    }
  }

  #words(option: EnvironmentOption): readonly string[] | undefined {
    const value = this.#options[option];
    if (value === undefined || Array.isArray(value)) return value as readonly string[] | undefined;
    if (typeof value !== 'string') return this.fault(option, 'a list');
    return value
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isDomain(text: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:\d{1,5})?$/.test(text);
}
