import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Keypair } from '@stellar/stellar-sdk';
import type { Manifest } from '../../src/backup/manifest.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { multipart, send, tokenFor } from './requests.ts';
import { runProgram, startProcess, startProgram } from './started-process.ts';

/** Tokens name their issuer: the server that is restored is the same one to wallets, on whatever port it listens. */
const env = { HOST_URL: 'http://localhost:8000' };
/** What is in no backup of this kind: whoever restores has it from elsewhere. */
const keptElsewhere = ['signing.seed', 'jwt.key', 'encryption.keys', 'shreds.db'];
const writers = 6;

interface Registered {
  readonly token: string;
  readonly id: string;
  readonly email: string;
}

test('[backup.drill] a backup made under load is restored elsewhere: whatever was acknowledged before is there, and the chain is whole', async (t) => {
  await using directory = await temporaryDirectory();
  const [dataDir, backup, fresh] = ['data', 'backup', 'fresh'].map((name) => join(directory.path, name)) as [
    string,
    string,
    string,
  ];
  const registered: Registered[] = [];
  let before = 0;
  let fileId = '';
  let owner = '';
  {
    await using server = await startProcess({ dataDir, env });
    owner = await tokenFor(server.url);
    fileId = await sendFile(server.url, owner);
    const stop = new AbortController();
    const load = Array.from({ length: writers }, () => keepRegistering(server.url, registered, stop.signal));
    while (registered.length < 12) await delay(50);
    before = registered.length;
    const made = await runProgram(['backup', backup], { DATA_DIR: dataDir });
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /secrets of the environment/);
    stop.abort();
    await Promise.all(load);
    await server.terminate();
  }
  assert.ok(registered.length > before, 'it was made under load');
  t.diagnostic(`${before} customers acknowledged before, ${registered.length} in all`);
  const restored = await runProgram(['restore', backup], { DATA_DIR: fresh });
  assert.equal(restored.code, 0, restored.stderr);
  for (const name of keptElsewhere) {
    await assert.rejects(stat(join(backup, name)), { code: 'ENOENT' });
    await copyFile(join(dataDir, name), join(fresh, name));
  }
  await using server = await startProcess({ dataDir: fresh, env });
  for (const { token, id } of registered.slice(0, before)) {
    const { status, text } = await send('GET', `${server.url}/customer?type=sep31-sender`, { token });
    assert.equal(status, 200);
    const answer = JSON.parse(text) as { id: string; status: string };
    assert.deepEqual([answer.id, answer.status], [id, 'ACCEPTED']);
  }
  const files = await send('GET', `${server.url}/customer/files?file_id=${fileId}`, { token: owner });
  assert.match(files.text, new RegExp(fileId));
  await server.terminate();
  const verified = await runProgram(['audit', 'verify'], { DATA_DIR: fresh, LOCAL_MODE: '1' });
  assert.equal(verified.code, 0, verified.stdout);
  const listed = await runProgram(['audit', 'list', '--json'], { DATA_DIR: fresh });
  assert.match(listed.stdout, /"backup\.made"/);
  for (const { email, token } of registered)
    assert.ok(!listed.stdout.includes(email) && !listed.stdout.includes(token), 'no personal data in the trail');
});

test('[backup.refusals] nothing is overwritten, nothing that was altered is restored, and a dry run writes nothing', async () => {
  await using directory = await temporaryDirectory();
  const [dataDir, backup] = [join(directory.path, 'data'), join(directory.path, 'backup')];
  const where = { DATA_DIR: dataDir };
  assert.equal((await runProgram(['backup', backup], where)).code, 1, 'there is no database yet');
  {
    await using server = await startProcess({ dataDir, env });
    await sendFile(server.url, await tokenFor(server.url));
  }
  const dry = await runProgram(['backup', backup, '--dry-run'], where);
  assert.match(dry.stdout, /1 files/);
  await assert.rejects(stat(backup), { code: 'ENOENT' });
  assert.equal((await runProgram(['backup', backup], where)).code, 0);
  assert.match((await runProgram(['backup', backup], where)).stderr, /no backup is overwritten/);
  assert.match((await runProgram(['restore', backup], where)).stderr, /overwrites nothing/);
  assert.equal((await runProgram(['backup', 'check', backup])).code, 0);
  const manifest = JSON.parse(await readFile(join(backup, 'manifest.json'), 'utf8')) as Manifest;
  assert.equal(manifest.files.count, 1);
  assert.deepEqual(manifest.filesGone, []);
  assert.ok(Object.keys(manifest.leftOut).includes('shreds.db'));
  const [line = ''] = (await readFile(join(backup, 'SHA256SUMS'), 'utf8'))
    .split('\n')
    .filter((one) => one.includes('files/'));
  const path = join(backup, line.slice(66));
  const bytes = await readFile(path);
  bytes[7] = (bytes[7] ?? 0) ^ 1;
  await writeFile(path, bytes);
  const other = { DATA_DIR: join(directory.path, 'other') };
  assert.match((await runProgram(['restore', backup], other)).stderr, /not as it was written/);
  await assert.rejects(stat(join(other.DATA_DIR, 'anchor-kyc.db')), { code: 'ENOENT' });
  await writeFile(join(backup, 'SHA256SUMS'), 'x', { flag: 'a' });
  assert.match((await runProgram(['backup', 'check', backup])).stderr, /not the list/);
});

test('[backup.broken-off] a backup that is stopped leaves nothing; what a killed one leaves is no backup, and the next one of its name removes it', async () => {
  await using directory = await temporaryDirectory();
  const [dataDir, backup] = [join(directory.path, 'data'), join(directory.path, 'backup')];
  const [where, work] = [{ DATA_DIR: dataDir }, `${backup}.partial`];
  await (await startProcess({ dataDir, env })).terminate();
  const database = new DatabaseSync(join(dataDir, 'anchor-kyc.db'));
  // Whoever writes waits: the backup has begun, and does not get on.
  database.exec('begin immediate');
  const begun = async () => {
    const run = startProgram(['backup', backup], where);
    while (!(await exists(join(work, 'files')))) await delay(5);
    return run;
  };
  {
    const { child, finished } = await begun();
    assert.match((await runProgram(['backup', backup], where)).stderr, /another backup of this name is being made/);
    assert.match((await runProgram(['backup', 'check', work])).stderr, /has not ended/);
    child.kill('SIGTERM');
    assert.equal((await finished).signal, 'SIGTERM');
    assert.ok(!(await exists(work)));
  }
  const { child, finished } = await begun();
  child.kill('SIGKILL');
  await finished;
  assert.match((await runProgram(['restore', work], { DATA_DIR: join(directory.path, 'other') })).stderr, /broken off/);
  database.exec('rollback');
  database.close();
  const made = await runProgram(['backup', backup], where);
  assert.equal(made.code, 0, made.stderr);
  assert.deepEqual(await readdir(backup), [
    'SHA256SUMS',
    'anchor-kyc.db',
    'audit-heads.jsonl',
    'files',
    'manifest.json',
  ]);
  assert.ok(!(await exists(work)));
  await mkdir(`${backup}-2.partial`);
  await writeFile(join(`${backup}-2.partial`, 'mine'), 'x');
  assert.match((await runProgram(['backup', `${backup}-2`], where)).stderr, /expected nothing there yet/);
});

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function sendFile(url: string, token: string): Promise<string> {
  const body = multipart([['file', { bytes: 200_000 }]]);
  const { status, text } = await send('POST', `${url}/customer/files`, { token, ...body });
  assert.equal(status, 200, text);
  return (JSON.parse(text) as { file_id: string }).file_id;
}

async function keepRegistering(url: string, registered: Registered[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const keypair = Keypair.random();
    const token = await tokenFor(url, { keypair });
    const email = `ada.${keypair.publicKey().slice(-9).toLowerCase()}@example.com`;
    const person = { first_name: 'Ada', last_name: 'Lovelace', email_address: email, birth_date: '1990-12-10' };
    const { status, text } = await send('PUT', `${url}/customer`, { token, body: { type: 'sep31-sender', ...person } });
    assert.equal(status, 202, text);
    registered.push({ token, id: (JSON.parse(text) as { id: string }).id, email });
  }
}

test('[backup.elsewhere] what this command could copy in part alone it refuses: PostgreSQL, and files in a bucket', async () => {
  await using directory = await temporaryDirectory();
  const DATA_DIR = directory.path;
  for (const [name, value] of [
    ['DATABASE_URL', 'postgres://kyc@127.0.0.1/kyc'],
    ['FILES_URL', 's3://bucket/files?region=eu-central-1'],
  ] as const) {
    const { code, stderr } = await runProgram(['backup', join(DATA_DIR, 'copy')], { DATA_DIR, [name]: value });
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`^anchor-kyc: ${name}: `));
  }
});
