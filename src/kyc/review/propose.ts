import { newUuid } from '../../lib/ids.ts';
import type { Vault } from '../../vault/vault.ts';
import type { Order } from './decide.ts';
import { sealNote } from './notes.ts';
import { type ReviewParts, stale } from './parts.ts';

/**
 * Keeps what an operator wants done for another one to approve; answers its id. It is good for the customer as they are now.
 * @param vault what seals the note
 */
export async function propose(
  { store }: ReviewParts,
  { act, operator, note, version, customerId }: Pick<Order, 'act' | 'operator' | 'note' | 'version' | 'customerId'>,
  vault: Vault | undefined,
): Promise<string> {
  const id = newUuid();
  const proposal = { id, customerId, version, act: JSON.stringify(act), operator: operator.name };
  const sealed = note === undefined || vault === undefined ? undefined : sealNote(vault, operator.name, note);
  if (!(await store.reviews.propose(proposal, sealed))) throw stale();
  return id;
}
