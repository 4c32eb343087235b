import { dirname } from 'node:path';
import { actOf, expectNoMore, parseWords, UsageError } from './command-words.ts';
import { type Environment, optionsFromEnvironment } from './environment.ts';
import { KycError } from './errors.ts';
import { roles } from './kyc/review/operator.ts';
import { systemClock } from './lib/clock.ts';
import { commandLine, type Invited, Staff } from './operators/staff.ts';
import { resolveOptions, type Settings } from './resolve-options.ts';
import { makeDirectory } from './store/files/make-directory.ts';
import { openStore } from './store/sql/open-store.ts';
import { freshSecrets } from './vault/fresh-secrets.ts';

/** The help of `anchor-kyc admin`. */
export const adminUsage: string = `anchor-kyc admin: who may sign in to the console, in the database of DATA_DIR

  anchor-kyc admin create NAME [--role ROLE]   invite somebody, as an admin unless said; prints a link to sign up, good once
  anchor-kyc admin reset NAME                  another link, for somebody who has lost their password or their app
  anchor-kyc admin disable NAME                they can sign in no more, and are signed out
  anchor-kyc admin enable NAME                 they can again
  anchor-kyc admin list                        everybody, with role and state

Roles: ${roles.join(', ')}. Whoever opens the link chooses their password: give it to them alone.
`;

/**
 * Runs `anchor-kyc admin …` and answers what it prints. A server may be running on the same database.
 * @throws UsageError for arguments that cannot be used, and KycError
 */
export async function adminCommand(args: readonly string[], environment: Environment): Promise<string> {
  const options = { role: { type: 'string' } } as const;
  const { positionals, values } = parseWords({ args: [...args], allowPositionals: true, options });
  const [act, name = '', ...more] = positionals;
  const run = actOf(acts, act);
  if (act !== 'list' && name === '') throw new UsageError(`${act}: expected a NAME`);
  expectNoMore(act === 'list' ? positionals.slice(1) : more);
  const settings = settingsOf(environment);
  const { database } = settings;
  if (database.engine === 'sqlite') await makeDirectory(dirname(database.path));
  const store = await openStore(database, systemClock, { poolSize: 2 }, 'begin');
  const reserved = settings.operators.map((operator) => operator.name);
  try {
    const staff = new Staff(store.operators, systemClock, reserved);
    const idOf = async (): Promise<string> => {
      const known = await store.operators.findByName(name);
      if (known === undefined) throw new KycError('not_found', 'there is no operator of that name');
      return known.id;
    };
    return await run({ staff, name, role: values.role ?? 'admin', idOf, settings });
  } finally {
    await store.close();
  }
}

interface Given {
  readonly staff: Staff;
  readonly name: string;
  readonly role: string;
  readonly idOf: () => Promise<string>;
  readonly settings: Settings;
}

const acts: Readonly<Record<string, (given: Given) => Promise<string>>> = {
  create: async ({ staff, name, role, settings }) => linkText(await staff.invite(commandLine, name, role), settings),
  reset: async ({ staff, idOf, settings }) => linkText(await staff.inviteAgain(commandLine, await idOf()), settings),
  disable: async ({ staff, idOf, name }) => {
    await staff.disable(commandLine, await idOf());
    return `${name} can sign in no more.\n`;
  },
  enable: async ({ staff, idOf, name }) => {
    await staff.enable(commandLine, await idOf());
    return `${name} can sign in again.\n`;
  },
  list: async ({ staff }) => {
    const people = await staff.list(commandLine);
    return people.map(({ name, role, state }) => `${name}  ${role}  ${state}\n`).join('') || 'nobody yet\n';
  },
};

function linkText({ name, token, expiresAt }: Invited, { hostUrl, console }: Settings): string {
  const hint = console ? '' : 'The console is off: start the server with CONSOLE=1.\n';
  return `${name} signs up here, once, until ${expiresAt.toISOString()}:\n\n  ${hostUrl}/console/join/${token}\n\n${hint}`;
}

/** Secrets are not needed to invite somebody. Without an address of its own it is the server in local mode that is meant. */
function settingsOf(environment: Environment): Settings {
  const given = optionsFromEnvironment(environment);
  const local = given.hostUrl === undefined ? { localMode: true } : {};
  const { program: _program, stellarToml: _toml, ...rest } = given;
  return resolveOptions({ ...freshSecrets(), ...local, ...rest, worker: false }, 'environment');
}
