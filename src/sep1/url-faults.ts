import type { TomlValue } from 'smol-toml';

/** What is wrong with a URL of stellar.toml: https, and no slash at its end (ruling 31). */
export function urlFaults(value: TomlValue, key: string): readonly string[] {
  const isUrl = typeof value === 'string' && URL.parse(value)?.protocol === 'https:' && !value.endsWith('/');
  return isUrl ? [] : [`${key}: expected an https URL that does not end in a slash`];
}
