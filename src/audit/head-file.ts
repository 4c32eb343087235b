import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SignedHead } from '../store/audit-store.ts';

/** Where a server writes down the heads it signs. */
export function headFileIn(dataDir: string): string {
  return join(dataDir, 'audit-heads.jsonl');
}

/** A head as one line of JSON. */
export function writeHead({ seq, hash, at, account, signature }: SignedHead): string {
  return JSON.stringify({
    lines: seq,
    hash: Buffer.from(hash).toString('hex'),
    at: at.toISOString(),
    account,
    signature: Buffer.from(signature).toString('base64'),
  });
}

/** Heads, one on each line. @throws TypeError naming the line that is none */
export function readHeads(text: string): readonly SignedHead[] {
  return text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [readHead(line, index + 1)]));
}

/** The heads in a file; none where there is no file. @throws TypeError naming the line that is none */
export async function readHeadFile(path: string): Promise<readonly SignedHead[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return readHeads(text);
}

function readHead(line: string, number: number): SignedHead {
  const { lines: seq, hash, at: time, account, signature } = fieldsOf(line);
  const at = new Date(typeof time === 'string' ? time : Number.NaN);
  const isHead =
    Number.isSafeInteger(seq) &&
    typeof hash === 'string' &&
    /^[0-9a-f]{64}$/.test(hash) &&
    !Number.isNaN(at.getTime()) &&
    typeof account === 'string' &&
    typeof signature === 'string';
  if (!isHead) throw new TypeError(`line ${number}: expected a signed head of the audit trail`);
  const bytes = { hash: Buffer.from(hash, 'hex'), signature: Buffer.from(signature, 'base64') };
  return { seq: seq as number, at, account, ...bytes };
}

function fieldsOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
