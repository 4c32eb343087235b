import { asOfNow } from '../erase.ts';
import { erase } from './acts/others.ts';
import { requireFree } from './claims.ts';
import type { Decided, Order } from './decide.ts';
import { getRecord, type ReviewParts, stale } from './parts.ts';
import { propose } from './propose.ts';

/**
 * Proposes that a customer be erased. Choice: also one whose data does not open, of whom nothing else can be done; a note, which is sealed under
 * the same key, is not kept then.
 * @throws KycError `stale` when the customer has changed since
 */
export async function proposeErasing(parts: ReviewParts, order: Order): Promise<Decided> {
  const { operator, version } = order;
  const { current, vault } = await asOfNow(parts, await getRecord(parts, order.customerId));
  if (current?.version !== version) throw stale();
  const { id: customerId } = current;
  await requireFree(parts, operator, customerId, undefined);
  const approver = erase.approver();
  const decided = { customerId, version, ...(approver && { approver }), standings: [] };
  if (order.isPreview === true) return { ...decided, outcome: 'preview' };
  return { ...decided, outcome: 'proposed', proposal: await propose(parts, { ...order, customerId }, vault) };
}
