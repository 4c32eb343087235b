import { KycError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { AttemptRecord, DeliveryLog, DeliveryQuery, DeliveryRecord } from '../store/outbox-store.ts';

/** At most how many deliveries a list holds. */
export const maxListed = 500;

/** What became of deliveries, the newest first. `limit`: 50 unless said, {@link maxListed} at most. */
export async function listDeliveries(
  log: DeliveryLog,
  query: DeliveryQuery,
  limit = 50,
): Promise<readonly DeliveryRecord[]> {
  return log.list(query, Math.min(Math.max(1, limit), maxListed));
}

/** One delivery with its attempts. @throws KycError `not_found` */
export async function getDelivery(
  log: DeliveryLog,
  id: number,
): Promise<{ readonly delivery: DeliveryRecord; readonly attempts: readonly AttemptRecord[] }> {
  const found = await log.find(id);
  if (found === undefined) throw new KycError('not_found', 'there is no such delivery');
  return found;
}

/**
 * Delivers one, or a range, again; answers how many deliveries were made of it. A wallet is told the state at that moment, once for each
 * customer and type, and not at all where it was told ACCEPTED or REJECTED before (ruling 26).
 */
export async function redeliver(
  log: DeliveryLog,
  which: { readonly id: number } | (DeliveryQuery & { readonly from: Date }),
  clock: Clock,
): Promise<number> {
  if ('id' in which) await getDelivery(log, which.id);
  return log.redeliver(which, clock.now());
}
