import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPartial } from './partial.ts';

/** The names of what is in a backup. */
export const backupNames = {
  manifest: 'manifest.json',
  /** As `sha256sum -c` reads it. */
  sums: 'SHA256SUMS',
  database: 'anchor-kyc.db',
  heads: 'audit-heads.jsonl',
  files: 'files',
} as const;

/** What is never in a backup, and why. */
export const leftOut: Readonly<Record<string, string>> = {
  'signing.seed, jwt.key, encryption.keys, and secrets of the environment':
    'whoever finds the backup must not be able to open it: keep them elsewhere',
  'shreds.db': 'what is destroyed there must be gone from every backup, too: it has a backup of its own, kept for days',
};

/** What a backup says of itself. */
export interface Manifest {
  readonly format: 1;
  readonly release: string;
  /** When the copy of the database was begun: whatever was acknowledged before is in it. */
  readonly begunAt: string;
  readonly schema: number;
  readonly customers: number;
  readonly databaseBytes: number;
  readonly files: { readonly count: number; readonly bytes: number };
  /** Ids of files that were removed while they were being copied: their customers' data has changed since, or is gone. */
  readonly filesGone: readonly string[];
  /** Where the audit trail ended; null for an empty one. */
  readonly audit: { readonly lines: number; readonly hash: string } | null;
  /** SHA-256 of the list of sums. */
  readonly sums: string;
  readonly leftOut: typeof leftOut;
}

/** SHA-256 of a file, hexadecimal. */
export async function sumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer);
  return hash.digest('hex');
}

/** The list of sums: by path inside the backup. */
export function writeSums(sums: ReadonlyMap<string, string>): string {
  return [...sums].map(([path, sum]) => `${sum}  ${path}\n`).join('');
}

/** Reads the manifest and the sums of a backup. @throws TypeError when it is none, or its own list is not the one it names */
export async function readBackup(
  directory: string,
): Promise<{ readonly manifest: Manifest; readonly sums: ReadonlyMap<string, string> }> {
  const manifest = await readManifest(directory);
  const text = await readFile(join(directory, backupNames.sums), 'utf8').catch(() => '');
  if (createHash('sha256').update(text).digest('hex') !== manifest.sums)
    throw new TypeError(`${backupNames.sums}: it is not the list that was written with this backup`);
  const lines = text.split('\n').filter((line) => line !== '');
  return { manifest, sums: new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)])) };
}

async function readManifest(directory: string): Promise<Manifest> {
  if (await isPartial(directory))
    throw new TypeError(`${directory}: expected a backup; the making of this one was broken off, or has not ended`);
  const text = await readFile(join(directory, backupNames.manifest), 'utf8').catch(() => {
    throw new TypeError(`${directory}: expected a backup; there is no ${backupNames.manifest}`);
  });
  const manifest = JSON.parse(text) as Manifest;
  if ((manifest.format as number) !== 1) throw new TypeError('the backup was made by a newer release');
  return manifest;
}
