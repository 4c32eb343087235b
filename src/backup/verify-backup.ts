import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readHeadFile } from '../audit/head-file.ts';
import { verifyTrail } from '../audit/verify-trail.ts';
import { systemClock } from '../lib/clock.ts';
import { GroupCommit } from '../store/sql/group-commit.ts';
import { SqlAudit } from '../store/sql/sql-audit.ts';
import { faultsOfDatabase, readDatabase } from '../store/sql/sqlite-copy.ts';
import { openSqlite } from '../store/sql/sqlite-engine.ts';
import { sealedBytes } from '../vault/sealed-stream.ts';
import { backupNames } from './manifest.ts';

/** Where a database and what belongs to it lie. */
export interface Places {
  readonly database: string;
  /** The directory of the files' sealed bytes. */
  readonly files: string;
  readonly heads: string;
}

/** The places inside a backup. */
export function placesIn(directory: string): Places {
  return {
    database: join(directory, backupNames.database),
    files: join(directory, backupNames.files),
    heads: join(directory, backupNames.heads),
  };
}

/** Where the sealed bytes of a file lie in their directory. */
export function filePath(directory: string, id: string): string {
  return join(directory, id.slice(0, 2), id);
}

/**
 * What is wrong with a copy: pages and references of the database, the audit trail, files that are missing or of another size. Empty when
 * it is good.
 * @param gone files that are known to be missing
 */
export async function faultsOf(places: Places, gone: ReadonlySet<string>): Promise<readonly string[]> {
  const pages = faultsOfDatabase(places.database);
  if (pages.length > 0) return pages.map((fault) => `database: ${fault}`);
  const faults = [...(await faultOfTrail(places))];
  for (const { id, sizeBytes } of readDatabase(places.database).files) {
    if (gone.has(id)) continue;
    const entry = await stat(filePath(places.files, id)).catch(() => undefined);
    if (entry === undefined) faults.push(`file ${id}: missing`);
    else if (entry.size !== sealedBytes(sizeBytes)) faults.push(`file ${id}: not of its size`);
  }
  return faults;
}

/** Without a store: that would seal what waits, and a copy is not to differ from what it is of. */
async function faultOfTrail({ database, heads }: Places): Promise<readonly string[]> {
  const engine = openSqlite(database);
  try {
    const audit = new SqlAudit(engine.db, new GroupCommit(engine), systemClock);
    const { breach } = await verifyTrail({ audit, heads: await readHeadFile(heads), unsealedBefore: new Date(0) });
    return breach === undefined ? [] : [`audit trail: ${breach.kind} at line ${breach.seq}`];
  } finally {
    await engine.close();
  }
}
