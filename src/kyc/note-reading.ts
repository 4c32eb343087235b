import { lineOfReading } from '../store/audit-lines.ts';
import type { DecidingParts, OpenCustomer } from './open-customer.ts';
import type { Cause } from './states.ts';

/**
 * Writes down which of a customer's values were opened to decide by, where no change is written that tells it. Nothing was opened: nothing is written.
 * @throws KycError `unavailable` when it cannot be written down; what was read is then not to be used
 */
export async function noteReading(
  { store }: Pick<DecidingParts, 'store'>,
  { record, held }: Pick<OpenCustomer, 'record' | 'held'>,
  cause: Cause,
): Promise<void> {
  const fields = held.opened();
  if (fields.length > 0) await store.audit.recordRepeatable([lineOfReading(record.id, fields, cause)]);
}
