import type { TomlTable, TomlValue } from 'smol-toml';
import { decodeStrkey } from '../stellar/strkey.ts';
import { urlFaults } from './url-faults.ts';

const statuses = ['live', 'dead', 'test', 'private'];
const assetTypes = ['fiat', 'crypto', 'nft', 'stock', 'bond', 'commodity', 'realestate', 'other'];
const supplyFields = ['fixed_number', 'max_number', 'is_unlimited'];
/** Lumens have no issuer; anchors list them under these codes. */
const nativeCodes = ['native', 'XLM'];

type Rule = readonly [isValid: (value: TomlValue) => boolean, expected: string];

const text: Rule = [(value) => typeof value === 'string', 'text'];
const url: Rule = [(value) => urlFaults(value, '').length === 0, 'an https URL that does not end in a slash'];
const flag: Rule = [(value) => typeof value === 'boolean', 'true or false'];
const count: Rule = [(value) => typeof value === 'bigint' || Number.isInteger(value), 'a whole number'];

const rules: Record<string, Rule> = {
  code: atMost(12),
  code_template: atMost(12),
  name: atMost(20),
  issuer: address('account', 'an account (G…)'),
  contract: address('contract', 'a contract (C…)'),
  status: oneOf(statuses),
  anchor_asset_type: oneOf(assetTypes),
  is_asset_anchored: flag,
  is_unlimited: flag,
  regulated: flag,
  fixed_number: count,
  max_number: count,
  display_decimals: [(value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 7, '0 to 7'],
  desc: text,
  conditions: text,
  anchor_asset: text,
  image: url,
  attestation_of_reserve: url,
  approval_server: url,
};

/**
 * What is wrong with one entry of `CURRENCIES`; `key` is how the faults name it.
 * Choice: complete means what the Stellar Development Foundation's anchor tests demand besides code and issuer:
 * status, desc, is_asset_anchored and anchor_asset_type.
 * @see SEP-1 § Currency Documentation
 */
export function currencyFaults(currency: TomlTable, key: string): readonly string[] {
  if ('toml' in currency) return linkFaults(currency, key);
  const faults = Object.entries(currency).flatMap(([field, value]) => {
    const rule = rules[field];
    return rule === undefined || rule[0](value) ? [] : [`${key}.${field}: expected ${rule[1]}`];
  });
  return [...faults, ...missingFaults(currency, key), ...identityFaults(currency, key), ...supplyFaults(currency, key)];
}

/** "as the currency's only field" */
function linkFaults(currency: TomlTable, key: string): readonly string[] {
  return Object.keys(currency).length === 1
    ? urlFaults(currency['toml'] ?? '', `${key}.toml`)
    : [`${key}: expected no field beside toml`];
}

function missingFaults(currency: TomlTable, key: string): readonly string[] {
  const required = ['code', 'status', 'desc', 'is_asset_anchored', 'anchor_asset_type'];
  return required.filter((field) => !(field in currency)).map((field) => `${key}.${field}: is missing`);
}

function identityFaults(currency: TomlTable, key: string): readonly string[] {
  const given = ['issuer', 'contract'].filter((field) => field in currency).length;
  const expected = nativeCodes.some((code) => code === currency['code']) ? given <= 1 : given === 1;
  return expected ? [] : [`${key}.issuer: expected either an issuer or a contract`];
}

function supplyFaults(currency: TomlTable, key: string): readonly string[] {
  const given = supplyFields.filter((field) => field in currency).length;
  return given <= 1 ? [] : [`${key}.fixed_number: expected only one of ${supplyFields.join(', ')}`];
}

function atMost(length: number): Rule {
  return [
    (value) => typeof value === 'string' && value.length >= 1 && value.length <= length,
    `1 to ${length} characters`,
  ];
}

function oneOf(values: readonly string[]): Rule {
  return [(value) => values.some((known) => known === value), `one of ${values.join(', ')}`];
}

function address(kind: 'account' | 'contract', expected: string): Rule {
  return [(value) => typeof value === 'string' && decodeStrkey(kind, value) !== undefined, expected];
}
