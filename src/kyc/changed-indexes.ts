import type { Consequences } from '../store/standing-store.ts';
import { indexEntries, indexesOf } from './blind-index.ts';
import type { DecidingParts } from './open-customer.ts';
import { searchEntries } from './search-index.ts';

type Indexes = NonNullable<Consequences['indexes']>;
type Read = (key: string) => string | undefined;

/** The entries by which a customer is known again, of the indexes that these fields are part of. */
export function knownAgainBy(indexKey: Uint8Array, keys: readonly string[], read: Read): Indexes {
  const names = indexesOf(keys);
  const entries = names.length === 0 ? [] : indexEntries(indexKey, read);
  return { names, entries: entries.filter(({ index }) => names.includes(index)) };
}

/** Those, and the ones by which operators find the customer, to be written with the fields. */
export function changedIndexes(
  { program, indexKey }: Pick<DecidingParts, 'program' | 'indexKey'>,
  keys: readonly string[],
  read: Read,
): Pick<Consequences, 'indexes'> {
  const known = knownAgainBy(indexKey, keys, read);
  const sought = searchEntries(indexKey, program, read, keys);
  const names = [...known.names, ...sought.names];
  return names.length === 0 ? {} : { indexes: { names, entries: [...known.entries, ...sought.entries] } };
}
