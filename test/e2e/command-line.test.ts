import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import { newestSchema } from '../../src/store/sql/migrations.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { programPath, runProgram, startProcess } from './started-process.ts';

/** Commands, each with a line of its help. */
const commands: Readonly<Record<string, RegExp>> = {
  start: /--workers/,
  serve: /--workers/,
  check: /nothing is started/,
  program: /program diff/,
  deliveries: /deliveries redeliver/,
  audit: /audit verify/,
  backup: /backup DIRECTORY/,
  restore: /restore DIRECTORY/,
  export: /--reason/,
  admin: /admin create/,
  keys: /keys rotate/,
};

/** Words that mean nothing, and what is said of them. */
const misuses: readonly (readonly [words: readonly string[], said: RegExp])[] = [
  [['start', '--wokers', '2'], /there is no option '--wokers'/],
  [['start', '--workers', 'many'], /--workers: expected a whole number from 1 to 64/],
  [['serve', 'now'], /'now': expected no such word/],
  [['check', 'this'], /'this': expected no such word/],
  [['program'], /expected one of diff/],
  [['program', 'dif'], /'dif': expected one of diff/],
  [['keys'], /expected one of generate, list, status, rotate, retire/],
  [['keys', 'rotat'], /'rotat': expected one of generate/],
  [['keys', 'retire'], /retire: expected the ID/],
  [['keys', 'rotate', 'old'], /'old': expected no such word/],
  [['keys', 'toString'], /'toString': expected one of/],
  [['audit', 'verify', '--head', 'x'], /there is no option '--head'/],
  [['backup'], /expected a DIRECTORY/],
  [['backup', 'check'], /check: expected a DIRECTORY/],
  [['restore'], /expected the DIRECTORY/],
  [['export', 'somebody'], /expected --out DIR and --reason REASON/],
  [['admin', 'create'], /create: expected a NAME/],
  [['deliveries', 'redo'], /'redo': expected one of list/],
];

suite('words', { concurrency: 2 }, () => {
  for (const [command, line] of Object.entries(commands)) {
    test(`[cli.help] ${command} --help is about ${command}, and does nothing`, async () => {
      await using directory = await temporaryDirectory();
      const { code, stdout, stderr } = await runProgram([command, '--help'], {
        DATA_DIR: join(directory.path, 'data'),
      });
      assert.equal(code, 0);
      assert.match(stdout, line);
      assert.equal(stderr, '');
      assert.deepEqual(await readdir(directory.path), []);
    });
  }

  for (const [words, said] of misuses) {
    test(`[cli.misuse] anchor-kyc ${words.join(' ')} ends with 2, says what is wrong and where to read on, and does nothing`, async () => {
      await using directory = await temporaryDirectory();
      const { code, stdout, stderr } = await runProgram(words, { DATA_DIR: join(directory.path, 'data') });
      assert.equal(code, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, said);
      assert.ok(stderr.includes(`anchor-kyc ${words[0]} --help`));
      assert.doesNotMatch(stderr, /\n\s+at /, 'no stack trace');
      assert.deepEqual(await readdir(directory.path), []);
    });
  }
});

suite('beside a server', () => {
  test('[cli.local] a command beside a local server that lacks the secrets is told of LOCAL_MODE', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    assert.ok(server.pid > 0);
    const without = await runProgram(['keys', 'status'], { DATA_DIR: directory.path });
    assert.equal(without.code, 1);
    assert.match(without.stderr, /set LOCAL_MODE=1/);
    const given = await runProgram(['keys', 'status'], { DATA_DIR: directory.path, LOCAL_MODE: '1' });
    assert.equal(given.code, 0, given.stderr);
    assert.match(given.stdout, /current/);
  });

  test('[cli.schema] no command changes the schema of an earlier release, under which a server may be running', async () => {
    await using directory = await temporaryDirectory();
    const first = await startProcess({ dataDir: directory.path });
    await first.terminate();
    asOfRelease(directory.path, newestSchema - 1);
    const env = { DATA_DIR: directory.path, LOCAL_MODE: '1' };
    const ways = [
      ['audit', 'verify'],
      ['backup', join(directory.path, 'backup')],
      ['deliveries', 'list'],
      ['keys', 'status'],
      ['program', 'diff'],
      ['admin', 'create', 'ann'],
      ['export', 'somebody', '--out', join(directory.path, 'out'), '--reason', 'audit'],
    ];
    for (const words of ways) {
      const { code, stderr } = await runProgram(words, env);
      assert.equal(code, 1, words.join(' '));
      const said = `the database has schema ${newestSchema - 1}, this release works with ${newestSchema}`;
      assert.ok(stderr.includes(said), stderr);
    }
    assert.equal(schemaOf(directory.path), newestSchema - 1);
    assert.ok(!(await readdir(directory.path)).some((name) => /^(backup|out)/.test(name)));
  });

  test('[cli.pipe] whoever closes the pipe, as head does, gets no stack trace', async () => {
    const script = `"$0" "$1" --help | head -c 1`;
    const child = spawn('/bin/sh', ['-c', script, process.execPath, programPath], {
      env: { PATH: process.env['PATH'] ?? '' },
    });
    const said = { stderr: '' };
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.stderr += text;
    });
    await new Promise((resolve) => child.once('close', resolve));
    assert.equal(said.stderr, '');
  });
});

test('[cli.data-dir] a DATA_DIR that can never be made ends the program at once, with a line that says so', async () => {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, 'file');
  await writeFile(file, '');
  for (const [path, told] of [
    ['/proc/nothing/data', 'ENOENT: /proc/nothing'],
    [join(file, 'data'), `ENOTDIR: ${file}/data`],
    [file, `EEXIST: ${file}`],
  ] as const) {
    const { code: exit, stderr } = await runProgram(['start'], { DATA_DIR: path, PORT: '0' });
    assert.equal(exit, 1);
    assert.equal(stderr.split('\n').length, 2, stderr);
    assert.match(stderr, new RegExp(`DATA_DIR: expected a directory that this user may write to \\(${told}\\)`));
  }
  const elsewhere = { DATA_DIR: directory.path, DATABASE_URL: 'sqlite:/proc/nothing/kyc.db' };
  for (const words of [['admin', 'create', 'ann'], ['start'], ['start', '--workers', '2']])
    assert.equal((await runProgram(words, { ...elsewhere, PORT: '0', HOST_URL: 'http://localhost:8000' })).code, 1);
});

suite('secrets in files', () => {
  test('[cli.secret-files] each secret may lie in a file; one that cannot be read, or is given twice, stops the start', async () => {
    await using directory = await temporaryDirectory();
    const printed = (await runProgram(['keys', 'generate'])).stdout.trim().split('\n');
    const files: Record<string, string> = { HOST_URL: 'https://kyc.example', HORIZON_URI: 'https://horizon.example' };
    for (const line of printed) {
      const [name = '', value = ''] = line.split(/=(.*)/s);
      const path = join(directory.path, name);
      await writeFile(path, `${value}\n`, { mode: 0o600 });
      files[`${name}_FILE`] = path;
    }
    const good = await runProgram(['check'], files);
    assert.equal(good.code, 0, good.stderr);
    const missing = await runProgram(['check'], { ...files, SIGNING_SEED_FILE: join(directory.path, 'nowhere') });
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /SIGNING_SEED_FILE: expected a file that can be read \(ENOENT\)/);
    const secret = await readFile(join(directory.path, 'SERVER_JWT_KEY'), 'utf8');
    const twice = await runProgram(['check'], { ...files, SERVER_JWT_KEY: secret });
    assert.equal(twice.code, 1);
    assert.match(twice.stderr, /SERVER_JWT_KEY_FILE: expected not to be set beside SERVER_JWT_KEY/);
    assert.ok(!twice.stderr.includes(secret.trim()));
  });
});

function withDatabase<T>(dataDir: string, look: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(join(dataDir, 'anchor-kyc.db'));
  try {
    return look(db);
  } finally {
    db.close();
  }
}

function schemaOf(dataDir: string): number {
  return withDatabase(dataDir, (db) =>
    Number(db.prepare('select max(version) as version from migrations').get()?.['version']),
  );
}

/** What is looked at first is the number: the tables may stay. */
function asOfRelease(dataDir: string, schema: number): void {
  withDatabase(dataDir, (db) => db.prepare('delete from migrations where version > ?').run(schema));
}
