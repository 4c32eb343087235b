import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type CauseKind, isLawful, type StandingState } from '../../src/kyc/states.ts';
import { type DecidingWorld, openDecidingWorld } from '../support/deciding-world.ts';
import { engines } from '../support/engines.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { speed, statusByName, workedProgram } from './worked-program.ts';

const names = Object.keys(statusByName);

async function startWorker({ shared, builtIn }: DecidingWorld): Promise<ChildProcess> {
  const key = Buffer.from(shared.key).toString('base64');
  const child = fork(join(import.meta.dirname, 'check-worker.ts'), [
    shared.directory,
    shared.databaseUrl,
    key,
    String(builtIn.parts.clock.now().getTime()),
  ]);
  await once(child, 'message');
  return child;
}

async function stopWorker(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.send('stop');
  await exit;
}

async function countRuns({ db }: DecidingWorld): Promise<number> {
  return (await db.selectFrom('check_runs').select('check_name').execute()).length;
}

/** Gives each customer three names one after the other, of which the last one counts, while workers are at it. */
async function giveNames(
  world: DecidingWorld,
  accounts: readonly string[],
  isHarmless: (name: string) => boolean,
): Promise<string[]> {
  const harmless = names.filter(isHarmless);
  return Promise.all(
    accounts.map(async (account, index) => {
      const last = names[index % names.length] ?? '';
      for (const name of [harmless[index % harmless.length], harmless[(index + 1) % harmless.length], last]) {
        await world.put(account, 't', { fields: { given_name: `${name}${index}`, city: 'Rome' } });
        await delay(Math.random() * 150);
      }
      return last;
    }),
  );
}

for (const engine of engines) {
  test(`[kyc.deciding.workers] ${engine.name}: two processes that run checks late, twice and out of order, one of them killed, end in what the facts say`, async () => {
    await using world = await openDecidingWorld(workedProgram, { speed, engine });
    const [one, other] = await Promise.all([startWorker(world), startWorker(world)]);
    const accounts = Array.from({ length: 60 }, randomAccount);
    // Findings that outlive the data would be found or not, as it happens that somebody looked in time.
    const giving = giveNames(world, accounts, (name) => name !== 'Mal' && name !== 'Eve');
    await delay(150);
    other.kill('SIGKILL');
    const third = await startWorker(world);
    const lasts = await giving;
    for (let tries = 0; (await countRuns(world)) > 0 && tries < 1000; tries++) await delay(20);
    assert.equal(await countRuns(world), 0, 'runs are left');
    await Promise.all([one, third].map(stopWorker));
    for (const [index, account] of accounts.entries()) {
      const { id = '', status } = await world.get(account, 't');
      assert.equal(status, statusByName[lasts[index] ?? ''], lasts[index]);
      let from: string | undefined;
      const moves = await world.store.standings.listMoves(id);
      for (const move of moves) {
        assert.equal(move.from, from);
        assert.ok(isLawful(move.from as StandingState | undefined, move.to as StandingState, move.cause as CauseKind));
        from = move.to;
      }
      assert.equal(moves.at(-1)?.status, status);
    }
  });
}
