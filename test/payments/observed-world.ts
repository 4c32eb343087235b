import { silentLogger } from '../../src/lib/log.ts';
import { type ObserverOpening, openObserver } from '../../src/observer/open-observer.ts';
import { Payments } from '../../src/payments/payments.ts';
import { startTasks } from '../../src/worker/start-tasks.ts';
import { type HorizonStandIn, horizonStandIn, type LedgerPayment } from '../support/stand-ins/horizon-stand-in.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { asset, complete, openPaymentWorld, type PaymentWorld } from './world.ts';

/** Where the money goes to. */
export const account: string = randomAccount();
export const usdc: string = asset.slice('stellar:'.length);

/** Payments that wait for their money, a ledger on which it comes, and observers between them. */
export interface ObservedWorld extends AsyncDisposable {
  readonly world: PaymentWorld;
  readonly horizon: HorizonStandIn;
  /** What was logged, as `level message`. */
  readonly lines: string[];
  /** A payment of 100 that waits for its money, and the memo that it is to come with. */
  awaited(): Promise<{ readonly id: string; readonly memo: string }>;
  /** Starts an observer as another process would; answers what stops it. */
  observe(changes?: Partial<ObserverOpening>): () => Promise<void>;
  /** The place that is noted as seen. */
  seen(): Promise<string | null | undefined>;
  /** Waits until everything on the ledger was seen. */
  caughtUp(): Promise<void>;
  /** How often money moved a payment. */
  fundings(id: string): Promise<number>;
}

/** What is paid when all is well. */
export function money(changes: Partial<LedgerPayment> = {}): LedgerPayment {
  return { to: account, amount: '100.0000000', asset: usdc, ...changes };
}

let memos = 1;

export async function openObserved(): Promise<ObservedWorld> {
  const world = await openPaymentWorld({ speed: 1 });
  const horizon = await horizonStandIn();
  const lines: string[] = [];
  const line = (level: string) => (_: object, message: string) => void lines.push(`${level} ${message}`);
  const log = { ...silentLogger, info: line('info'), warn: line('warn'), error: line('error') };
  const { store, clock } = world.parts;
  const payments = new Payments({ ...world.parts, log });
  const sender = await world.deciding.put(randomAccount(), 'sender', { fields: complete.sender });
  const running = new Set<() => Promise<void>>();
  const seen = async (): Promise<string | null | undefined> => {
    const rows = await world.deciding.db.selectFrom('observers').selectAll().where('account', '=', account).execute();
    return rows[0]?.seen_to;
  };
  return {
    ...{ world, horizon, lines, seen },
    awaited: async () => {
      const memo = String(7_000_000_000_000_000_000n + BigInt(memos++));
      const id = await payments.create({
        ...({ protocol: 'sep-31', kind: 'receive' } as const),
        owner: { account: randomAccount() },
        parties: [{ role: 'sender', customerId: sender, knownAs: sender, type: 'sender' }],
        details: { amountIn: '100', amountInAsset: asset },
        ...{ stellarAccount: account, stellarMemo: { type: 'id', value: memo } },
      });
      return { id, memo };
    },
    observe: (changes = {}) => {
      const opening = { account, from: 'now', store, clock, log, payments, pollMs: 20, leaseMs: 600 };
      const reached = { url: horizon.url, fetch: globalThis.fetch, timeoutMs: 300 };
      const stop = startObserver({ ...opening, horizon: reached, ...changes });
      running.add(stop);
      return stop;
    },
    caughtUp: async () => {
      for (let n = 0; n < 500 && (await seen()) !== horizon.newest; n++) await pause(10);
      if ((await seen()) !== horizon.newest) throw new Error(`never caught up:\n${lines.join('\n')}`);
    },
    fundings: async (id) => (await payments.listMoves(id)).filter(({ cause }) => cause === 'funds').length,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...running].map((stop) => stop()));
      await horizon[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

function startObserver(opening: ObserverOpening): () => Promise<void> {
  const observer = openObserver(opening);
  const task = { name: 'observer', run: () => observer.run(), nextAt: () => observer.nextAt(), everyMs: 500 };
  const tasks = startTasks([task], silentLogger);
  return async () => {
    const stopped = tasks.stop();
    observer.stop();
    await stopped;
    await observer.release();
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
