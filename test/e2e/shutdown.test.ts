import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { type Answer, multipart, send, tokenFor } from './requests.ts';
import { type StartedProcess, startProcess } from './started-process.ts';

const megabyte = 1024 * 1024;

/** An upload that takes about 16 pauses. */
function slowUpload(server: StartedProcess, token: string, pauseMs: number): Promise<Answer> {
  const body = multipart([
    ['type', 'sep6-withdraw'],
    ['photo_id_front', { bytes: megabyte, pauseMs }],
  ]);
  return send('PUT', `${server.url}/customer`, { token, ...body });
}

suite('stopping', () => {
  test('[e2e.shutdown] SIGTERM lets an upload in flight finish, takes no new connection, and ends with exit code 0', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    const token = await tokenFor(server.url);
    const events: string[] = [];
    const upload = slowUpload(server, token, 100).finally(() => events.push('upload answered'));
    await wait(400);
    const stopped = server.terminate().finally(() => events.push('process ended'));
    await wait(300);
    assert.deepEqual(events, [], 'the upload is still in flight');
    const refused = await send('GET', `${server.url}/health`).catch((error: NodeJS.ErrnoException) => error.code);
    assert.equal(refused, 'ECONNREFUSED');

    const { status, text } = await upload;
    assert.equal(status, 202, text);
    assert.deepEqual(await stopped, { code: 0, signal: null });
    assert.deepEqual(events, ['upload answered', 'process ended']);
    assert.equal(server.stderr(), '');

    await using again = await startProcess({ dataDir: directory.path, port: server.port });
    const { text: held } = await send('GET', `${again.url}/customer?type=sep6-withdraw`, { token });
    assert.deepEqual(
      Object.keys(JSON.parse(held).provided_fields),
      ['photo_id_front'],
      'what was answered 202 is there',
    );
  });

  test('[e2e.shutdown] SIGTERM under load: whatever was acknowledged is there, and what was not was refused or cut off', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    const token = await tokenFor(server.url);
    const acknowledged = new Map<string, string>();
    const refusals: number[] = [];
    const state = { isOver: false, next: 0 };
    const write = async (): Promise<void> => {
      while (!state.isOver) {
        const memo = String(++state.next);
        const body = { memo, memo_type: 'id', first_name: 'Ada' };
        const answer = await send('PUT', `${server.url}/customer`, { token, body }).catch(() => undefined);
        if (answer?.status === 202) acknowledged.set(memo, (JSON.parse(answer.text) as { id: string }).id);
        else if (answer !== undefined) refusals.push(answer.status);
      }
    };
    const writers = Array.from({ length: 8 }, write);
    const startedAt = performance.now();
    while (acknowledged.size <= 20 && performance.now() - startedAt < 30_000) await wait(50);
    const exit = await server.terminate();
    state.isOver = true;
    await Promise.all(writers);
    assert.deepEqual(exit, { code: 0, signal: null });
    assert.deepEqual(
      refusals.filter((status) => status !== 503),
      [],
    );
    assert.ok(acknowledged.size > 20, String(acknowledged.size));

    await using again = await startProcess({ dataDir: directory.path, port: server.port });
    for (const [memo, id] of acknowledged) {
      const { text } = await send('GET', `${again.url}/customer?memo=${memo}&memo_type=id`, { token });
      assert.equal((JSON.parse(text) as { id?: string }).id, id, memo);
    }
  });

  test('[e2e.shutdown] a connection kept open without a request does not hold up the stop', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    const idle = connect(server.port, '127.0.0.1');
    idle.on('error', () => undefined).write(`GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await new Promise((resolve) => idle.once('data', resolve));
    const startedAt = performance.now();
    assert.deepEqual(await server.terminate(), { code: 0, signal: null });
    assert.ok(performance.now() - startedAt < 2000);
    idle.destroy();
  });

  test('[e2e.shutdown] an upload that would never end is cut off, and the process ends all the same', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    const token = await tokenFor(server.url);
    const upload = slowUpload(server, token, 60_000).catch((error: NodeJS.ErrnoException) => error.code);
    await wait(300);
    const startedAt = performance.now();
    const { signal } = await server.terminate();
    assert.equal(signal, null);
    assert.ok(performance.now() - startedAt < 13_000, 'ten seconds of grace, and not more');
    assert.notEqual(await upload, undefined);
  });

  test('[e2e.shutdown] Control-C stops it as SIGTERM does', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    server.signal('SIGINT');
    assert.deepEqual(await server.exited, { code: 0, signal: null });
  });
});

suite('while it runs', () => {
  test('[e2e.shutdown] health says that it is alive and ready', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    for (const [path, body] of [
      ['/health', { alive: true, ready: true }],
      ['/health/ready', { alive: true, ready: true }],
      ['/health/live', { alive: true }],
    ] as const) {
      const { status, text } = await send('GET', `${server.url}${path}`);
      assert.equal(status, 200, path);
      assert.deepEqual(JSON.parse(text), body);
    }
  });

  test('[e2e.shutdown] the log is JSON, a line for each request under the id the answer carries, without its query', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    const token = await tokenFor(server.url);
    const get = (path: string): Promise<Answer> => send('GET', `${server.url}${path}`, { token });
    const answers = [
      await get('/customer?type=sep31-sender&lang=en'),
      await get('/customer?type=nonsense'),
      await get('/.well-known/stellar.toml?cache=no'),
      await send('GET', `${server.url}/customer?type=sep31-sender`),
      await send('DELETE', `${server.url}/customer/GNOBODY?memo=12345678`, { token }),
    ];
    await server.terminate();
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 400, 200, 401, 404],
    );
    const lines = server.logLines();
    for (const { headers, status } of answers) {
      const own = lines.filter(({ requestId }) => requestId === headers['x-request-id']);
      assert.equal(own.length, 1);
      assert.equal(own[0]?.['status'], status);
      assert.equal(own[0]?.['level'], 'info');
      assert.ok(Number(own[0]?.['ms']) >= 0);
      assert.ok(!Number.isNaN(Date.parse(String(own[0]?.['time']))));
    }
    const ids = answers.map(({ headers }) => headers['x-request-id']);
    assert.equal(new Set(ids).size, ids.length);
    const log = lines.map((line) => JSON.stringify(line)).join('\n');
    for (const word of ['lang=', 'sep31-sender', 'nonsense', 'cache', '12345678', 'GNOBODY', token]) {
      assert.ok(!log.includes(word), word);
    }
    assert.ok(lines.some(({ message }) => message === 'serving'));
    assert.ok(lines.some(({ signal }) => signal === 'SIGTERM'));
  });

  test('[e2e.shutdown] nothing below LOG_LEVEL is logged', async () => {
    await using directory = await temporaryDirectory();
    const env = { LOG_LEVEL: 'warn' };
    await using server = await startProcess({ dataDir: directory.path, env });
    await tokenFor(server.url);
    assert.deepEqual(server.logLines(), []);
  });
});
