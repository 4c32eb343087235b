import { parse, TomlError, type TomlTable, type TomlValue } from 'smol-toml';
import { decodeStrkey } from '../stellar/strkey.ts';
import { currencyFaults } from './currency.ts';
import { urlFaults } from './url-faults.ts';

/** The fields of stellar.toml that this system writes itself. */
export const generatedKeys = [
  'VERSION',
  'NETWORK_PASSPHRASE',
  'SIGNING_KEY',
  'WEB_AUTH_ENDPOINT',
  'WEB_AUTH_FOR_CONTRACTS_ENDPOINT',
  'WEB_AUTH_CONTRACT_ID',
  'KYC_SERVER',
  'TRANSFER_SERVER',
  'DIRECT_PAYMENT_SERVER',
  'HORIZON_URL',
] as const;

/** @see generatedKeys */
export type GeneratedKey = (typeof generatedKeys)[number];

/** A table of TOML. The types that are published name no dependency: whoever compiles against them need not have its types. */
type Table = Readonly<Record<string, unknown>>;

/** What an anchor adds to stellar.toml, in the file's own words. */
export interface TomlExtras {
  readonly DOCUMENTATION?: Table;
  readonly CURRENCIES?: readonly Table[];
  readonly PRINCIPALS?: readonly Table[];
  readonly VALIDATORS?: readonly Table[];
  readonly ACCOUNTS?: string[];
  /** Servers and keys of SEPs that this system does not serve. */
  readonly FEDERATION_SERVER?: string;
  readonly TRANSFER_SERVER_SEP0024?: string;
  readonly ANCHOR_QUOTE_SERVER?: string;
  readonly URI_REQUEST_SIGNING_KEY?: string;
}

/** The extras as far as they are sound, and what is wrong with the rest, each fault naming its key. */
export interface ReadTomlExtras {
  readonly extras: TomlExtras;
  readonly faults: readonly string[];
}

/** Reads the text of the file that the setting STELLAR_TOML names. @see SEP-1 § Specification */
export function readTomlExtras(text: string): ReadTomlExtras {
  const faults: string[] = [];
  const table = parseToml(text, faults);
  const extras: Record<string, TomlValue> = {};
  for (const [key, value] of Object.entries(table)) {
    const found = checkEntry(key, value);
    if (found.length === 0) extras[key] = value;
    faults.push(...found);
  }
  return { extras, faults };
}

function parseToml(text: string, faults: string[]): TomlTable {
  try {
    return parse(text, { integersAsBigInt: 'asNeeded' });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    faults.push(`line ${error.line}: not TOML`);
    return {};
  }
}

type Check = (value: TomlValue, key: string) => readonly string[];

const checks: Record<keyof TomlExtras, Check> = {
  DOCUMENTATION: (value, key) => (isTable(value) ? documentationFaults(value) : [`${key}: expected a table`]),
  CURRENCIES: (value, key) =>
    isTables(value) ? value.flatMap((entry, at) => currencyFaults(entry, `${key}[${at}]`)) : expectedTables(key),
  PRINCIPALS: (value, key) => (isTables(value) ? [] : expectedTables(key)),
  VALIDATORS: (value, key) => (isTables(value) ? [] : expectedTables(key)),
  ACCOUNTS: (value, key) =>
    Array.isArray(value) && value.every(isAccount) ? [] : [`${key}: expected a list of accounts (G…)`],
  FEDERATION_SERVER: urlFaults,
  TRANSFER_SERVER_SEP0024: urlFaults,
  ANCHOR_QUOTE_SERVER: urlFaults,
  URI_REQUEST_SIGNING_KEY: (value, key) => (isAccount(value) ? [] : [`${key}: expected an account (G…)`]),
};

function checkEntry(key: string, value: TomlValue): readonly string[] {
  if (generatedKeys.some((generated) => generated === key)) return [`${key}: is generated and cannot be set here`];
  return isExtra(key) ? checks[key](value, key) : [`${key}: is no field of SEP-1 that can be set here`];
}

function isExtra(key: string): key is keyof TomlExtras {
  return Object.hasOwn(checks, key);
}

/** Those fields of `[DOCUMENTATION]` that are URLs. */
const documentationUrls = ['ORG_URL', 'ORG_LOGO', 'ORG_PHYSICAL_ADDRESS_ATTESTATION', 'ORG_PHONE_NUMBER_ATTESTATION'];

function documentationFaults(table: TomlTable): readonly string[] {
  return Object.entries(table).flatMap(([field, value]) => {
    const key = `DOCUMENTATION.${field}`;
    if (typeof value !== 'string') return [`${key}: expected text`];
    return documentationUrls.includes(field) ? urlFaults(value, key) : [];
  });
}

function isTables(value: TomlValue): value is TomlTable[] {
  return Array.isArray(value) && value.every(isTable);
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}

function isAccount(value: TomlValue): boolean {
  return typeof value === 'string' && decodeStrkey('account', value) !== undefined;
}

function expectedTables(key: string): readonly string[] {
  return [`${key}: expected a list of tables`];
}
