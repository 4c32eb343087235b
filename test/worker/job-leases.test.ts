import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/lib/clock.ts';
import { JobLeases } from '../../src/worker/job-leases.ts';
import { engines, type Ground, testEngine } from '../support/engines.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';

const leaseMs = 1500;
const [storeUrl, leasesUrl, tasksUrl, logUrl] = [
  ...['store/sql/open-store', 'worker/job-leases', 'worker/start-tasks', 'lib/log'],
].map((path) => JSON.stringify(new URL(`../../src/${path}.ts`, import.meta.url).href));

/** A process that does a job for ever, and writes down each time that it does. */
const worker = `
  import { appendFileSync } from 'node:fs';
  const { openStore } = await import(${storeUrl});
  const { JobLeases } = await import(${leasesUrl});
  const { startTasks } = await import(${tasksUrl});
  const { silentLogger } = await import(${logUrl});
  const [database, file] = [JSON.parse(process.argv[1]), process.argv[2]];
  const clock = { now: () => new Date() };
  const store = await openStore(database, clock);
  const leases = new JobLeases({ jobs: store.jobs, clock, leaseMs: ${leaseMs} });
  const run = async () => { appendFileSync(file, process.pid + '\\n'); return 0; };
  const tasks = startTasks([leases.lease({ name: 'job', run, everyMs: 20 })], silentLogger);
  process.on('SIGTERM', () => tasks.stop().then(() => leases.release()).then(() => process.exit(0)));
  process.stdout.write('ready');
  setInterval(() => {}, 1000);`;

async function startWorker({ database }: Ground, file: string): Promise<ChildProcess> {
  const options = ['--input-type=module', '-e', worker, JSON.stringify(database), file];
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout ?? assert.fail(), 'data');
  return child;
}

/** Who did it, in order. */
async function doneBy(file: string): Promise<number[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean).map(Number);
}

/** Who does it from now on, once somebody does who did not before. */
async function nextWorker(file: string, before: number): Promise<number> {
  for (let tries = 0; tries < 500; tries++) {
    const last = (await doneBy(file)).at(-1);
    if (last !== undefined && last !== before) return last;
    await delay(20);
  }
  return assert.fail('nobody has taken over');
}

for (const engine of engines) {
  test(`[worker.leases] ${engine.name}: of two processes one does the job; after kill -9 the other one takes over when the lease ends, after SIGTERM at once`, async () => {
    await using ground = await engine.open();
    await using directory = await temporaryDirectory();
    const file = join(directory.path, 'done');
    const children = await Promise.all([startWorker(ground, file), startWorker(ground, file)]);
    try {
      const first = await nextWorker(file, 0);
      await delay(2 * leaseMs);
      assert.deepEqual(new Set(await doneBy(file)), new Set([first]), 'it is renewed while it is worked on');
      const [victim = assert.fail()] = children.filter(({ pid }) => pid === first);
      victim.kill('SIGKILL');
      await once(victim, 'exit');
      const killedAt = performance.now();
      const second = await nextWorker(file, first);
      assert.ok(children.some(({ pid }) => pid === second));
      assert.ok(performance.now() - killedAt < leaseMs + 2000);
      const third = await startWorker(ground, file);
      children.push(third);
      await delay(leaseMs);
      assert.equal((await doneBy(file)).at(-1), second);
      const [heir = assert.fail()] = children.filter(({ pid }) => pid === second);
      heir.kill('SIGTERM');
      assert.deepEqual(await once(heir, 'exit'), [0, null]);
      assert.equal(await nextWorker(file, second), third.pid);
      const order = (await doneBy(file)).filter((pid, index, all) => pid !== all[index - 1]);
      assert.deepEqual(order, [first, second, third.pid], 'nobody else did it in between');
    } finally {
      for (const child of children) child.kill('SIGKILL');
    }
  });
}

test('[worker.leases] work that takes longer than a lease keeps it; nothing is written while there is nothing to do', async () => {
  await using ground = await testEngine.open();
  const store = await ground.openStore();
  const [one, other] = [0, 1].map(() => new JobLeases({ jobs: store.jobs, clock: systemClock, leaseMs: 300 }));
  let running = 0;
  let most = 0;
  const slow = async (): Promise<number> => {
    most = Math.max(most, ++running);
    await delay(1000);
    running--;
    return 1;
  };
  const idle = one?.lease({ name: 'idle', run: slow, everyMs: 9 }, async () => false);
  assert.equal(await idle?.run(), 0);
  const held = await store.jobs.hold({ job: 'idle', holder: 'x', now: new Date(), leaseUntil: new Date() });
  assert.equal(held.holder, 'x', 'nobody had it');
  const [ours, theirs] = [one, other].map((leases) => leases?.lease({ name: 'slow', run: slow, everyMs: 9 }));
  const working = ours?.run();
  await delay(100);
  for (let tries = 0; tries < 8; tries++) {
    assert.equal(await theirs?.run(), 0);
    assert.ok(((await theirs?.nextAt?.())?.getTime() ?? 0) > Date.now() - 100, 'it knows when to look again');
    await delay(100);
  }
  assert.equal(await working, 1);
  await delay(400);
  assert.equal(await theirs?.run(), 1, 'the lease has ended');
  assert.equal(most, 1);
  await store.close();
});

test('[worker.leases] every job over the whole database is leased, and two processes over one database open each customer once', async () => {
  await using ground = await testEngine.open();
  await using directory = await temporaryDirectory();
  const types = { t: { decision: 'automatic', fields: { first_name: {}, city: {} } } } as const;
  const given = { databaseUrl: ground.databaseUrl, dataDir: directory.path };
  const first = await openTestAnchor({ ...given, program: { types } });
  const count = 150;
  for (let from = 0; from < count; from += 10)
    await Promise.all(Array.from({ length: 10 }, (_, n) => register(first, from + n)));
  await first.anchor.close();
  const program = { types, review: { search: ['city'] } };
  const again = { ...given, ...first.secrets, program };
  await using one = await openTestAnchor(again);
  await using other = await openTestAnchor(again);
  assert.notEqual(one, other);
  const store = await ground.openStore();
  const opened = async (): Promise<string[]> => {
    const lines = await store.audit.list({}, 100_000);
    return lines
      .filter(({ action, actor }) => action === 'values.read' && actor.kind === 'job' && actor.id === 'search')
      .map(({ customerId = '' }) => customerId);
  };
  for (let tries = 0; tries < 300 && new Set(await opened()).size < count; tries++) await delay(50);
  await delay(300);
  assert.equal(new Set(await opened()).size, count);
  assert.equal((await opened()).length, count, 'nobody was opened twice');
  for (const job of ['purging', 'shred keys', 'search', 'clock', 'program', 'audit']) {
    const now = new Date();
    const { holder } = await store.jobs.hold({ job, holder: 'test', now, leaseUntil: now });
    assert.notEqual(holder, 'test', `${job} is held by a process`);
  }
  await store.close();
});

async function register({ json }: TestAnchor, n: number): Promise<void> {
  const body = { type: 't', first_name: 'Ada', city: `Town ${n}` };
  assert.equal((await json(randomAccount(), 'PUT', '/customer', body)).status, 202);
}
