import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/lib/clock.ts';
import { callbackReceiver, type Post } from '../support/callback-receiver.ts';
import type { TestEngine } from '../support/engines.ts';
import { type Ground, outboxGround, until } from '../support/outbox-ground.ts';
import { signer, type } from '../support/outbox-standings.ts';

/** What a soak saw. */
export interface SoakReport {
  readonly kills: number;
  readonly changes: number;
  readonly posts: number;
  readonly refusedOnPurpose: number;
  /** Posts that told what had been told: the worker was killed between the answer and the note of it, or the change was told with the one before. */
  readonly repeated: number;
  readonly ended: number;
}

const workers = 3;
const customers = 25;
const passing = ['NEEDS_INFO', 'PROCESSING'] as const;

interface Told {
  readonly number: number;
  readonly status: string;
}

/**
 * Kills delivering processes at random while customers move, one in eight posts is refused, and then looks at what arrived: everything is
 * signed, of each customer the states come in order and the last one comes, and none after ACCEPTED or REJECTED was delivered.
 */
export async function soak(kills: number, engine: TestEngine): Promise<SoakReport> {
  await using ground = await outboxGround(systemClock, engine);
  const told = new Map<string, Told[]>();
  let refused = 0;
  const late: string[] = [];
  const answer = async (post: Post): Promise<{ status: number }> => {
    const { id, message, status } = JSON.parse(post.body.toString()) as { id: string; message: string; status: string };
    if (await isEnded(ground, id)) late.push(`${id}: ${status}`);
    if (Math.random() < 1 / 8) {
      refused++;
      return { status: 400 };
    }
    told.get(id)?.push({ number: Number(message), status });
    return { status: 200 };
  };
  await using receiver = await callbackReceiver(signer.publicKey, answer);
  const ids = await Promise.all(Array.from({ length: customers }, () => ground.addCustomer(receiver.url)));
  for (const id of ids) told.set(id, []);
  const stop = new AbortController();
  const moving = keepMoving(ground, ids, receiver.url, stop.signal);
  await killAtRandom(ground.databaseUrl, kills);
  stop.abort();
  const changes = await moving;
  await finish(ground, ids);
  const repeated = await check(ground, told);
  assert.deepEqual(late, [], 'nothing is posted after ACCEPTED or REJECTED was noted as delivered');
  assert.ok(
    receiver.posts.every(({ fault }) => fault === undefined),
    'every post is signed',
  );
  const ended = await ground.db.selectFrom('callback_ends').selectAll().execute();
  return { kills, changes, posts: receiver.posts.length, refusedOnPurpose: refused, repeated, ended: ended.length };
}

/** The first half of the customers is accepted or rejected now and then; wallets set callbacks for them again. */
async function keepMoving(ground: Ground, ids: readonly string[], url: string, signal: AbortSignal): Promise<number> {
  let changes = 0;
  while (!signal.aborted) {
    const index = Math.floor(Math.random() * ids.length);
    const id = ids[index] ?? '';
    const isEnd = index < ids.length / 2 && Math.random() < 0.02;
    await ground.move(id, isEnd ? (Math.random() < 0.5 ? 'ACCEPTED' : 'REJECTED') : (passing[changes % 2] ?? ''));
    changes++;
    if (index < ids.length / 2 && Math.random() < 0.02) await ground.setCallback(id, url);
    await delay(Math.random() * 10);
  }
  return changes;
}

async function killAtRandom(databaseUrl: string, kills: number): Promise<void> {
  const running = await Promise.all(Array.from({ length: workers }, () => start(databaseUrl)));
  for (let kill = 0; kill < kills; kill++) {
    await delay(20 + Math.random() * 200);
    const at = Math.floor(Math.random() * workers);
    const child = running[at];
    const exit = child && once(child, 'exit');
    child?.kill('SIGKILL');
    await exit;
    running[at] = await start(databaseUrl);
  }
  for (const child of running) child.kill('SIGKILL');
}

async function start(databaseUrl: string): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'soak-worker.ts'), [databaseUrl], { stdio: 'inherit' });
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`a worker ended by itself before it started: ${String(code ?? signal)}`);
  });
  await Promise.race([once(child, 'message'), ended]);
  return child;
}

/** One more change for all that are still watched, and a worker that nobody kills. */
async function finish(ground: Ground, ids: readonly string[]): Promise<void> {
  for (const id of ids) await ground.move(id, 'NEEDS_INFO');
  const worker = await start(ground.databaseUrl);
  await until(async () => (await ground.store.deliveries.backlog()).pending === 0);
  worker.kill('SIGKILL');
}

async function isEnded({ db }: Ground, id: string): Promise<boolean> {
  const ids = db.selectFrom('callbacks').select('id').where('customer_id', '=', id);
  const rows = await db.selectFrom('callback_ends').select('type').where('callback_id', 'in', ids).execute();
  return rows.length > 0;
}

/** How many posts told what had been told. */
async function check(ground: Ground, told: ReadonlyMap<string, readonly Told[]>): Promise<number> {
  let repeated = 0;
  for (const [id, states] of told) {
    for (const [index, { number }] of states.entries()) {
      const before = states[index - 1]?.number ?? 0;
      assert.ok(number >= before, `${id} was told ${number} after ${before}`);
      if (number === before) repeated++;
    }
    if (await isEnded(ground, id)) {
      assert.match(states.at(-1)?.status ?? '', /^(ACCEPTED|REJECTED)$/, 'the last word is the one that ended it');
    } else {
      const { body = Buffer.alloc(0) } = (await ground.render(id, type, id)) ?? {};
      const { message } = JSON.parse(body.toString()) as { message: string };
      assert.equal(states.at(-1)?.number, Number(message), `${id} knows the state that is`);
    }
  }
  return repeated;
}
