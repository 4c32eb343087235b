import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newToken } from '../lib/ids.ts';
import { freshSecret, type Secrets } from './fresh-secrets.ts';

/** The file of each secret in the data directory. */
export const localSecretFiles: { readonly [K in keyof Secrets]: string } = {
  signingSeed: 'signing.seed',
  serverJwtKey: 'jwt.key',
  encryptionKeys: 'encryption.keys',
};

/**
 * The secrets kept in `directory`, each made on first use (files 0600, directory 0700). For local mode only: in production secrets come
 * from the environment. Processes that start at the same time end with the same secrets.
 */
export async function localSecrets(directory: string): Promise<Secrets> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const read = (name: keyof Secrets): Promise<string> =>
    readOrCreate(join(directory, localSecretFiles[name]), freshSecret[name]);
  return {
    signingSeed: await read('signingSeed'),
    serverJwtKey: await read('serverJwtKey'),
    encryptionKeys: await read('encryptionKeys'),
  };
}

async function readOrCreate(path: string, create: () => string): Promise<string> {
  const known = await readSecret(path);
  if (known !== undefined) return known;
  await publish(path, `${create()}\n`);
  const secret = await readSecret(path);
  if (secret === undefined) throw new Error(`cannot read the secret just written to ${path}`);
  return secret;
}

async function readSecret(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text?.trim();
}

/** Writes whole and durably under another name first: nobody ever reads half a secret, and whoever was first stays. */
async function publish(path: string, text: string): Promise<void> {
  const draft = `${path}.${newToken(64)}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
}
