import { headFileIn } from './audit/head-file.ts';
import { TrailKeeper } from './audit/trail-keeper.ts';
import { CatchUp } from './kyc/catch-up.ts';
import { sendDueCodes } from './kyc/codes/send-due-codes.ts';
import { CustomerIndexing } from './kyc/index-customers.ts';
import type { BuiltIn } from './kyc/open-built-in.ts';
import { systemClock } from './lib/clock.ts';
import { openObserver } from './observer/open-observer.ts';
import type { DeliveryMetrics } from './outbox/delivery-metrics.ts';
import type { RenderCustomer, RenderPayment } from './outbox/outgoing.ts';
import { startDeliveries } from './outbox/start-deliveries.ts';
import { PaymentRunner } from './payments/execute-payments.ts';
import { Payments } from './payments/payments.ts';
import { tidyPayments } from './payments/tidy-payments.ts';
import { ReevaluationThread } from './reevaluation-thread.ts';
import type { Settings } from './resolve-options.ts';
import { transferReply } from './sep6/get-transaction.ts';
import { customerReply } from './sep12/customer-reply.ts';
import { transactionReply } from './sep31/transaction-reply.ts';
import type { Store } from './store/store.ts';
import { JobLeases } from './worker/job-leases.ts';
import { type RunningTasks, startTasks, type Task } from './worker/start-tasks.ts';

/**
 * Starts what is done behind requests: checks are run, codes and callbacks sent, the clock and a new program looked after. Any number of processes
 * may do so over one database.
 */
export function startWork(settings: Settings, store: Store, builtIn: BuiltIn, metrics: DeliveryMetrics): RunningTasks {
  const { log, clock, signer, localMode, operatorEndpoints: endpoints } = settings;
  const reevaluation = reevaluationOf(settings, builtIn);
  const keeper = new TrailKeeper({ audit: store.audit, headFile: headFileIn(settings.dataDir), signer, clock, log });
  const leases = new JobLeases({ jobs: store.jobs, clock: systemClock });
  const paying = paymentsOf(settings, builtIn, leases);
  const tasks = startTasks([...tasksOf(builtIn, reevaluation, leases), ...paying.tasks], log);
  // Not poked: lines are sealed together, however many requests there are.
  const keeping = startTasks(keepingTasks(keeper, reevaluation, store, leases), log);
  const observing = startObserving(settings, store, builtIn);
  const deliveries = startDeliveries({
    outbox: store.outbox,
    keyRing: builtIn.parts.keyRing,
    renderCustomer: renderBy(builtIn),
    renderPayment: renderPaymentBy(store, builtIn),
    allowLoopback: localMode,
    ...{ signer, endpoints, clock, log, metrics },
  });
  return {
    poke: () => tasks.poke(),
    stop: async () => {
      await Promise.all([observing.stop(), tasks.stop(), deliveries.stop(), keeping.stop()]);
      await paying.finish();
      await reevaluation.close();
      await leases.release().catch(() => {});
    },
  };
}

/** A callback has exactly the body that GET has at that moment (ruling 26). */
function renderBy({ integration }: BuiltIn): RenderCustomer {
  return async (customerId, type, knownAs) => {
    const answer = await integration.describe(customerId, type, knownAs);
    if (answer === undefined) return undefined;
    const reply = customerReply(answer);
    return { body: Buffer.from(JSON.stringify(reply)), status: reply.status };
  };
}

/** Exactly the body that GET has at that moment. @see SEP-31 § Callback POST, SEP-6 § Deposit, on_change_callback */
function renderPaymentBy({ payments }: Store, { integration, parts: deciding }: BuiltIn): RenderPayment {
  const parts = { integration, deciding };
  return async (id) => {
    const payment = await payments.find(id);
    if (payment === undefined) return undefined;
    const reply = payment.protocol === 'sep-6' ? await transferReply(parts, payment) : transactionReply(payment);
    return Buffer.from(JSON.stringify(reply));
  };
}

/** Released payments are paid out, and what is kept of those that are over is closed. */
function paymentsOf(
  { sep6, sep31, rails }: Settings,
  { parts }: BuiltIn,
  leases: JobLeases,
): { readonly tasks: readonly Task[]; readonly finish: () => Promise<void> } {
  const finish = async (): Promise<void> => {};
  if (sep6 === undefined && sep31 === undefined) return { tasks: [], finish };
  const tidy = leases.lease({ name: 'payments closed', run: () => tidyPayments(parts), everyMs: 10_000 });
  if (sep31 === undefined || rails === undefined) return { tasks: [tidy], finish };
  const runner = new PaymentRunner({ ...parts, rails });
  const task = { name: 'payments', run: () => runner.runSome(), nextAt: () => runner.nextAt(), everyMs: 2_000 };
  return { tasks: [task, tidy], finish: () => runner.finish() };
}

/** Every account on which money is looked for, with the place to begin at. One that both protocols use is looked at once. */
function observedAccounts({ sep31, sep6 }: Settings): ReadonlyMap<string, string> {
  const ofSep6 = sep6?.observeFrom === undefined ? [] : sep6.accounts.map((one) => [one, sep6.observeFrom] as const);
  const ofSep31 = sep31 === undefined ? [] : [[sep31.account, sep31.observeFrom] as const];
  return new Map([...ofSep6, ...ofSep31].flatMap(([one, from]) => (from === undefined ? [] : [[one, from] as const])));
}

/** Not poked: it is told by Horizon, and how long it waits after a failure is its own affair. */
function startObserving(settings: Settings, store: Store, builtIn: BuiltIn): { stop(): Promise<void> } {
  const { horizonUri: url } = settings;
  if (url === undefined) return { stop: async () => {} };
  const each = [...observedAccounts(settings)].map(([account, from]) => {
    return observeAccount(settings, store, builtIn, { url, account, from });
  });
  return { stop: async () => void (await Promise.all(each.map(({ stop }) => stop()))) };
}

function observeAccount(
  { clock, log }: Settings,
  store: Store,
  { parts }: BuiltIn,
  { url, account, from }: { readonly url: string; readonly account: string; readonly from: string },
): { stop(): Promise<void> } {
  const horizon = { url, fetch: globalThis.fetch };
  const observer = openObserver({ account, from, horizon, store, payments: new Payments(parts), clock, log });
  const task = { name: 'observer', run: () => observer.run(), nextAt: () => observer.nextAt(), everyMs: 60_000 };
  const running = startTasks([task], log);
  return {
    stop: async () => {
      const stopped = running.stop();
      observer.stop();
      await stopped;
      await observer.release();
    },
  };
}

/** A thread of its own goes by the machine's clock, whatever clock there is here. */
function reevaluationOf({ clock, database }: Settings, { parts }: BuiltIn): ReevaluationThread {
  return new ReevaluationThread(parts, clock === systemClock ? database : undefined);
}

/**
 * A thread that looks at customers seals what it writes, and whatever else there is, so that nobody who asks here waits for it. What was signed every process writes
 * down where its own files are.
 */
function keepingTasks(
  keeper: TrailKeeper,
  reevaluation: ReevaluationThread,
  { audit }: Store,
  leases: JobLeases,
): Task[] {
  const seal = async (): Promise<number> => (reevaluation.isThreaded ? 0 : keeper.sealSome());
  const isNeeded = async (): Promise<boolean> => (await audit.findUnsealed()).count > 0;
  return [
    leases.lease({ name: 'audit', run: seal, everyMs: 500 }, isNeeded),
    { name: 'audit head', run: () => keeper.signDaily(), everyMs: 60_000 },
  ];
}

/** What is claimed row by row any number of processes do together; what is about the whole database is done by one at a time. */
function tasksOf(
  { runner, parts, sending, erasures }: BuiltIn,
  reevaluation: ReevaluationThread,
  leases: JobLeases,
): Task[] {
  const { codes, erasures: erased } = parts.store;
  const isToShred = async (): Promise<boolean> => (await erased.listShreds(1)).length > 0;
  const catchUp = new CatchUp(parts);
  const indexing = new CustomerIndexing(parts);
  return [
    { name: 'checks', run: () => runner.runDue(), nextAt: () => runner.nextAt(), everyMs: 2_000 },
    {
      name: 'codes',
      run: () => sendDueCodes(sending, parts.clock.now()),
      nextAt: () => codes.nextSendAt(),
      everyMs: 2_000,
    },
    leases.lease({ name: 'shredding', run: () => erasures.shred(), everyMs: 1_000 }, isToShred),
    leases.lease({ name: 'purging', run: () => erasures.purge(), everyMs: 3_600_000 }),
    leases.lease({ name: 'shred keys', run: () => erasures.upgrade(), everyMs: 3_600_000 }),
    leases.lease({ name: 'search', run: () => indexing.runSome(), everyMs: 3_600_000 }),
    leases.lease({ name: 'clock', run: () => catchUp.runDue(), everyMs: 60_000 }),
    leases.lease({ name: 'program', run: () => reevaluation.runSome(), everyMs: 3_600_000 }),
  ];
}
