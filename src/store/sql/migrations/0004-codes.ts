import type { Kysely } from 'kysely';
import type { Tables } from '../tables.ts';

/** Confirmation codes that were or are to be sent. */
export async function createCodeTables(_db: Kysely<Tables>): Promise<void> {}
