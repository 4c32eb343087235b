import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { type Answer, multipart, send, tokenFor } from './requests.ts';
import { freePort, type StartedProcess, startProcess } from './started-process.ts';

const megabyte = 1024 * 1024;
const secretFiles = ['encryption.keys', 'jwt.key', 'signing.seed'];
const inMegabytes = (bytes: number): string => (bytes / megabyte).toFixed(1);

suite('the first start', () => {
  test('[e2e.start] the first start makes three secrets that only their owner can read, and the next keeps them', async () => {
    await using directory = await temporaryDirectory();
    const dataDir = join(directory.path, 'not', 'there', 'yet');
    const secrets = (): Promise<string[]> =>
      Promise.all(secretFiles.map((name) => readFile(join(dataDir, name), 'utf8')));
    const first = await startProcess({ dataDir });
    await first.terminate();
    const made = await secrets();
    for (const name of secretFiles) assert.equal((await stat(join(dataDir, name))).mode & 0o777, 0o600, name);
    assert.equal((await stat(dataDir)).mode & 0o777, 0o700);
    assert.match(made.join(''), /^[\w.-]+:[A-Za-z0-9+/]{43}=\n[A-Za-z0-9+/=]{32,}\nS[A-Z2-7]{55}\n$/);

    await using second = await startProcess({ dataDir });
    assert.deepEqual(await secrets(), made);
    const entries = await readdir(dataDir);
    assert.ok(secretFiles.every((name) => entries.includes(name)));
    assert.deepEqual(
      entries.filter((name) => /\.(seed|key|keys)\./.test(name)),
      [],
      'no drafts of secrets are left',
    );
    for (const secret of made) {
      for (const { stdout, stderr } of [first, second]) assert.ok(!(stdout() + stderr()).includes(secret.trim()));
    }
  });

  test('[e2e.start] nothing under the data directory can be read by other users', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    const token = await tokenFor(server.url);
    assert.equal((await uploadPhoto(server, token, megabyte)).status, 202);
    const entries = await readdir(directory.path, { recursive: true, withFileTypes: true });
    assert.ok(entries.length >= 7);
    const open = [];
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      const { mode } = await stat(path);
      if ((mode & 0o077) !== 0) open.push(`${entry.name} ${(mode & 0o777).toString(8)}`);
    }
    assert.deepEqual(open, []);
  });

  test('[e2e.start] the banner names what is served, says that Horizon is off, and its curl command works as printed', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    const banner = server.stdout();
    for (const path of ['/.well-known/stellar.toml', '/auth', '/customer', '/health']) {
      assert.ok(banner.includes(`${server.url}${path}`), path);
    }
    assert.match(banner, /Horizon is off/);
    assert.match(banner, /LOCAL MODE, not for real customers/);
    assert.ok(banner.includes(directory.path));
    const [, url] = /^\s*curl '([^']+)'$/m.exec(banner) ?? [];
    assert.ok(url !== undefined);
    const { status, text } = await send('GET', url);
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(JSON.parse(text)), ['transaction', 'network_passphrase']);
    const curl = await promisify(execFile)('curl', ['--silent', '--fail', url]).catch((error) => error);
    if (curl.code !== 'ENOENT') assert.ok('transaction' in JSON.parse(curl.stdout));
  });

  test('[e2e.start] two processes started at once on one empty directory agree on every secret, and both serve', async () => {
    for (let round = 0; round < 3; round++) {
      await using directory = await temporaryDirectory();
      const ports = [await freePort(), await freePort()];
      // As behind one load balancer: a token names who issued it.
      const env = { HOST_URL: `http://localhost:${ports[0]}` };
      await using started = new AsyncDisposableStack();
      const starts = ports.map((port) => startProcess({ dataDir: directory.path, port, env }));
      for (const start of starts) start.then((server) => started.use(server)).catch(() => undefined);
      await Promise.allSettled(starts);
      const [one, other] = await Promise.all(starts);
      assert.ok(one && other);
      const keys = await Promise.all([one, other].map(({ url }) => send('GET', `${url}/.well-known/stellar.toml`)));
      const [key, sameKey] = keys.map(({ text }) => /^SIGNING_KEY\s*=\s*"(G\w+)"/m.exec(text)?.[1]);
      assert.match(key ?? '', /^G/);
      assert.equal(key, sameKey);
      // One's token opens the other, and what one sealed the other reads.
      const token = await tokenFor(other.url);
      const { id } = JSON.parse((await put(one, token, { first_name: 'Ada' })).text) as { id: string };
      assert.equal((JSON.parse((await put(other, token, { last_name: 'Lovelace' })).text) as { id: string }).id, id);
      const seen = JSON.parse((await send('GET', `${other.url}/customer`, { token })).text) as Record<string, object>;
      assert.deepEqual(Object.keys(seen['provided_fields'] ?? {}), ['first_name', 'last_name']);
      assert.equal(one.stderr() + other.stderr(), '');
    }
  });
});

suite('what it takes to run', () => {
  test('[e2e.start] it answers its first request within a second of its start on an empty directory', async (context) => {
    const took = [];
    for (let round = 0; round < 3; round++) {
      await using directory = await temporaryDirectory();
      await using server = await startProcess({ dataDir: directory.path });
      took.push(Math.round(server.startedAfterMs));
    }
    const [, median = 0] = took.toSorted((a, b) => a - b);
    context.diagnostic(`cold start: ${took.join(', ')} ms, median ${median} ms`);
    assert.ok(median < 1000, `median ${median} ms`);
  });

  test('[e2e.memory] ten uploads of 10 MB at once add less than 60 MB to under 150 MB', async (context) => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    const idle = await server.rss();
    context.diagnostic(`idle: ${inMegabytes(idle)} MB`);
    assert.ok(idle < 150 * megabyte, `idle ${inMegabytes(idle)} MB`);
    const tokens = await Promise.all(Array.from({ length: 10 }, () => tokenFor(server.url)));
    const before = await server.rss();
    const uploads = tokens.map((token) => uploadPhoto(server, token, 10 * megabyte));
    const { peak, answers } = await peakDuring(server, Promise.all(uploads));
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(10).fill(202),
    );
    const added = peak - before;
    report(context, { before, peak, added });
    assert.ok(added < 60 * megabyte, `added ${inMegabytes(added)} MB`);
    await Promise.all(tokens.map((token) => assertPhotoHeld(server, token)));
  });

  test('[e2e.memory] a file of 11 MB is refused with 413, leaves no file behind, and the next request is served', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    const token = await tokenFor(server.url);
    const { status, text } = await uploadPhoto(server, token, 11 * megabyte);
    assert.equal(status, 413);
    assert.deepEqual(JSON.parse(text), { error: "'photo_id_front' is too large: at most 10 MB" });
    const entries = await readdir(join(directory.path, 'files'), { recursive: true, withFileTypes: true });
    assert.deepEqual(
      entries.filter((entry) => entry.isFile()).map(({ name }) => name),
      [],
    );
    assert.equal((await uploadPhoto(server, token, megabyte)).status, 202);
  });
});

function put(server: StartedProcess, token: string, body: object): Promise<Answer> {
  return send('PUT', `${server.url}/customer`, { token, body });
}

function uploadPhoto(server: StartedProcess, token: string, bytes: number): Promise<Answer> {
  const body = multipart([
    ['type', 'sep6-withdraw'],
    ['photo_id_front', { bytes }],
  ]);
  return send('PUT', `${server.url}/customer`, { token, ...body });
}

async function assertPhotoHeld(server: StartedProcess, token: string): Promise<void> {
  const { text } = await send('GET', `${server.url}/customer?type=sep6-withdraw`, { token });
  const { provided_fields } = JSON.parse(text) as { provided_fields: Record<string, unknown> };
  assert.ok('photo_id_front' in provided_fields);
}

async function peakDuring<T>(server: StartedProcess, work: Promise<T>): Promise<{ peak: number; answers: T }> {
  const state = { peak: 0, done: false };
  const sampling = (async () => {
    while (!state.done) {
      state.peak = Math.max(state.peak, await server.rss());
      await wait(5);
    }
  })();
  const answers = await work.finally(() => {
    state.done = true;
  });
  await sampling;
  return { peak: state.peak, answers };
}

function report(context: TestContext, figures: Readonly<Record<string, number>>): void {
  const line = Object.entries(figures).map(([name, bytes]) => `${name} ${inMegabytes(bytes)} MB`);
  context.diagnostic(line.join(', '));
}
