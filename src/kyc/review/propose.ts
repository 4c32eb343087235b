import { newUuid } from '../../lib/ids.ts';
import type { Order } from './decide.ts';
import { sealNote } from './notes.ts';
import { type Current, type ReviewParts, stale } from './parts.ts';

/** Keeps what an operator wants done for another one to approve; answers its id. It is good for the customer as they are now. */
export async function propose(
  { store }: ReviewParts,
  { act, operator, note, version }: Pick<Order, 'act' | 'operator' | 'note' | 'version'>,
  { customer }: Current,
): Promise<string> {
  const id = newUuid();
  const proposal = { id, customerId: customer.record.id, version, act: JSON.stringify(act), operator: operator.name };
  const sealed = note === undefined ? undefined : sealNote(customer.vault, operator.name, note);
  if (!(await store.reviews.propose(proposal, sealed))) throw stale();
  return id;
}
