import type { Transaction } from 'kysely';
import type { Consequences } from '../standing-store.ts';
import type { Tables } from './tables.ts';

/** Notes that codes are to be sent, in the transaction that set the values they confirm. */
export async function enqueueCodes(
  _db: Transaction<Tables>,
  _customerId: string,
  _codes: Consequences['codes'],
  _now: number,
): Promise<void> {}
