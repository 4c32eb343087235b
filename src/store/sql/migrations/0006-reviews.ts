import type { Kysely } from 'kysely';
import type { Tables } from '../tables.ts';

/** What reviewers hold, propose and note. */
export async function createReviewTables(_db: Kysely<Tables>): Promise<void> {}
