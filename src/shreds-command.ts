import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { copyShreds } from './backup/copy-shreds.ts';
import { backupNames } from './backup/manifest.ts';
import { restoreShreds } from './backup/restore-shreds.ts';
import { actOf, expectNoMore, parseWords, UsageError } from './command-words.ts';
import type { Environment } from './environment.ts';
import { systemClock } from './lib/clock.ts';
import { openShreds } from './open-shreds.ts';
import { placesOf } from './setting-files.ts';
import type { Database } from './store/database.ts';
import { openExisting } from './store/sql/open-store.ts';
import { openShredKeys, openSqliteShredKeys, type SqlShredKeys } from './store/sql/sql-shred-keys.ts';
import { faultsOfDatabase, hasTable, syncFile } from './store/sql/sqlite-copy.ts';
import type { Store } from './store/store.ts';

/** The help of `anchor-kyc shreds`. */
export const shredsUsage: string = `anchor-kyc shreds: the copy of the shred store, without which no customer's data can be opened

  anchor-kyc shreds backup FILE     brings the copy in FILE up to date, while a server is running; what was erased since is destroyed in it, too
  anchor-kyc shreds check FILE      whether the copy is whole, of when it is and of how many
  anchor-kyc shreds restore FILE    puts it where the shred store was, before a server is started; who was erased since is erased again

FILE lies elsewhere than the database, its backups and the keys, on a disk that keeps no older versions of it: whoever has an older one can open who
was erased. They need DATA_DIR (DATABASE_URL and SHRED_DATABASE_URL, if they are set) and no secret. See docs/operating.md.
`;

type Places = ReturnType<typeof placesOf>;

const acts: Readonly<Record<string, (file: string, places: Places) => Promise<string>>> = {
  backup,
  check: (file) => check(file),
  restore,
};

/** Runs `anchor-kyc shreds …` and answers what it prints. @throws UsageError, TypeError for what cannot be used, ShredsDamaged */
export async function shredsCommand(args: readonly string[], environment: Environment): Promise<string> {
  const { positionals } = parseWords({ args: [...args], allowPositionals: true });
  const [act, file, ...more] = positionals;
  const run = actOf(acts, act);
  if (file === undefined) throw new UsageError('expected the FILE of the copy');
  expectNoMore(more);
  // What this makes is for its own user alone.
  process.umask(0o077);
  return run(resolve(file), placesOf(environment));
}

async function backup(file: string, places: Places): Promise<string> {
  await refusePlace(file, places);
  return withStore(places, async (store) => {
    await using shreds = closing(await openShreds(places.shredDatabase, store));
    await refuseFaults(places.shredDatabase);
    await using made = await open(file, 'a', 0o600);
    if ((await made.stat()).size > 0) await refuseOther(file);
    await using copy = closing(await openSqliteShredKeys(file, shreds.id));
    const { keys, added, destroyed } = await copyShreds(shreds, copy, () => systemClock.now());
    await store.audit.record([{ action: 'backup.made', actor: { kind: 'cli', id: 'shreds' } }]);
    await copy[Symbol.asyncDispose]();
    await refuseFaults({ engine: 'sqlite', path: file });
    for (const path of [file, dirname(file)]) await syncFile(path);
    return `${file} is up to date: ${keys} shred keys, ${added} of them new; ${destroyed} were destroyed in it.\n`;
  });
}

async function check(file: string): Promise<string> {
  await refuseNone(file);
  await refuseOther(file);
  await using copy = closing(await openSqliteShredKeys(file));
  const at = await copy.findCopiedAt();
  if (at === undefined)
    throw new TypeError(`${file}: expected a copy that is whole; the making of this one has not ended`);
  const hours = Math.floor((systemClock.now().getTime() - at.getTime()) / 3_600_000);
  return `${file} is good: ${await copy.count()} shred keys, as of ${at.toISOString()} (${hours} hours ago), of store ${copy.id}.\n`;
}

async function restore(file: string, places: Places): Promise<string> {
  await refuseNone(file);
  await refuseOther(file);
  return withStore(
    places,
    async (store) => {
      await using copy = closing(await openSqliteShredKeys(file));
      const known = await store.erasures.findShredStore();
      if (known !== undefined && known !== copy.id)
        throw new TypeError(`${file}: expected a copy of the shred store that this database was written with`);
      const target = await prepareTarget(places.shredDatabase);
      const { keys, erasedAgain, lost } = await fill(target.database, copy, store);
      await target.done();
      const again = `${erasedAgain} were erased after the copy was made, and are again.\n`;
      return `Restored ${keys} shred keys. ${again}${aboutLost(lost)}`;
    },
    // No server can have been started since: a database of an earlier release is brought up to date here.
    'upgrade',
  );
}

/** A file is filled beside its place, so that no half of it is ever taken for the whole. */
async function prepareTarget(database: Database): Promise<{ database: Database; done(): Promise<void> }> {
  if (database.engine !== 'sqlite') return { database, done: async () => {} };
  const { path } = database;
  if ((await stat(path).catch(() => undefined)) !== undefined)
    throw new TypeError(`${path}: expected no shred store there; move it away, with its -wal, and keep it`);
  const partial = `${path}.partial`;
  for (const end of ['', '-wal', '-shm']) await rm(`${partial}${end}`, { force: true });
  const done = async (): Promise<void> => {
    await syncFile(partial);
    await rename(partial, path);
    await syncFile(dirname(path));
  };
  return { database: { engine: 'sqlite', path: partial }, done };
}

async function fill(database: Database, copy: SqlShredKeys, store: Store): ReturnType<typeof restoreShreds> {
  await using shreds = closing(await openShredKeys(database, copy.id));
  if (shreds.id !== copy.id && !(await shreds.become(copy.id)))
    throw new TypeError('SHRED_DATABASE_URL: expected an empty database, or one that this copy is of');
  return await restoreShreds(copy, shreds, store, systemClock.now());
}

function aboutLost(lost: readonly string[]): string {
  if (lost.length === 0) return 'Every customer has a shred key.\n';
  const ids = lost.map((id) => `  ${id}\n`).join('');
  return `${lost.length} customers have none: they registered after the copy was made, and their data cannot be opened any more\n(but for customers of a release before shred keys, who open without):\n${ids}`;
}

async function withStore(
  places: Places,
  work: (store: Store) => Promise<string>,
  whenOld?: 'upgrade',
): Promise<string> {
  const store = await openExisting(places.database, systemClock, whenOld);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Closes it once, at the end of the scope or before. */
function closing(shreds: SqlShredKeys): SqlShredKeys & AsyncDisposable {
  let closed: Promise<void> | undefined;
  return Object.assign(shreds, { [Symbol.asyncDispose]: () => (closed ??= shreds.close()) });
}

async function refuseNone(file: string): Promise<void> {
  if ((await stat(file).catch(() => undefined)) === undefined)
    throw new TypeError(`${file}: expected a copy; there is none`);
}

async function refuseFaults(database: Database): Promise<void> {
  if (database.engine !== 'sqlite') return;
  let faults: readonly string[];
  try {
    faults = faultsOfDatabase(database.path);
  } catch {
    faults = ['not a database'];
  }
  if (faults.length > 0) throw new TypeError(`${database.path}: expected a shred store that is whole: ${faults[0]}`);
}

/** No other database becomes a copy. */
async function refuseOther(file: string): Promise<void> {
  await refuseFaults({ engine: 'sqlite', path: file });
  if (!hasTable(file, 'shred_store'))
    throw new TypeError(`${file}: expected a copy of a shred store; it is another database`);
}

/** Beside the database, or among its backups, the copy would live as long as they do and open in them who was erased. */
async function refusePlace(file: string, { dataDir, shredDatabase }: Places): Promise<void> {
  if (shredDatabase.engine === 'sqlite' && shredDatabase.path === file)
    throw new TypeError(`${file}: expected another place than the shred store's own`);
  if (!relative(resolve(dataDir), file).startsWith('..'))
    throw new TypeError(`${file}: expected a place outside of DATA_DIR: what is lost with it must not be there`);
  const parent = dirname(file);
  const beside = await readdir(parent, { withFileTypes: true }).catch(() => {
    throw new TypeError(`${parent}: expected a directory`);
  });
  for (const directory of [
    parent,
    ...beside.filter((one) => one.isDirectory()).map(({ name }) => join(parent, name)),
  ]) {
    if ((await stat(join(directory, backupNames.manifest)).catch(() => undefined)) !== undefined)
      throw new TypeError(`${file}: expected a place apart from backups of the database: there is one in ${directory}`);
  }
}
