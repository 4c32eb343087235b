import { actOf, expectNoMore, parseWords } from './command-words.ts';
import type { Environment } from './environment.ts';
import { type ProgramDiff, type ProgramMove, programDiff } from './kyc/program-diff.ts';
import { openShreds } from './open-shreds.ts';
import { readSettings } from './setting-files.ts';
import { openExisting } from './store/sql/open-store.ts';
import { openIndexKey } from './vault/index-key.ts';
import { ShreddedKeyRing } from './vault/shred-keys.ts';

/** The help of `anchor-kyc program`. */
export const programUsage: string = `anchor-kyc program: what another program would do to the customers of DATA_DIR

  anchor-kyc program diff [FILE] [--ids]   whom the program in FILE (or KYC_PROGRAM) would move, by type; nothing is changed
                                           --ids also names the customers

It needs the settings of the server, secrets included (LOCAL_MODE=1 beside 'anchor-kyc start'), and may be run while it serves.
`;

/**
 * Runs `anchor-kyc program …` and answers what it prints.
 * @param note told of progress, for long runs
 * @throws UsageError, SettingsError naming every setting that is wrong
 */
export async function programCommand(
  args: readonly string[],
  environment: Environment,
  note: (line: string) => void,
): Promise<string> {
  const { values, positionals } = readArguments(args);
  const [act, file, ...more] = positionals;
  actOf({ diff: true }, act);
  expectNoMore(more);
  const settings = await readSettings(file === undefined ? environment : { ...environment, KYC_PROGRAM: file });
  const { program, keyRing, clock, database, shredDatabase } = settings;
  if (keyRing === undefined) throw new TypeError('KYC_ENCRYPTION_KEYS: expected the keys of the database');
  const store = await openExisting(database, clock);
  const shreds = await openShreds(shredDatabase, store);
  try {
    const ring = new ShreddedKeyRing(keyRing, shreds);
    const parts = { store, keyRing: ring, program, clock, indexKey: await openIndexKey(keyRing, store.keys) };
    return report(await programDiff(parts, (done, all) => note(`${done} of ${all} customers`)), values.ids);
  } finally {
    await shreds.close();
    await store.close();
  }
}

function readArguments(args: readonly string[]): { values: { ids: boolean }; positionals: string[] } {
  const options = { ids: { type: 'boolean', default: false } } as const;
  return parseWords({ args: [...args], options, allowPositionals: true });
}

function report({ customers, moves, unreadable }: ProgramDiff, withIds: boolean): string {
  const kinds = Map.groupBy(moves, ({ type, from, to }) => `${type}: ${from} → ${to}`);
  const rows = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([kind, of]) => kindLines(kind, of, withIds));
  const head = `${customers} customers were last looked at by another program; ${kinds.size === 0 ? 'none of them would move' : 'of them would move'}`;
  const broken =
    unreadable.length === 0 ? [] : [`${unreadable.length} could not be looked at: ${unreadable.join(', ')}`];
  return `${[`${head}${kinds.size === 0 ? '.' : ':'}`, ...rows, ...broken].join('\n')}\n`;
}

function kindLines(kind: string, moves: readonly ProgramMove[], withIds: boolean): string[] {
  const count = `  ${kind}  ${moves.length}`;
  return withIds ? [count, ...moves.map(({ customerId }) => `    ${customerId}`)] : [count];
}
