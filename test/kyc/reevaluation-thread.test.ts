import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import { ReevaluationThread } from '../../src/reevaluation-thread.ts';
import { type DecidingWorld, openDecidingWorld } from '../support/deciding-world.ts';
import { engines, testEngine } from '../support/engines.ts';
import { randomAccount } from '../support/test-anchor.ts';

const count = 400;

/** Asks those of Rome for one field more; with a rule, so that values must be opened. */
const program = (isStrict: boolean): ProgramDefinition => ({
  types: { t: { decision: 'automatic', fields: { given_name: {}, city: {} } } },
  rules: { romans: { when: { field: 'city', is: isStrict ? 'Rome' : 'Oslo' }, ask: { family_name: {} } } },
});

async function openChanged(engine = testEngine): Promise<{ world: DecidingWorld; accounts: readonly string[] }> {
  const world = await openDecidingWorld(program(false), { engine });
  const accounts = Array.from({ length: count }, randomAccount);
  await inWaves(accounts, (account, n) =>
    world.put(account, 't', { fields: { given_name: 'Ada', city: n % 2 ? 'Rome' : 'Lima' } }),
  );
  await world.use(program(true));
  return { world, accounts };
}

/** As many requests at once as a busy machine answers in a few seconds. */
async function inWaves<T>(accounts: readonly string[], ask: (account: string, n: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (let from = 0; from < accounts.length; from += 50)
    answers.push(...(await Promise.all(accounts.slice(from, from + 50).map((account, n) => ask(account, from + n)))));
  return answers;
}

async function assertAllMoved(world: DecidingWorld, accounts: readonly string[]): Promise<void> {
  assert.equal(await world.store.standings.countOutdated(world.program.revision), 0);
  for (const [n, account] of accounts.entries()) {
    const { id = '', status } = await world.get(account, 't');
    assert.equal(status, n % 2 ? 'NEEDS_INFO' : 'ACCEPTED');
    const moves = (await world.store.standings.listMoves(id)).map(({ to, cause }) => [to, cause]);
    const first = ['accepted', 'wallet'];
    assert.deepEqual(moves, n % 2 ? [first, ['needs-data', 'program']] : [first]);
  }
}

for (const engine of engines) {
  test(`[kyc.jobs] ${engine.name}: many customers are looked at in a thread, killed halfway and going on, while others ask and are answered by the new program`, async () => {
    const { world, accounts } = await openChanged(engine);
    await using _ = world;
    const first = new ReevaluationThread(world.builtIn.parts, world.database);
    assert.ok((await first.runSome()) > 0);
    assert.equal(first.isThreaded, true);
    const asked = inWaves(accounts, async (account) => (await world.get(account, 't')).status);
    await first.close();
    assert.equal(first.isThreaded, false);
    const left = await world.store.standings.countOutdated(world.program.revision);
    assert.ok(left > 0 && left < count, `${left}`);
    const second = new ReevaluationThread(world.builtIn.parts, world.database);
    while ((await second.runSome()) > 0);
    assert.equal(second.isThreaded, false);
    assert.deepEqual(
      await asked,
      accounts.map((_, n) => (n % 2 ? 'NEEDS_INFO' : 'ACCEPTED')),
    );
    await assertAllMoved(world, accounts);
  });
}

test('[kyc.jobs] where a thread cannot be had, customers are looked at without one', async () => {
  const { world, accounts } = await openChanged();
  await using _ = world;
  const reevaluation = new ReevaluationThread(world.builtIn.parts, { engine: 'sqlite', path: '/dev/null/no.db' });
  while ((await reevaluation.runSome()) > 0) assert.equal(reevaluation.isThreaded, false);
  await assertAllMoved(world, accounts);
});
