import assert from 'node:assert/strict';
import type { NewRun, StandingRow } from '../../src/store/standing-store.ts';
import type { Store } from '../../src/store/store.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { noConsequences } from './consequences.ts';
import type { StoreCase } from './store-cases.ts';

let made = 0;

async function customer(store: Store): Promise<string> {
  const id = `standing-${made++}`;
  const wrappedKey = { kekId: 'a', bytes: Buffer.from('key') };
  const identity = { account: randomAccount() };
  const values = { set: [], withdraw: [], files: [] };
  await store.createCustomer({ id, identity, wrappedKey, ...values, consequences: noConsequences });
  return id;
}

async function apply(store: Store, id: string, version: number, consequences: Partial<typeof noConsequences>) {
  const change = {
    id,
    version,
    set: [],
    withdraw: [],
    files: [],
    consequences: { ...noConsequences, ...consequences },
  };
  assert.equal((await store.updateCustomer(change)).outcome, 'stored');
}

function standing(dueAt: Date | undefined, program = 'p1'): StandingRow {
  const since = new Date(1);
  const rest = { state: 'accepted', since, risk: 'low', reason: undefined };
  return { type: 't', transactionId: '', dueAt, program, ...rest };
}

function runOf(check: string, runAt: Date, round = 1): NewRun {
  return { check, inputs: 'a:1', round, runAt };
}

/** Far from every other case's times. */
function time(): Date {
  return new Date(Date.UTC(2040, 0, 1) + made++ * 86_400_000);
}

const minute = 60_000;
const later = (from: Date, ms: number): Date => new Date(from.getTime() + ms);

/** What every adapter must do about standings and runs. */
export const standingCases: readonly StoreCase[] = [
  {
    name: 'the dossier, moves and standings are written with the change, and a refused change writes none of them',
    run: async (store) => {
      const id = await customer(store);
      const move = {
        type: 't',
        transactionId: '',
        from: undefined,
        to: 'accepted',
        isVisible: true,
        status: 'ACCEPTED',
      };
      const moves = [{ ...move, cause: 'wallet', who: undefined, reason: undefined }];
      await apply(store, id, 1, { dossier: '{"fields":{}}', standings: [standing(undefined)], moves });
      assert.equal((await store.findCustomerById(id))?.dossier, '{"fields":{}}');
      assert.equal((await store.standings.listMoves(id)).length, 1);
      const stale = { id, version: 1, set: [], withdraw: [], files: [] };
      const refused = await store.updateCustomer({
        ...stale,
        consequences: { ...noConsequences, dossier: 'x', moves },
      });
      assert.deepEqual(refused, { outcome: 'conflict' });
      assert.equal((await store.findCustomerById(id))?.dossier, '{"fields":{}}');
      assert.equal((await store.standings.listMoves(id)).length, 1);
    },
  },
  {
    name: 'customers are due from the moment of their standing on, the longest due first',
    run: async (store) => {
      const now = time();
      const [first, second] = [await customer(store), await customer(store)];
      await apply(store, second, 1, { standings: [standing(now)] });
      await apply(store, first, 1, { standings: [standing(later(now, -minute))] });
      const due = (await store.standings.findDue(now, 1000)).filter((id) => [first, second].includes(id));
      assert.deepEqual(due, [first, second]);
      assert.ok(!(await store.standings.findDue(later(now, -1), 1000)).includes(second));
      await apply(store, first, 2, { standings: [standing(undefined)] });
      assert.ok(!(await store.standings.findDue(now, 1000)).includes(first));
    },
  },
  {
    name: 'customers of another program are found page by page',
    run: async (store) => {
      const revision = `r${made++}`;
      const ids = [await customer(store), await customer(store)];
      for (const id of ids) await apply(store, id, 1, { standings: [standing(undefined, revision)] });
      const found = await store.standings.findOutdated('another', 10_000);
      for (const id of ids) assert.ok(found.includes(id));
      const rest = await store.standings.findOutdated('another', 10_000, found.at(-2));
      assert.deepEqual(rest, found.slice(-1));
      assert.ok(!(await store.standings.findOutdated(revision, 10_000)).some((id) => ids.includes(id)));
      assert.ok((await store.standings.countOutdated('another')) >= 2);
    },
  },
  {
    name: 'a run is taken by one worker until its lease ends, and ends with the result',
    run: async (store) => {
      const now = time();
      const id = await customer(store);
      await apply(store, id, 1, { runs: [runOf('c', now), runOf('c', now)] });
      const mine = async (at: Date) =>
        (await store.runs.claimRuns(at, later(at, minute), 1000)).filter((run) => run.customerId === id);
      assert.deepEqual(await mine(later(now, -1)), []);
      const [claimed] = await mine(now);
      assert.equal(claimed?.attempt, 1);
      assert.deepEqual(await mine(now), [], 'nobody else has it');
      const [again] = await mine(later(now, minute));
      assert.equal(again?.attempt, 2, 'a dead worker loses it');
      assert.ok(claimed && again);
      await store.runs.retryRun(claimed, later(now, 2 * minute), 'stale');
      assert.deepEqual(await mine(later(now, minute)), [], 'a worker that lost it changes nothing');
      await store.runs.retryRun(again, later(now, 10 * minute), 'ref-1');
      assert.equal(await store.runs.wakeRun('c', 'ref-2', now), false);
      assert.equal(await store.runs.wakeRun('c', 'ref-1', now), true);
      const [woken] = await mine(now);
      assert.equal(woken?.reference, 'ref-1');
      await apply(store, id, 2, { finished: { check: 'c', inputs: 'a:1', round: 1, outcome: 'pass' } });
      assert.deepEqual(await mine(later(now, 100 * minute)), []);
    },
  },
  {
    name: 'a run that is asked for again while it waits is one run',
    run: async (store) => {
      const now = time();
      const id = await customer(store);
      await apply(store, id, 1, { runs: [runOf('d', now)] });
      await apply(store, id, 2, { runs: [runOf('d', later(now, -minute))] });
      const runs = await store.runs.claimRuns(now, later(now, minute), 1000);
      assert.equal(runs.filter((run) => run.customerId === id).length, 1);
    },
  },
  {
    name: 'the same digest finds other customers, until it is replaced or the customer is gone',
    run: async (store) => {
      const [one, two] = [await customer(store), await customer(store)];
      const entry = { index: 'document', digest: Buffer.from(`digest ${made++}`) };
      const indexes = { names: ['document'], entries: [entry] };
      await apply(store, one, 1, { indexes });
      await apply(store, two, 1, { indexes });
      assert.deepEqual(await store.standings.findSame(one, [entry]), [{ index: 'document', customerId: two }]);
      await apply(store, two, 2, { indexes: { names: ['tax_id'], entries: [] } });
      assert.equal((await store.standings.findSame(one, [entry])).length, 1, 'another index is another matter');
      await apply(store, two, 3, { indexes: { names: ['document'], entries: [] } });
      assert.deepEqual(await store.standings.findSame(one, [entry]), []);
      await store.deleteCustomer(one);
      assert.deepEqual(await store.standings.findSame(two, [entry]), []);
    },
  },
];
