import { type RawBuilder, sql } from 'kysely';
import type { CustomerRecord } from '../store.ts';

/** What a record is made of. */
export const recordColumns: RawBuilder<unknown> = sql.raw(
  'customers.id, customers.version, customers.kek_id, customers.wrapped_key, customers.dossier',
);

/** A row of {@link recordColumns}. */
export interface RecordRow {
  id: string;
  version: number;
  kek_id: string;
  wrapped_key: Uint8Array;
  dossier: string | null;
  known_as?: string | null;
}

/** The record of a row, if there is one. */
export function toRecord(row: RecordRow | undefined): CustomerRecord | undefined {
  if (row === undefined) return undefined;
  const { id, version, kek_id: kekId, wrapped_key: bytes } = row;
  const { known_as: knownAs } = row;
  return { id, version, wrappedKey: { kekId, bytes }, dossier: row.dossier ?? undefined, ...(knownAs && { knownAs }) };
}
