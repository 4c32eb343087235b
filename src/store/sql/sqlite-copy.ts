import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

/** A file that the database refers to. */
export interface ReferredFile {
  readonly id: string;
  /** Of the plain bytes; undefined where it does not count any more. */
  readonly sizeBytes: number;
}

/** What there is in a database, as far as a backup must know. */
export interface DatabaseFacts {
  readonly schema: number;
  readonly customers: number;
  readonly files: readonly ReferredFile[];
}

/**
 * Copies the database as it is at one moment, while others write. Choice: VACUUM INTO reads one snapshot; SQLite's backup API begins anew
 * whenever another process has written, which under load is for ever. And what was deleted does not come along in free pages. In a thread: it takes
 * minutes for a large one, and this one is to hear signals meanwhile.
 */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const thread = new Worker(copyEntry, { workerData: { from, to } });
  await once(thread, 'exit');
  await syncFile(to);
}

const copyEntry = new URL(`./copy-entry${extname(import.meta.url)}`, import.meta.url);

/**
 * Holds a place until the process ends or it is let go: a file in it that one process at a time can lock, and that a killed one has let go of. Undefined when
 * somebody else holds it.
 * @param path of that file, made where there is none
 */
export function holdPlace(path: string): (() => void) | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('begin exclusive');
    return () => database.close();
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === busy) return undefined;
    throw error;
  }
}

/** SQLITE_BUSY */
const busy = 5;

/** Looks at a database without changing it. */
export function readDatabase(path: string): DatabaseFacts {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    const number = (sql: string): number => Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0);
    const files = database
      .prepare('select id, size_bytes from files union all select id, size_bytes from uploads')
      .all();
    return {
      schema: number('select max(version) from migrations'),
      customers: number('select count(*) from customers'),
      files: files.map((row) => ({ id: String(row['id']), sizeBytes: Number(row['size_bytes']) })),
    };
  } finally {
    database.close();
  }
}

/** What is wrong with the pages and references of a database, by SQLite's own word; empty when nothing is. */
export function faultsOfDatabase(path: string): readonly string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const said = database
      .prepare('pragma integrity_check')
      .all()
      .map((row) => String(row['integrity_check']));
    const broken = database
      .prepare('pragma foreign_key_check')
      .all()
      .map((row) => `a reference of ${String(row['table'])}`);
    return [...said.filter((word) => word !== 'ok'), ...broken];
  } finally {
    database.close();
  }
}

/** Whether a file is a database that has this table; a file without a byte has none, and is no other database's. */
export function hasTable(path: string, table: string): boolean {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database.prepare("select 1 from sqlite_schema where type = 'table' and name = ?").get(table) !== undefined;
  } finally {
    database.close();
  }
}

/** Waits until a file, or the names in a directory, survive a crash. */
export async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r');
  await file.sync();
}
