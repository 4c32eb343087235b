import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { expectNoMore, parseWords, UsageError } from './command-words.ts';
import type { Environment } from './environment.ts';
import { type ExportedFile, exportCustomer, exportReasons, readExportReason } from './kyc/export-customer.ts';
import { openBlobs } from './open-blobs.ts';
import { openShreds } from './open-shreds.ts';
import type { Settings } from './resolve-options.ts';
import { readSettings } from './setting-files.ts';
import { SealedFiles } from './store/files/sealed-files.ts';
import { openExisting } from './store/sql/open-store.ts';
import type { Store } from './store/store.ts';
import { ShreddedKeyRing } from './vault/shred-keys.ts';

/** The help of `anchor-kyc export`. */
export const exportUsage: string = `anchor-kyc export: everything that is held on a customer, in clear text

  anchor-kyc export CUSTOMER --out DIR --reason REASON [--reference TEXT] [--for-subject]

DIR is made, and gets customer.json and the files. REASON is one of ${exportReasons.join(', ')}; it is written into the audit trail,
with the reference (letters, digits, dots, dashes). --for-subject leaves out what the person may not be told: notes, findings, holds, what operators did.
It needs the settings of the server, secrets included (LOCAL_MODE=1 beside 'anchor-kyc start'), and may be run while it serves.
`;

/** Runs `anchor-kyc export …` and answers what it prints. @throws TypeError naming what is wrong, CustomerNotFound */
export async function exportCommand(args: readonly string[], environment: Environment): Promise<string> {
  const { values, positionals } = readArguments(args);
  const [customerId, ...more] = positionals;
  const { out } = values;
  if (customerId === undefined) throw new UsageError('expected a CUSTOMER');
  expectNoMore(more);
  if (out === undefined || values.reason === undefined) throw new UsageError('expected --out DIR and --reason REASON');
  const reason = readExportReason((name) => values[name]);
  const settings = await readSettings(environment);
  const store = await openExisting(settings.database, settings.clock);
  try {
    const order = { customerId, ...reason, isForSubject: values['for-subject'], by: { kind: 'cli' } } as const;
    const count = await exportTo(out, settings, store, order);
    return `exported to ${out}: customer.json and ${count} files. It is in clear text: keep it safe, and not for long.\n`;
  } finally {
    await store.close();
  }
}

async function exportTo(
  out: string,
  settings: Settings,
  store: Store,
  order: Parameters<typeof exportCustomer>[1],
): Promise<number> {
  const { keyRing, clock, shredDatabase } = settings;
  if (keyRing === undefined) throw new TypeError('KYC_ENCRYPTION_KEYS: expected the keys of the database');
  const shreds = await openShreds(shredDatabase, store);
  try {
    const ring = new ShreddedKeyRing(keyRing, shreds);
    const made = await exportCustomer({ store, keyRing: ring, clock }, order);
    await mkdir(out, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      throw new TypeError(`--out: expected a directory that can be made (${error.code})`);
    });
    await writeFile(join(out, 'customer.json'), `${JSON.stringify(made.export, null, 2)}\n`, { mode: 0o600 });
    const sealed = new SealedFiles(await openBlobs(settings));
    for (const file of made.files) await writeOne(out, sealed, file);
    return made.files.length;
  } finally {
    await shreds.close();
  }
}

/** Named after its id: a field may be one of the anchor's own, with a name that no file system takes. */
async function writeOne(out: string, sealed: SealedFiles, { reference }: ExportedFile): Promise<void> {
  const extension = reference.contentType.split('/')[1]?.replace(/\W/g, '') ?? 'bin';
  const file = await open(join(out, `file_${reference.id}.${extension}`), 'wx', 0o600);
  await pipeline(sealed.open(reference), file.createWriteStream());
}

function readArguments(args: readonly string[]): {
  values: { out?: string; reason?: string; reference?: string; 'for-subject': boolean };
  positionals: string[];
} {
  const text = { type: 'string' } as const;
  const options = {
    out: text,
    reason: text,
    reference: text,
    'for-subject': { type: 'boolean', default: false },
  } as const;
  return parseWords({ args: [...args], options, allowPositionals: true });
}
