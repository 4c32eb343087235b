import { invalidField } from './errors.ts';
import { type Operator, requireRole } from './kyc/review/operator.ts';
import { OperatorBody } from './kyc/review/operator-body.ts';
import type { Clock } from './lib/clock.ts';
import { getDelivery, listDeliveries, maxListed, redeliver } from './outbox/deliveries.ts';
import { deliveryFilters, readFilters } from './outbox/delivery-filters.ts';
import type { AttemptRecord, DeliveryLog, DeliveryRecord, TargetRecord } from './store/outbox-store.ts';

/** What operators may see of deliveries and do about them, as an API hands it on. Nothing in it is personal. */
export class DeliveryDesk {
  readonly #log: DeliveryLog;
  readonly #clock: Clock;

  constructor(log: DeliveryLog, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** The newest first; `next` is where the next page begins. */
  async list(
    operator: Operator,
    asked: ReadonlyMap<string, string>,
  ): Promise<{ readonly deliveries: readonly DeliveryRecord[]; readonly next?: string }> {
    requireRole(operator, 'viewer');
    const given = Object.fromEntries(deliveryFilters.map((filter) => [filter, asked.get(filter)]));
    const [after, limit] = [countOf(asked, 'after'), countOf(asked, 'limit') ?? 50];
    const query = { ...readFilters(given, invalidField), ...(after !== undefined && { beforeId: after }) };
    const deliveries = await listDeliveries(this.#log, query, limit);
    const last = deliveries.length === Math.min(limit, maxListed) ? deliveries.at(-1) : undefined;
    return { deliveries, ...(last && { next: String(last.id) }) };
  }

  /** One, with its attempts. @throws KycError `not_found` */
  async show(
    operator: Operator,
    id: string,
  ): Promise<{ readonly delivery: DeliveryRecord; readonly attempts: readonly AttemptRecord[] }> {
    requireRole(operator, 'viewer');
    return getDelivery(this.#log, readId(id));
  }

  /** Delivers one, or a range, again, as a body of JSON says: `{ id }`, or `from` and other filters; answers how many were made of it. */
  async redeliver(operator: Operator, json: unknown): Promise<{ readonly made: number }> {
    requireRole(operator, 'lead');
    const body = new OperatorBody(json);
    body.requireKnown('id', ...deliveryFilters);
    const filters = deliveryFilters.filter((filter) => body.has(filter));
    if (body.has('id')) {
      if (filters.length > 0) throw invalidField('id', 'expected an id or filters');
      return { made: await redeliver(this.#log, { id: body.count('id') }, this.#clock) };
    }
    const given = Object.fromEntries(filters.map((filter) => [filter, body.text(filter)]));
    const { from, ...query } = readFilters(given, invalidField);
    if (from === undefined) throw invalidField('from', 'expected an id, or the time from which on');
    return { made: await redeliver(this.#log, { ...query, from }, this.#clock) };
  }

  /** Hosts and endpoints that fail or are switched off. */
  async targets(operator: Operator): Promise<{ readonly targets: readonly TargetRecord[] }> {
    requireRole(operator, 'viewer');
    return { targets: await this.#log.listTargets() };
  }

  /** Lets one of them be tried again now, as a body of JSON says: `{ enable }`; false when it is neither failing nor off. */
  async enable(operator: Operator, json: unknown): Promise<{ readonly enabled: boolean }> {
    requireRole(operator, 'lead');
    const body = new OperatorBody(json);
    body.requireKnown('enable');
    return { enabled: await this.#log.switchOn(body.text('enable'), this.#clock.now()) };
  }
}

function readId(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw invalidField('id', 'expected the id of a delivery');
  return Number(text);
}

function countOf(asked: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = asked.get(name);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,14}$/.test(text)) throw invalidField(name, 'expected a whole number from 1');
  return Number(text);
}
