import { type DeliveryQuery, deliveryKinds, deliveryStates } from '../store/outbox-store.ts';

/** What deliveries are asked for by, as texts. */
export const deliveryFilters = ['state', 'kind', 'customer', 'target', 'from', 'to'] as const;

/** @see deliveryFilters */
export type DeliveryFilter = (typeof deliveryFilters)[number];

/** Makes the error that names a filter and what was expected of it. */
export type Refuse = (filter: DeliveryFilter, expected: string) => Error;

/** Which deliveries are meant. @throws what `refuse` makes of a filter that cannot be read */
export function readFilters(
  given: Readonly<Partial<Record<DeliveryFilter, string | undefined>>>,
  refuse: Refuse,
): DeliveryQuery {
  const { state, kind, customer, target, from, to } = given;
  return {
    ...(state !== undefined && { state: oneOf('state', deliveryStates, state, refuse) }),
    ...(kind !== undefined && { kind: oneOf('kind', deliveryKinds, kind, refuse) }),
    ...(customer !== undefined && { customerId: customer }),
    ...(target !== undefined && { target }),
    ...(from !== undefined && { from: timeOf('from', from, refuse) }),
    ...(to !== undefined && { to: timeOf('to', to, refuse) }),
  };
}

function oneOf<T extends string>(filter: DeliveryFilter, known: readonly T[], given: string, refuse: Refuse): T {
  const found = known.find((word) => word === given);
  if (found === undefined) throw refuse(filter, `expected one of ${known.join(', ')}`);
  return found;
}

function timeOf(filter: DeliveryFilter, given: string, refuse: Refuse): Date {
  const time = new Date(given);
  if (Number.isNaN(time.getTime())) throw refuse(filter, 'expected a time, as 2026-11-24T10:00:00Z');
  return time;
}
