import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFile, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Keypair } from '@stellar/stellar-sdk';
import pg from 'pg';
import { createDatabase } from '../support/postgres.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { jpegBytes, temporaryDirectory } from '../support/test-anchor.ts';
import { send, tokenFor } from './requests.ts';
import { runProgram, startProcess } from './started-process.ts';

const env = { HOST_URL: 'http://localhost:8000' };
/** What is in no backup of this kind: whoever restores has it from elsewhere. */
const keptElsewhere = ['signing.seed', 'jwt.key', 'encryption.keys'];
const writers = 4;

interface Registered {
  readonly token: string;
  readonly id: string;
}

test('[backup.postgres] a base backup of PostgreSQL made under load, with the files copied after it and the copy of the shred store, is restored elsewhere: whatever was acknowledged before is there', async (t) => {
  const postgres = await startPostgres();
  await using database = await createDatabase(postgres.url);
  await using directory = await temporaryDirectory();
  const [dataDir, backup, fresh, apart] = ['data', 'backup', 'fresh', 'apart'].map((name) =>
    join(directory.path, name),
  ) as [string, string, string, string];
  for (const path of [backup, fresh, apart]) await mkdir(path);
  const shredCopy = join(apart, 'shreds-copy.db');
  const settings = { ...env, DATABASE_URL: database.url };
  const registered: Registered[] = [];
  let before = 0;
  {
    await using server = await startProcess({ dataDir, env: settings });
    const stop = new AbortController();
    const load = Array.from({ length: writers }, () => keepRegistering(server.url, registered, stop.signal));
    while (registered.length < 12) await delay(50);
    before = registered.length;
    // In the order of docs/operating.md: the database, then the files, then the shred store.
    await baseBackup(postgres, join(backup, 'postgres'));
    await cp(join(dataDir, 'files'), join(backup, 'files'), { recursive: true });
    const shreds = await runProgram(['shreds', 'backup', shredCopy], { DATA_DIR: dataDir, DATABASE_URL: database.url });
    assert.equal(shreds.code, 0, shreds.stderr);
    stop.abort();
    await Promise.all(load);
    await server.terminate();
  }
  assert.ok(registered.length > before, 'it was made under load');
  t.diagnostic(`${before} customers acknowledged before, ${registered.length} in all`);

  const restored = await startPostgres({ data: join(backup, 'postgres'), url: postgres.url });
  const url = new URL(restored.url);
  url.pathname = new URL(database.url).pathname;
  await cp(join(backup, 'files'), join(fresh, 'files'), { recursive: true });
  for (const name of keptElsewhere) await copyFile(join(dataDir, name), join(fresh, name));
  const where = { DATA_DIR: fresh, DATABASE_URL: url.href };
  const shreds = await runProgram(['shreds', 'restore', shredCopy], where);
  assert.equal(shreds.code, 0, shreds.stderr);
  assert.match(shreds.stdout, /Every customer has a shred key/);

  await using server = await startProcess({ dataDir: fresh, env: { ...env, DATABASE_URL: url.href } });
  for (const { token, id } of registered.slice(0, before)) {
    const { status, text } = await send('GET', `${server.url}/customer?type=sep31-sender`, { token });
    assert.equal(status, 200);
    const answer = JSON.parse(text) as { id: string; status: string };
    assert.deepEqual([answer.id, answer.status], [id, 'ACCEPTED']);
  }
  await server.terminate();
  const verified = await runProgram(['audit', 'verify'], { ...where, LOCAL_MODE: '1' });
  assert.equal(verified.code, 0, verified.stdout);
  const out = join(directory.path, 'exported');
  const [first = assert.fail()] = registered;
  const exported = await runProgram(['export', first.id, '--out', out, '--reason', 'subject-request'], {
    ...where,
    LOCAL_MODE: '1',
  });
  assert.match(exported.stdout, /customer\.json and 1 files/, exported.stderr);
});

/** As pg_basebackup does it, which this package of PostgreSQL lacks. @see PostgreSQL § Making a Base Backup Using the Low Level API */
async function baseBackup({ url, data }: PostgresServer, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("select pg_backup_start('drill', true)");
    // Files come and go meanwhile: what of them is missing or half is mended from the log.
    spawnSync('cp', ['-a', data, to]);
    await rm(join(to, 'postmaster.pid'), { force: true });
    await rm(join(to, 'pg_wal'), { recursive: true });
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    await writeFile(join(to, 'backup_label'), rows[0]?.labelfile ?? assert.fail());
    spawnSync('cp', ['-a', join(data, 'pg_wal'), to]);
  } finally {
    await client.end();
  }
}

async function keepRegistering(url: string, registered: Registered[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const keypair = Keypair.random();
    const token = await tokenFor(url, { keypair });
    const person = {
      first_name: 'Ada',
      last_name: 'Lovelace',
      email_address: 'ada@example.com',
      birth_date: '1990-12-10',
    };
    const form = new FormData();
    for (const [name, value] of Object.entries({ type: 'sep31-sender', ...person })) form.set(name, value);
    form.set('photo_id_front', new Blob([jpegBytes()]), 'front.jpg');
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}/customer`, { method: 'PUT', headers, body: form });
    const text = await answer.text();
    assert.equal(answer.status, 202, text);
    registered.push({ token, id: (JSON.parse(text) as { id: string }).id });
  }
}
