import type { Transaction } from 'kysely';
import type { Move } from '../standing-store.ts';
import type { Tables } from './tables.ts';

/** Writes what the visible moves of a customer mean to those who are told of them, in the transaction of the moves. */
export async function enqueueMoves(
  _db: Transaction<Tables>,
  _customerId: string,
  _moves: readonly Move[],
  _now: number,
): Promise<void> {}
