import { actOf, expectNoMore, parseWords, UsageError } from './command-words.ts';
import type { Environment } from './environment.ts';
import { systemClock } from './lib/clock.ts';
import { getDelivery, listDeliveries, redeliver } from './outbox/deliveries.ts';
import { readFilters } from './outbox/delivery-filters.ts';
import { placesOf } from './setting-files.ts';
import {
  type DeliveryLog,
  type DeliveryQuery,
  type DeliveryRecord,
  deliveryKinds,
  deliveryStates,
} from './store/outbox-store.ts';
import { openExisting } from './store/sql/open-store.ts';

/** The help of `anchor-kyc deliveries`. */
export const deliveriesUsage: string = `anchor-kyc deliveries: what wallets and operators were told, in the database of DATA_DIR

  anchor-kyc deliveries list [filters] [--limit N]   the newest first
  anchor-kyc deliveries show ID                      one, with its attempts
  anchor-kyc deliveries redeliver ID                 tell it again: wallets get the state as it is now
  anchor-kyc deliveries redeliver --from TIME [filters]
  anchor-kyc deliveries targets                      hosts and endpoints that fail or are switched off
  anchor-kyc deliveries enable TARGET                try one of them again now

Filters: --state ${deliveryStates.join('|')}  --kind ${deliveryKinds.join('|')}
         --customer ID  --target HOST  --from TIME  --to TIME  (2026-11-24 or 2026-11-24T10:00:00Z)
`;

/**
 * Runs `anchor-kyc deliveries …` and answers what it prints. A server may be running on the same database; it delivers what is to be
 * delivered again.
 * @throws UsageError for arguments that cannot be used, and KycError `not_found`
 */
export async function deliveriesCommand(args: readonly string[], environment: Environment): Promise<string> {
  const { query, limit, words } = readArguments(args);
  const [act, subject, ...more] = words;
  const run = actOf(acts, act);
  expectNoMore(more);
  const store = await openExisting(placesOf(environment).database, systemClock);
  try {
    return await run(store.deliveries, { query, limit, subject });
  } finally {
    await store.close();
  }
}

interface Given {
  readonly query: DeliveryQuery;
  readonly limit: number;
  readonly subject: string | undefined;
}

const acts: Readonly<Record<string, (log: DeliveryLog, given: Given) => Promise<string>>> = {
  list: async (log, { query, limit }) => lines(await listDeliveries(log, query, limit), deliveryLine),
  show: async (log, { subject }) => {
    const { delivery, attempts } = await getDelivery(log, idOf(subject));
    const tries = lines(attempts, ({ at, outcome, httpStatus = '', latencyMs }) =>
      ['  attempt', at.toISOString(), outcome, httpStatus, `${latencyMs} ms`].join('  '),
    );
    const { callbackId } = delivery;
    return `${deliveryLine(delivery)}\n${callbackId === undefined ? '' : `  callback  ${callbackId}\n`}${tries}`;
  },
  redeliver: async (log, { query, subject }) => {
    const { from } = query;
    if (subject === undefined && from === undefined) throw new UsageError('redeliver: expected an id, or --from TIME');
    const which = subject === undefined && from !== undefined ? { ...query, from } : { id: idOf(subject) };
    return `${await redeliver(log, which, systemClock)} to be delivered again\n`;
  },
  targets: async (log) =>
    lines(await log.listTargets(), ({ target, failures, failingSince, offSince, offReason = '', pending }) => {
      const standing = offSince === undefined ? 'failing' : `off since ${offSince.toISOString()} (${offReason})`;
      const since = failingSince.toISOString();
      return [target, standing, `${failures} failures since ${since}`, `${pending} pending`].join('  ');
    }),
  enable: async (log, { subject }) => {
    if (subject === undefined) throw new UsageError('enable: expected a target');
    return (await log.switchOn(subject, systemClock.now())) ? 'it is tried again\n' : 'it is neither failing nor off\n';
  },
};

function readArguments(args: readonly string[]): { query: DeliveryQuery; limit: number; words: readonly string[] } {
  const text = { type: 'string' } as const;
  const options = { state: text, kind: text, customer: text, target: text, from: text, to: text, limit: text };
  const { values, positionals: words } = parseWords({ args: [...args], options, allowPositionals: true });
  const limit = Number(values.limit ?? 50);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit: expected a whole number');
  const refuse = (filter: string, expected: string): UsageError => new UsageError(`--${filter}: ${expected}`);
  return { query: readFilters(values, refuse), limit, words };
}

function idOf(given: string | undefined): number {
  if (given === undefined || !/^\d{1,15}$/.test(given)) throw new UsageError('expected the id of a delivery');
  return Number(given);
}

function deliveryLine(delivery: DeliveryRecord): string {
  const { id, kind, state, attempts, outcome = '', type, customerId = '', target, createdAt, nextAt } = delivery;
  const due = nextAt === undefined ? '' : `due ${nextAt.toISOString()}`;
  const parts = [
    id,
    createdAt.toISOString(),
    kind,
    state,
    `${attempts} attempts`,
    outcome,
    type,
    customerId,
    target,
    due,
  ];
  return parts.filter((part) => part !== '').join('  ');
}

function lines<T>(items: readonly T[], line: (item: T) => string): string {
  return items.length === 0 ? '' : `${items.map(line).join('\n')}\n`;
}
