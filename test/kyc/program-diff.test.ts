import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import { programCommand } from '../../src/program-command.ts';
import { freshSecrets } from '../../src/vault/fresh-secrets.ts';
import { openDatabase, programOf } from '../sep12/support.ts';
import { openTestAnchor, randomAccount } from '../support/test-anchor.ts';

const before = programOf({ first_name: {}, city: { optional: true } });

/** Asks those of Rome for one field more. */
const after: ProgramDefinition = {
  ...before,
  rules: { romans: { when: { field: 'city', is: 'Rome' }, ask: { last_name: {} } } },
};

test('[program.diff] whom another program would move is told by type, with ids if asked, and nothing is changed', async () => {
  const secrets = freshSecrets();
  await using anchor = await openTestAnchor({ program: before, ...secrets });
  const roman = await anchor.json(randomAccount(), 'PUT', '/customer', { first_name: 'Ada', city: 'Rome' });
  for (const city of ['Oslo', 'Lima'])
    await anchor.json(randomAccount(), 'PUT', '/customer', { first_name: 'Bo', city });
  const environment = {
    LOCAL_MODE: '1',
    DATA_DIR: anchor.dataDir,
    SIGNING_SEED: secrets.signingSeed,
    SERVER_JWT_KEY: secrets.serverJwtKey,
    KYC_ENCRYPTION_KEYS: secrets.encryptionKeys,
  };
  const [same, other] = ['same.json', 'other.json'].map((name) => join(anchor.dataDir, name)) as [string, string];
  await writeFile(same, JSON.stringify(before));
  await writeFile(other, JSON.stringify(after));
  using database = openDatabase(anchor);
  const rows = (): unknown[] => database.prepare('select id, version, dossier from customers order by id').all();
  const [stored, notes] = [rows(), [] as string[]];
  const run = (...args: string[]): Promise<string> => programCommand(args, environment, (line) => notes.push(line));
  assert.match(await run('diff', same), /^0 customers/);
  assert.equal(
    await run('diff', other),
    '3 customers were last looked at by another program; of them would move:\n  basic: accepted → needs-data  1\n',
  );
  assert.match(await run('diff', other, '--ids'), new RegExp(`  1\\n    ${roman.body.id}\\n$`));
  assert.ok(notes.includes('3 of 3 customers'));
  assert.deepEqual(rows(), stored);
  await assert.rejects(run('dif'), /'dif': expected one of diff/);
  await assert.rejects(run('diff', '/nowhere/program.json'), /KYC_PROGRAM: expected a file/);
});
