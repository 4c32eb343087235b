import { readFile } from 'node:fs/promises';
import { type Environment, type EnvironmentOption, environmentNames } from './environment.ts';
import { SettingsError } from './option-reader.ts';

/** Settings that are secret, or may hold a password: each may be given by the path of a file instead, under its name and `_FILE`. */
export const secretOptions: readonly EnvironmentOption[] = [
  ...(['signingSeed', 'serverJwtKey', 'encryptionKeys', 'databaseUrl', 'shredDatabaseUrl', 'smtpUrl'] as const),
  ...(['smsAuthToken', 'operators', 'operatorWebhooks', 'consoleSingleSignOn'] as const),
];

/**
 * The environment with what secret files hold, as Docker, Kubernetes and systemd hand secrets out: a variable of a process is read by
 * whoever may look at it (`docker inspect`, /proc), and inherited by its children.
 * @throws SettingsError naming every file that cannot be read, and every secret that is given twice
 */
export async function withSecretFiles(environment: Environment): Promise<Environment> {
  const faults: string[] = [];
  const read = async (name: string): Promise<readonly (readonly [string, string])[]> => {
    const path = environment[`${name}_FILE`]?.trim() ?? '';
    if (path === '') return [];
    if (environment[name]?.trim()) faults.push(`${name}_FILE: expected not to be set beside ${name}`);
    return readFile(path, 'utf8').then(
      (text) => [[name, text.trim()] as const],
      (error: NodeJS.ErrnoException) => {
        faults.push(`${name}_FILE: expected a file that can be read (${error.code})`);
        return [];
      },
    );
  };
  const found = await Promise.all(secretOptions.map((option) => read(environmentNames[option])));
  if (faults.length > 0) throw new SettingsError(faults);
  return { ...environment, ...Object.fromEntries(found.flat()) };
}
