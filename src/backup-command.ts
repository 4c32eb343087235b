import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { headFileIn } from './audit/head-file.ts';
import { makeBackup, planBackup } from './backup/make-backup.ts';
import { leftOut, type Manifest } from './backup/manifest.ts';
import { checkBackup, restoreBackup } from './backup/restore-backup.ts';
import type { Places } from './backup/verify-backup.ts';
import { expectNoMore, parseWords, UsageError } from './command-words.ts';
import { type Environment, optionsFromEnvironment } from './environment.ts';
import { placesOf } from './setting-files.ts';

/** The help of `anchor-kyc backup` and `anchor-kyc restore`. */
export const backupUsage: string = `anchor-kyc backup and restore: database and files of DATA_DIR; secrets are never in a backup

  anchor-kyc backup DIRECTORY [--dry-run]   copies them while a server is running, and verifies the copy
  anchor-kyc backup check DIRECTORY         whether a backup is as it was written
  anchor-kyc restore DIRECTORY              puts a backup into DATA_DIR, where there is none of it yet

PostgreSQL and S3 have better tools of their own: docs/operating.md says which.
`;

/** Runs `anchor-kyc backup …` and answers what it prints. @throws UsageError for arguments that cannot be used */
export async function backupCommand(args: readonly string[], environment: Environment): Promise<string> {
  const { values, positionals } = readArguments(args);
  const [first, second, ...more] = positionals;
  if (first === undefined) throw new UsageError('expected a DIRECTORY');
  expectNoMore(more);
  if (first === 'check' && second !== undefined) return told('The backup is good', await checkBackup(resolve(second)));
  if (first === 'check')
    throw new UsageError("check: expected a DIRECTORY (to write a backup of that name: './check')");
  if (second !== undefined) expectNoMore([second]);
  const places = sourcesOf(environment);
  await access(places.database).catch(() => {
    throw new TypeError('DATA_DIR: expected the directory of a server that was started before; there is no database');
  });
  if (!values['dry-run']) return told(`Written to ${resolve(first)}`, await makeBackup(places, resolve(first)));
  const { databaseBytes, customers, files } = await planBackup(places);
  return `It would copy ${customers} customers (${databaseBytes} bytes) and ${files.count} files (${files.bytes} bytes).\n${omitted()}`;
}

/** Runs `anchor-kyc restore …` and answers what it prints. @throws UsageError for arguments that cannot be used */
export async function restoreCommand(args: readonly string[], environment: Environment): Promise<string> {
  const { positionals } = readArguments(args);
  const [from, ...more] = positionals;
  if (from === undefined) throw new UsageError('expected the DIRECTORY of a backup');
  expectNoMore(more);
  return told('Restored', await restoreBackup(resolve(from), sourcesOf(environment)));
}

function told(done: string, { begunAt, customers, files, filesGone, audit }: Manifest): string {
  const gone = filesGone.length === 0 ? '' : `${filesGone.length} files were removed while they were copied.\n`;
  const counts = `${customers} customers, ${files.count} files, ${audit?.lines ?? 0} lines of the audit trail`;
  return `${done}: ${counts}, as of ${begunAt}.\n${gone}${omitted()}`;
}

function omitted(): string {
  const lines = Object.entries(leftOut).map(([what, why]) => `  ${what}: ${why}\n`);
  return `Not in it, to be kept and put back by other ways:\n${lines.join('')}`;
}

function readArguments(args: readonly string[]): { values: { 'dry-run': boolean }; positionals: string[] } {
  const options = { 'dry-run': { type: 'boolean', default: false } } as const;
  return parseWords({ args: [...args], options, allowPositionals: true });
}

/** Only where things lie is read: no secret is needed to copy what is sealed. */
function sourcesOf(environment: Environment): Places {
  if (optionsFromEnvironment(environment).filesUrl)
    throw new TypeError(
      'FILES_URL: files in a bucket are backed up by its own tools, and the database with them: see docs/operating.md',
    );
  const { database, dataDir } = placesOf(environment);
  if (database.engine !== 'sqlite')
    throw new TypeError(
      'DATABASE_URL: PostgreSQL is backed up by its own tools (pg_dump, pgBackRest): see docs/operating.md',
    );
  return { database: database.path, files: join(dataDir, 'files'), heads: headFileIn(dataDir) };
}
