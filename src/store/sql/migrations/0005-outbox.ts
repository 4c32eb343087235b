import type { Kysely } from 'kysely';
import type { Tables } from '../tables.ts';

/** What is to be told to wallets and operators, and what came of it. */
export async function createOutboxTables(_db: Kysely<Tables>): Promise<void> {}
