import { open } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';

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
 * whenever another process has written, which under load is for ever. And what was deleted does not come along in free pages.
 */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const database = new DatabaseSync(from, { timeout: 5000 });
  try {
    database.prepare('vacuum into ?').run(to);
  } finally {
    database.close();
  }
  await syncFile(to);
}

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
