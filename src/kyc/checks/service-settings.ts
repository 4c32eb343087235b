import type { CheckServices } from './check.ts';
import { type SettingRule, type Settings, settingFaults } from './settings.ts';

/**
 * Where a service answers: its base address, to which paths are added. Credentials have no place in a program, and a query or fragment
 * none in a base address.
 */
export const serviceUrl: SettingRule = {
  expected: 'an http or https URL without credentials, query and fragment',
  accepts: (value) => typeof value === 'string' && isServiceUrl(value),
};

/** The address of a provider on the internet: https, or http on this machine for a stand-in. */
export const providerUrl: SettingRule = {
  expected: 'an https URL without credentials, path, query and fragment',
  accepts: (value) => typeof value === 'string' && isServiceUrl(value) && isProviderUrl(new URL(value)),
};

/** A score: above 0, up to 1. */
export const fraction: SettingRule = {
  expected: 'a number above 0, up to 1',
  accepts: (value) => typeof value === 'number' && value > 0 && value <= 1,
};

/** The name of a secret, never the secret itself. */
export const secretName: SettingRule = {
  expected: 'the name of a secret, such as YENTE_API_KEY',
  accepts: (value) => typeof value === 'string' && /^[A-Z][A-Z0-9_]*$/.test(value),
};

/** Like {@link settingFaults}, and a fault for each of `required` that is missing. */
export function serviceFaults(
  settings: Settings,
  rules: Readonly<Record<string, SettingRule>>,
  required: readonly string[],
): readonly string[] {
  const missing = required.filter((name) => settings[name] === undefined);
  const faults = missing.map((name) => `settings.${name}: expected ${rules[name]?.expected ?? 'a value'}`);
  return [...faults, ...settingFaults(settings, rules)];
}

/** The base address without a slash at its end. */
export function baseUrl(url: string): string {
  return url.replace(/\/+$/, '');
}

/**
 * The secrets of these names, in their order.
 * @throws TypeError naming every one that is missing
 */
export function getSecrets(services: Pick<CheckServices, 'secret'>, kind: string, names: readonly string[]): string[] {
  const found = names.map((name) => services.secret(name));
  const missing = names.filter((_, index) => (found[index] ?? '') === '');
  if (missing.length > 0) throw new TypeError(`check '${kind}' needs the secret ${missing.join(', ')}`);
  return found.filter((value) => value !== undefined);
}

function isServiceUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return false;
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

function isProviderUrl(url: URL): boolean {
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.pathname === '/' && (url.protocol === 'https:' || isLocal);
}
