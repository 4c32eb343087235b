import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory } from '../store/files/make-directory.ts';
import { syncFile } from '../store/sql/sqlite-copy.ts';
import { backupNames, type Manifest, readBackup, sumOf } from './manifest.ts';
import { faultsOf, type Places } from './verify-backup.ts';

/** Checks every byte of a backup, and that what it holds belongs together. @throws TypeError naming what is not as it was written */
export async function checkBackup(from: string): Promise<Manifest> {
  const { manifest, sums } = await readBackup(from);
  for (const [path, sum] of sums) {
    const found = await sumOf(join(from, path)).catch(() => undefined);
    if (found !== sum) throw new TypeError(`${path}: ${found === undefined ? 'missing' : 'not as it was written'}`);
  }
  return manifest;
}

/**
 * Puts a backup where a server will look for it. The database comes last, so that what was broken off is no database.
 * @throws TypeError when something is there already, or the backup is not as it was written
 */
export async function restoreBackup(from: string, to: Places): Promise<Manifest> {
  for (const path of [to.database, `${to.database}-wal`, to.files, to.heads]) await refuseExisting(path);
  const manifest = await checkBackup(from);
  const { sums } = await readBackup(from);
  await makeDirectory(dirname(to.database));
  await makeDirectory(to.files);
  const partial = { ...to, database: `${to.database}.partial` };
  await rm(partial.database, { force: true });
  for (const path of sums.keys()) await put(join(from, path), placeOf(path, partial));
  const faults = await faultsOf(partial, new Set(manifest.filesGone));
  if (faults.length > 0) throw new Error(`what was restored is not good: ${faults.slice(0, 5).join('; ')}`);
  await syncFile(partial.database);
  await rename(partial.database, to.database);
  await syncFile(dirname(to.database));
  return manifest;
}

async function refuseExisting(path: string): Promise<void> {
  const entry = await stat(path).catch(() => undefined);
  if (entry !== undefined) throw new TypeError(`${path}: expected nothing there; restoring overwrites nothing`);
}

async function put(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(from, to);
  await syncFile(to);
}

function placeOf(path: string, { database, heads, files }: Places): string {
  if (path === backupNames.database) return database;
  if (path === backupNames.heads) return heads;
  const inside = /^files\/([0-9a-f]{2}\/[0-9a-f]{32})$/.exec(path)?.[1];
  if (inside === undefined) throw new TypeError(`${path}: no backup has such a file`);
  return join(files, inside);
}
