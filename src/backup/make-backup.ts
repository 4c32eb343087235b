import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock } from '../lib/clock.ts';
import { release } from '../release.ts';
import type { ChainHead } from '../store/audit-store.ts';
import { openExisting } from '../store/sql/open-store.ts';
import { copyDatabase, type DatabaseFacts, readDatabase, syncFile } from '../store/sql/sqlite-copy.ts';
import { backupNames, leftOut, type Manifest, sumOf, writeSums } from './manifest.ts';
import { beginPartial } from './partial.ts';
import { faultsOf, filePath, type Places, placesIn } from './verify-backup.ts';

/** What would be copied. */
export interface BackupPlan {
  readonly databaseBytes: number;
  readonly customers: number;
  readonly files: { readonly count: number; readonly bytes: number };
}

/** Looks at what there is to copy; writes nothing. */
export async function planBackup(from: Places): Promise<BackupPlan> {
  const { size } = await stat(from.database);
  const { customers, files } = readDatabase(from.database);
  return { databaseBytes: size, customers, files: await sizeOf(from, files) };
}

/**
 * Copies database and files while a server goes on writing, and verifies the copy. What is under the name of the backup is whole.
 * @param to the directory to be made; there must be none
 * @throws TypeError when there is one, or it is being made at the moment
 */
export async function makeBackup(from: Places, to: string): Promise<Manifest> {
  await refuseExisting(to);
  await using work = await beginPartial(`${to}.partial`);
  const manifest = await fill(from, work.path);
  await work.finish();
  await rename(work.path, to);
  await syncFile(dirname(to));
  return manifest;
}

async function refuseExisting(path: string): Promise<void> {
  const entry = await stat(path).catch(() => undefined);
  if (entry !== undefined) throw new TypeError(`${path}: expected nothing there yet; no backup is overwritten`);
}

/**
 * Files first, then the database, then the files that came meanwhile: what the copy of the database refers to and is missing was both sent and
 * removed while the copy was made.
 */
async function fill(from: Places, work: string): Promise<Manifest> {
  const to = placesIn(work);
  await mkdir(to.files, { mode: 0o700 });
  const audit = await noteBackup(from);
  await copyFiles(from, to, readDatabase(from.database));
  await copyHeads(from, to);
  const begunAt = systemClock.now();
  await copyDatabase(from.database, to.database);
  const facts = readDatabase(to.database);
  const gone = await copyFiles(from, to, facts);
  await prune(to, facts);
  const faults = await faultsOf(to, new Set(gone));
  if (faults.length > 0) throw new Error(`the copy is not good: ${faults.slice(0, 5).join('; ')}`);
  // What whoever only reads a database leaves beside it: empty, and in no list of sums.
  for (const end of ['-wal', '-shm']) await rm(`${to.database}${end}`, { force: true });
  return writeManifest(to, work, { begunAt, facts, gone, audit });
}

/** Before the database, which therefore knows of all of them. */
async function copyHeads(from: Places, to: Places): Promise<void> {
  const { code } = await copyFile(from.heads, to.heads).then(
    () => ({ code: undefined }),
    (error: NodeJS.ErrnoException) => error,
  );
  if (code === 'ENOENT') await writeFile(to.heads, '', { mode: 0o600 });
  else if (code !== undefined) throw new Error(`${from.heads}: it could not be copied (${code})`);
}

/** In the trail before it is copied, so that the backup tells of itself. */
async function noteBackup({ database }: Places): Promise<ChainHead | undefined> {
  const store = await openExisting({ engine: 'sqlite', path: database }, systemClock);
  try {
    await store.audit.record([{ action: 'backup.made', actor: { kind: 'cli', id: 'backup' } }]);
    while ((await store.audit.seal(256)) > 0);
    return await store.audit.findHead();
  } finally {
    await store.close();
  }
}

/** Copies those that are not there yet; answers the ids of those that are gone. Files never change once they are written. */
async function copyFiles(from: Places, to: Places, { files }: DatabaseFacts): Promise<readonly string[]> {
  const gone: string[] = [];
  for (const { id } of files) {
    const path = filePath(to.files, id);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    try {
      await copyFile(filePath(from.files, id), path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await syncFile(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') gone.push(id);
      else if (code !== 'EEXIST') throw error;
    }
  }
  return gone;
}

/** What was removed between the two moments is not kept. */
async function prune(to: Places, { files }: DatabaseFacts): Promise<void> {
  const known = new Set(files.map(({ id }) => id));
  for (const shard of await readdir(to.files)) {
    for (const id of await readdir(join(to.files, shard))) if (!known.has(id)) await rm(join(to.files, shard, id));
  }
}

interface Made {
  readonly begunAt: Date;
  readonly facts: DatabaseFacts;
  readonly gone: readonly string[];
  readonly audit: ChainHead | undefined;
}

async function writeManifest(to: Places, work: string, { begunAt, facts, gone, audit }: Made): Promise<Manifest> {
  const missing = new Set(gone);
  const held = facts.files.filter(({ id }) => !missing.has(id));
  const paths = [backupNames.database, backupNames.heads, ...held.map(({ id }) => filePath(backupNames.files, id))];
  const sums = new Map<string, string>();
  for (const path of paths) sums.set(path, await sumOf(join(work, path)));
  const text = writeSums(sums);
  const manifest: Manifest = {
    format: 1,
    release,
    begunAt: begunAt.toISOString(),
    ...{ schema: facts.schema, customers: facts.customers },
    databaseBytes: (await stat(to.database)).size,
    files: await sizeOf(to, held),
    filesGone: gone,
    audit: audit === undefined ? null : { lines: audit.seq, hash: Buffer.from(audit.hash).toString('hex') },
    sums: createHash('sha256').update(text).digest('hex'),
    leftOut,
  };
  await writeFile(join(work, backupNames.sums), text, { mode: 0o600, flush: true });
  const json = `${JSON.stringify(manifest, undefined, 2)}\n`;
  await writeFile(join(work, backupNames.manifest), json, { mode: 0o600, flush: true });
  await syncFile(work);
  return manifest;
}

async function sizeOf({ files }: Places, referred: DatabaseFacts['files']): Promise<Manifest['files']> {
  let bytes = 0;
  for (const { id } of referred) bytes += (await stat(filePath(files, id)).catch(() => ({ size: 0 }))).size;
  return { count: referred.length, bytes };
}
