import assert from 'node:assert/strict';
import { copyFile, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqliteShredKeys } from '../../src/store/sql/sql-shred-keys.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { send, tokenFor } from './requests.ts';
import { runProgram, startProcess } from './started-process.ts';

const env = { HOST_URL: 'http://localhost:8000' };

interface Person {
  readonly token: string;
  readonly id: string;
  readonly account: string;
}

async function register(url: string): Promise<Person> {
  const token = await tokenFor(url);
  const [, claims = ''] = token.split('.');
  const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub: string };
  return { token, account: sub, id: await put(url, token) };
}

async function put(url: string, token: string): Promise<string> {
  const person = {
    first_name: 'Ada',
    last_name: 'Lovelace',
    email_address: 'ada@example.com',
    birth_date: '1990-12-10',
  };
  const { status, text } = await send('PUT', `${url}/customer`, { token, body: { type: 'sep31-sender', ...person } });
  assert.equal(status, 202, text);
  return (JSON.parse(text) as { id: string }).id;
}

async function standing(url: string, token: string): Promise<{ status: string; id?: string }> {
  const { text } = await send('GET', `${url}/customer?type=sep31-sender`, { token });
  return JSON.parse(text) as { status: string; id?: string };
}

test('[shreds.drill] the shred store is lost: restored from its copy everybody of before is served, who was erased since stays erased, who came since is named', async () => {
  await using directory = await temporaryDirectory();
  const dataDir = join(directory.path, 'data');
  const elsewhere = join(directory.path, 'elsewhere');
  await mkdir(elsewhere);
  const copy = join(elsewhere, 'shreds-copy.db');
  const where = { DATA_DIR: dataDir };
  let people: Record<'ada' | 'bob' | 'cyd', Person>;
  let late: Person;
  {
    await using server = await startProcess({ dataDir, env });
    people = { ada: await register(server.url), bob: await register(server.url), cyd: await register(server.url) };
    const made = await runProgram(['shreds', 'backup', copy], where);
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /3 shred keys, 3 of them new/);
    assert.equal((await stat(copy)).mode & 0o077, 0, 'nobody else may read it');
    const { status } = await send('DELETE', `${server.url}/customer/${people.bob.account}`, {
      token: people.bob.token,
    });
    assert.equal(status, 200);
    late = await register(server.url);
    await server.kill9();
  }
  for (const end of ['', '-wal', '-shm']) await rm(join(dataDir, `shreds.db${end}`), { force: true });
  const refused = await runProgram(['start'], { ...where, ...env, PORT: '0' });
  assert.match(refused.stderr, /shreds restore/);
  await assert.rejects(stat(join(dataDir, 'shreds.db')), { code: 'ENOENT' }, 'no empty store is made in its place');

  assert.match((await runProgram(['shreds', 'check', copy])).stdout, /is good: 3 shred keys/);
  const restored = await runProgram(['shreds', 'restore', copy], where);
  assert.equal(restored.code, 0, restored.stderr);
  assert.match(restored.stdout, /Restored 2 shred keys. 1 were erased after/);
  assert.match(restored.stdout, new RegExp(`1 customers have none.*\n.*\n  ${late.id}\n`));
  const shreds = await openSqliteShredKeys(join(dataDir, 'shreds.db'));
  assert.equal(await shreds.find(people.bob.id), undefined);
  await shreds.close();

  await using server = await startProcess({ dataDir, env });
  for (const { token, id } of [people.ada, people.cyd]) {
    assert.deepEqual(await standing(server.url, token).then((one) => [one.status, one.id]), ['ACCEPTED', id]);
    assert.equal(await put(server.url, token), id, 'values open, and are written');
  }
  assert.equal((await standing(server.url, people.bob.token)).id, undefined);
  const { status } = await send('DELETE', `${server.url}/customer/${late.account}`, { token: late.token });
  assert.equal(status, 200, 'who is lost can go, and come again');
  assert.notEqual(await put(server.url, late.token), late.id);
  const again = await runProgram(['shreds', 'backup', copy], where);
  assert.match(again.stdout, /3 shred keys, 1 of them new; 1 were destroyed in it/);
});

test('[shreds.refusals] a copy lies neither with the database nor with its backups, and no other file becomes one', async () => {
  await using directory = await temporaryDirectory();
  const [dataDir, backups, apart] = ['data', 'backups', 'apart'].map((name) => join(directory.path, name)) as [
    string,
    string,
    string,
  ];
  const where = { DATA_DIR: dataDir };
  for (const path of [backups, apart]) await mkdir(path);
  const run = async (...args: string[]) => (await runProgram(['shreds', ...args], where)).stderr;
  assert.match(await run('backup', join(apart, 'copy.db')), /there is no database/);
  {
    await using server = await startProcess({ dataDir, env });
    await register(server.url);
  }
  assert.match(await run('backup', join(dataDir, 'copy.db')), /outside of DATA_DIR/);
  assert.equal((await runProgram(['backup', join(backups, 'monday')], where)).code, 0);
  assert.match(await run('backup', join(backups, 'shreds.db')), /apart from backups/);
  assert.match(await run('backup', join(backups, 'monday', 'shreds.db')), /apart from backups/);
  assert.match(await run('backup', join(directory.path, 'nowhere', 'shreds.db')), /expected a directory/);
  await copyFile(join(backups, 'monday', 'anchor-kyc.db'), join(apart, 'other.db'));
  assert.match(await run('backup', join(apart, 'other.db')), /another database/);
  await writeFile(join(apart, 'text.db'), 'no database at all, but some words');
  assert.match(await run('check', join(apart, 'text.db')), /not a database/);
  assert.match(await run('check', join(apart, 'none.db')), /there is none/);
  assert.equal(await run('backup', join(apart, 'copy.db')), '');
  assert.match(await run('restore', join(apart, 'copy.db')), /expected no shred store there/);
});
