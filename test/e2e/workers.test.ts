import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { callbackReceiver } from '../support/callback-receiver.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { send, tokenFor } from './requests.ts';
import { freePort, runProgram, type StartedProcess, startProcess } from './started-process.ts';

async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim().split(' ').filter(Boolean).map(Number);
}

/** The workers, once so many have begun to serve since the start. */
async function untilServing(server: StartedProcess, count: number): Promise<readonly number[]> {
  for (let turn = 0; turn < 1000; turn++) {
    const serving = server.logLines().filter(({ message }) => message === 'serving');
    if (serving.length === count) return childrenOf(server.pid);
    await delay(10);
  }
  return assert.fail(`never ${count} workers`);
}

suite('several processes on one port and one SQLite file', () => {
  test('[e2e.workers] every acknowledged PUT is there whichever worker is asked, and each customer once', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path, command: ['start', '--workers', '3'] });
    await untilServing(server, 3);
    const tokens = await Promise.all(Array.from({ length: 8 }, () => tokenFor(server.url)));
    const put = async (token: string, n: number): Promise<string> => {
      const body = { type: 'sep31-sender', email_address: `ada-${n}@example.com` };
      const { status, text } = await send('PUT', `${server.url}/customer`, { token, body });
      assert.equal(status, 202, text);
      return (JSON.parse(text) as { id: string }).id;
    };
    for (const token of tokens) {
      const ids = await Promise.all(Array.from({ length: 12 }, (_, n) => put(token, n)));
      assert.equal(new Set(ids).size, 1, 'all first PUTs of one subject end in one customer');
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => send('GET', `${server.url}/customer?type=sep31-sender`, { token })),
      );
      assert.deepEqual([...new Set(answers.map(({ text }) => (JSON.parse(text) as { id: string }).id))], [ids[0]]);
    }
  });

  test('[e2e.workers] a worker that is killed is started again, and the others serve meanwhile', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path, command: ['start', '--workers', '2'] });
    const before = await untilServing(server, 2);
    const [victim = 0] = before;
    process.kill(victim, 'SIGKILL');
    await delay(50);
    for (let n = 0; n < 10; n++) assert.equal((await send('GET', `${server.url}/health`)).status, 200);
    const after = await untilServing(server, 3);
    assert.equal(after.filter((pid) => before.includes(pid)).length, 1);
    assert.deepEqual(await server.terminate(), { code: 0, signal: null });
    assert.ok(server.logLines().some(({ message }) => message === 'a worker has died and is started again'));
  });

  test('[e2e.workers] metrics are those of all workers, whichever is asked', async () => {
    await using directory = await temporaryDirectory();
    const env = { METRICS: '1' };
    await using receiver = await callbackReceiver(new Uint8Array(32));
    await using server = await startProcess({ dataDir: directory.path, command: ['start', '--workers', '3'], env });
    await untilServing(server, 3);
    const count = 9;
    for (let n = 0; n < count; n++) {
      const token = await tokenFor(server.url);
      await send('PUT', `${server.url}/customer`, { token, body: { type: 'sep31-sender' } });
      const body = { url: receiver.url };
      assert.equal((await send('PUT', `${server.url}/customer/callback`, { token, body })).status, 200);
      const all = { first_name: 'Ada', last_name: 'Lovelace', email_address: 'ada@example.com' };
      await send('PUT', `${server.url}/customer`, { token, body: all });
    }
    await receiver.received(count);
    // Nobody is told anything more once a second has passed without it.
    for (let known = 0; known < receiver.posts.length; await delay(1000)) known = receiver.posts.length;
    const countOf = async (): Promise<number> => {
      const { text } = await send('GET', `${server.url}/metrics`);
      return Number(/^anchor_kyc_delivery_attempts_total\{.*outcome="delivered"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    let seen = await countOf();
    for (let turn = 0; turn < 500 && seen < receiver.posts.length; turn++) {
      await delay(20);
      seen = await countOf();
    }
    for (let n = 0; n < 6; n++) assert.equal(await countOf(), receiver.posts.length);
  });

  test('[e2e.workers] a port that is taken, and a number that is none, are said once', async () => {
    await using directory = await temporaryDirectory();
    await using taken = await startProcess({ dataDir: directory.path, port: await freePort() });
    const env = { DATA_DIR: directory.path, PORT: String(taken.port) };
    const busy = await runProgram(['start', '--workers', '3'], env);
    assert.equal(busy.code, 1);
    assert.equal(busy.stderr, 'anchor-kyc: PORT: expected a free port; another process listens on this one\n');
    for (const wrong of ['0', 'x', '65', '-1', '1.5']) {
      const { code, stderr } = await runProgram(['start', `--workers=${wrong}`], env);
      assert.equal(code, 2);
      assert.match(stderr, /^anchor-kyc: --workers: expected a whole number from 1 to 64 \(.+\)\n$/);
    }
  });
});
