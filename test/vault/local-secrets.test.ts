import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkKeys, type KeyCheck } from '../../src/vault/check-keys.ts';
import { LocalKeyRing, type WrappedKey } from '../../src/vault/key-ring.ts';
import { localSecrets } from '../../src/vault/local-secrets.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';

test('[vault.local] secrets are made once, readable by their owner alone, and found again', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'data');
  const secrets = await localSecrets(path);
  assert.deepEqual(await localSecrets(path), secrets);
  assert.equal((await stat(path)).mode & 0o777, 0o700);
  for (const name of await readdir(path)) assert.equal((await stat(join(path, name))).mode & 0o777, 0o600, name);
  assert.deepEqual((await readdir(path)).sort(), ['encryption.keys', 'jwt.key', 'signing.seed']);
  assert.equal((await readFile(join(path, 'signing.seed'), 'utf8')).trim(), secrets.signingSeed);
});

test('[vault.local] twenty starters at once end with the same secrets and leave nothing else behind', async () => {
  await using directory = await temporaryDirectory();
  const all = await Promise.all(Array.from({ length: 20 }, () => localSecrets(directory.path)));
  assert.equal(new Set(all.map((secrets) => JSON.stringify(secrets))).size, 1);
  assert.equal((await readdir(directory.path)).length, 3);
});

test('[vault.check] a key that is missing, or another one under the same id, is noticed before anything is served', async () => {
  const checks: KeyCheck[] = [];
  const port = {
    listKeyChecks: async () => checks,
    addKeyCheck: async (check: WrappedKey) => void checks.push({ ...check, retiredAt: undefined }),
  };
  const a = new Uint8Array(32).fill(1);
  const b = new Uint8Array(32).fill(2);
  await checkKeys(new LocalKeyRing(new Map([['a', a]])), port);
  await checkKeys(new LocalKeyRing(new Map([['a', a]])), port);
  assert.equal(checks.length, 1);
  await checkKeys(
    new LocalKeyRing(
      new Map([
        ['b', b],
        ['a', a],
      ]),
    ),
    port,
  );
  assert.deepEqual(
    checks.map((check) => check.kekId),
    ['a', 'b'],
  );
  await assert.rejects(checkKeys(new LocalKeyRing(new Map([['b', b]])), port), /key 'a' is missing/);
  await assert.rejects(
    checkKeys(
      new LocalKeyRing(
        new Map([
          ['a', b],
          ['b', b],
        ]),
      ),
      port,
    ),
    /key 'a' is not the key/,
  );
});
