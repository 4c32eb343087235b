import { parseArgs } from 'node:util';
import type { Environment } from './environment.ts';
import { type ProgramDiff, type ProgramMove, programDiff } from './kyc/program-diff.ts';
import { openShreds } from './open-shreds.ts';
import { resolveOptions } from './resolve-options.ts';
import { readOptions, withLocalSecrets } from './setting-files.ts';
import { openExisting } from './store/sql/open-store.ts';
import { openIndexKey } from './vault/index-key.ts';
import { ShreddedKeyRing } from './vault/shred-keys.ts';

const usage = `anchor-kyc program: what another program would do to the customers of DATA_DIR

  anchor-kyc program diff [FILE] [--ids]   whom the program in FILE (or KYC_PROGRAM) would move, by type; nothing is changed
                                           --ids also names the customers

It needs the settings of the server, secrets included (LOCAL_MODE=1 beside 'anchor-kyc start'), and may be run while it serves.
`;

/**
 * Runs `anchor-kyc program …` and answers what it prints.
 * @param note told of progress, for long runs
 * @throws TypeError naming every setting that is wrong
 */
export async function programCommand(
  args: readonly string[],
  environment: Environment,
  note: (line: string) => void,
): Promise<string> {
  const { values, positionals } = readArguments(args);
  const [act, file, ...more] = positionals;
  if (act !== 'diff' || more.length > 0) return usage;
  const given = await readOptions(file === undefined ? environment : { ...environment, KYC_PROGRAM: file });
  const options = await withLocalSecrets(given, (known) => resolveOptions(known, 'environment').dataDir);
  const { program, keyRing, clock, database, shredDatabase } = resolveOptions(options, 'environment');
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
  try {
    const options = { ids: { type: 'boolean', default: false } } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new TypeError((error as Error).message);
  }
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
