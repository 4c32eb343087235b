import { setTimeout as delay } from 'node:timers/promises';
import { actOf, expectNoMore, parseWords, UsageError } from './command-words.ts';
import { type Environment, environmentNames } from './environment.ts';
import { KycError } from './errors.ts';
import { readSettings } from './setting-files.ts';
import type { KeyStore } from './store/key-store.ts';
import { openExisting } from './store/sql/open-store.ts';
import { checkKeys, type KeyCheck } from './vault/check-keys.ts';
import { freshSecrets } from './vault/fresh-secrets.ts';
import type { KeyRing } from './vault/key-ring.ts';
import { type KeyUse, type Pace, retireKey, rotateKey, type Unrotated } from './vault/rotate-keys.ts';

/** The help of `anchor-kyc keys`. */
export const keysUsage: string = `anchor-kyc keys: the keys that wrap the data keys of customers, in the database of DATA_DIR

  anchor-kyc keys generate                    print a fresh set of secrets as environment lines
  anchor-kyc keys list                        the keys of the settings, the first of which wraps; no key is printed
  anchor-kyc keys status                      how many data keys each of them wraps, and which may be removed
  anchor-kyc keys rotate [--dry-run] [--again]  wrap every data key under the first key; may be stopped and run again
                                              --again also those it wraps already, under its newest version
  anchor-kyc keys retire ID                   nothing is wrapped by it any more, ever: servers start without it

All but generate need the settings of the server, secrets included (LOCAL_MODE=1 beside 'anchor-kyc start'), and may be run while it serves.
`;

/**
 * Runs `anchor-kyc keys …` and answers what it prints.
 * @param note told of progress, for long runs
 * @throws UsageError, SettingsError naming every setting that is wrong, KycError `not_possible` for a key in use, RotationIncomplete
 */
export async function keysCommand(
  args: readonly string[],
  environment: Environment,
  note: (line: string) => void,
): Promise<string> {
  const { values, positionals } = readArguments(args);
  const [act, id, ...more] = positionals;
  const run = actOf<(typeof acts)[string] | undefined>({ generate: undefined, ...acts }, act);
  if (act === 'retire' && id === undefined) throw new UsageError('retire: expected the ID of a key');
  expectNoMore(act === 'retire' ? more : positionals.slice(1));
  if (run === undefined) return secretLines();
  const { keyRing: ring, clock, database } = await readSettings(environment);
  if (ring === undefined) throw new TypeError('KYC_ENCRYPTION_KEYS: expected the keys of the database');
  const store = await openExisting(database, clock);
  try {
    const rows = store.keys;
    return await run({ ring, rows, now: () => clock.now(), note, id, ...values });
  } finally {
    await store.close();
  }
}

/** Some data keys could not be wrapped anew, because they do not open: what they seal is to be restored, or given up. */
export class RotationIncomplete extends Error {
  constructor(unrotated: readonly Unrotated[]) {
    const lines = unrotated.map(({ place, id }) => `  ${place} ${id}`);
    super(`${unrotated.length} data keys do not open and were left as they are:\n${lines.join('\n')}`);
    this.name = 'RotationIncomplete';
  }
}

interface Given {
  readonly ring: KeyRing;
  readonly rows: KeyStore;
  readonly now: () => Date;
  readonly note: (line: string) => void;
  readonly id: string | undefined;
  readonly 'dry-run': boolean;
  readonly again: boolean;
}

const acts: Readonly<Record<string, (given: Given) => Promise<string>>> = {
  list: async ({ ring }) =>
    lines(ring.describe().map(({ id, kind }, at) => `${id}  ${kind}${at === 0 ? '  current' : ''}`)),
  status: async ({ ring, rows }) => {
    const [uses, checks] = [await rows.listKeyUses(), await rows.listKeyChecks()];
    return lines(statusLines(ring, uses, checks));
  },
  rotate,
  retire: async (given) => {
    const { ring, rows, id = '' } = given;
    const known = (await rows.listKeyChecks()).find(({ kekId }) => kekId === id);
    if (known === undefined) throw new KycError('not_found', `'${id}' has never been a key of this database`);
    if (known.retiredAt === undefined) await retireKey({ ring, rows, now: given.now }, id);
    return `'${id}' is retired: take it out of KYC_ENCRYPTION_KEYS. Keep it as long as you keep backups of before.\n`;
  },
};

/** Small transactions with rests between them, so that a server's writes hardly wait. */
const pace: Pace = { batchSize: 100, atOnce: 16, rest: () => delay(10) };

async function rotate({ ring, rows, note, again, 'dry-run': isDry }: Given): Promise<string> {
  await requireKnown(ring, rows);
  await checkKeys(ring, rows);
  const unrotated: Unrotated[] = [];
  let total = 0;
  for (let pass = 1; ; pass++) {
    const uses = await rows.listKeyUses();
    const due = uses.filter(({ kekId }) => kekId !== ring.currentId || (again && pass === 1));
    const count = due.reduce((sum, use) => sum + use.count, 0);
    if (isDry) return lines([`${count} data keys would be wrapped by '${ring.currentId}'`, ...useLines(due)]);
    if (count <= unrotated.length) return finish({ ring, rows }, total, unrotated);
    if (pass > 1) note('a server still wraps under another key: start it with the settings of this command');
    let done = 0;
    const progress = (some: number): void => {
      done += some;
      note(`${done} of ${count}`);
    };
    unrotated.length = 0;
    for (const kekId of new Set(due.map((use) => use.kekId))) {
      const rotation = await rotateKey({ ring, rows }, kekId, pace, progress);
      total += rotation.rewrapped;
      unrotated.push(...rotation.unrotated);
    }
  }
}

/** What is wrapped by a key that running servers do not have, they cannot open. */
async function requireKnown(ring: KeyRing, rows: KeyStore): Promise<void> {
  const isKnown = (await rows.listKeyChecks()).some(({ kekId }) => kekId === ring.currentId);
  if (isKnown) return;
  throw new KycError(
    'not_possible',
    `no server has been started with key '${ring.currentId}': start all with it first`,
  );
}

async function finish(
  { ring, rows }: Pick<Given, 'ring' | 'rows'>,
  total: number,
  unrotated: readonly Unrotated[],
): Promise<string> {
  if (unrotated.length > 0) throw new RotationIncomplete(unrotated);
  const status = statusLines(ring, await rows.listKeyUses(), await rows.listKeyChecks());
  return lines([`${total} data keys were wrapped by '${ring.currentId}'`, ...status]);
}

/** A line for each key that is in the settings, or wraps something, or did. */
function statusLines(ring: KeyRing, uses: readonly KeyUse[], checks: readonly KeyCheck[]): readonly string[] {
  const ids = new Set([...ring.ids, ...uses.map(({ kekId }) => kekId), ...checks.map(({ kekId }) => kekId)]);
  return [...ids].map((id) => {
    const used = uses.filter(({ kekId }) => kekId === id).map(({ place, count }) => `${count} of ${place}`);
    const isRetired = checks.some(({ kekId, retiredAt }) => kekId === id && retiredAt !== undefined);
    const isFree = used.length === 0 && id !== ring.currentId;
    const standing = [
      id === ring.currentId && 'current',
      !ring.ids.includes(id) && 'not in the settings',
      used.length > 0 && `wraps ${used.join(', ')}`,
      isRetired && 'retired',
      isFree && (isRetired ? 'may be taken out of the settings' : `wraps nothing: anchor-kyc keys retire ${id}`),
    ];
    return [id, ...standing.filter((word) => word !== false)].join('  ');
  });
}

function useLines(uses: readonly KeyUse[]): readonly string[] {
  return uses.map(({ kekId, place, count }) => `  ${kekId}  ${count} of ${place}`);
}

function readArguments(args: readonly string[]): { values: Pick<Given, 'dry-run' | 'again'>; positionals: string[] } {
  const flag = { type: 'boolean', default: false } as const;
  return parseWords({ args: [...args], options: { 'dry-run': flag, again: flag }, allowPositionals: true });
}

function secretLines(): string {
  const secrets = freshSecrets();
  const names = ['signingSeed', 'serverJwtKey', 'encryptionKeys'] as const;
  return lines(names.map((name) => `${environmentNames[name]}=${secrets[name]}`));
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
