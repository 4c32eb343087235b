import { invalidField } from '../../errors.ts';
import type { FoundCustomer } from '../../store/search-store.ts';
import { personIndex, searchIndexes, soughtEntry } from '../search-index.ts';
import { type Operator, requireRole } from './operator.ts';
import type { ReviewParts } from './parts.ts';

/** Whom an operator looks for. */
export interface SearchRequest {
  /** One of {@link searchFields}. */
  readonly field: string;
  /** The whole value, spelt as people do. */
  readonly value: string;
  /** YYYY-MM-DD, with a person's name alone. */
  readonly birthDate?: string | undefined;
}

/** Who was found. */
export interface SearchResult {
  readonly customers: readonly FoundCustomer[];
  /** Whether there are more than are answered. */
  readonly isCut: boolean;
}

/** More than anybody looks through. */
const maxFound = 50;

/**
 * Customers by a value of theirs, which is opened of nobody. The audit trail is told first by which field it was looked for, and how many there were.
 * @throws KycError naming what cannot be looked for; `unavailable` when it cannot be written down
 */
export async function searchCustomers(
  { store, program, indexKey }: Pick<ReviewParts, 'store' | 'program' | 'indexKey'>,
  operator: Operator,
  { field, value, birthDate }: SearchRequest,
): Promise<SearchResult> {
  requireRole(operator, 'reviewer');
  const indexes = searchIndexes(program);
  const index = indexes.find(({ name }) => name === field);
  if (index === undefined) throw invalidField('field', `expected one of ${indexes.map(({ name }) => name).join(', ')}`);
  if ((birthDate === undefined) === (field === personIndex))
    throw invalidField('birthDate', `expected with ${personIndex}, and with nothing else`);
  const entry = soughtEntry(indexKey, index, value, birthDate ?? '');
  if (entry === undefined) throw invalidField('value', 'expected the whole value');
  const found = await store.search.find(entry, maxFound + 1);
  const customers = found.slice(0, maxFound);
  const about = { field, found: customers.length };
  await store.audit.record([{ action: 'search.made', actor: { kind: 'operator', id: operator.name }, about }]);
  return { customers, isCut: found.length > maxFound };
}

/** What operators can look for of what the program asks for. */
export function searchFields({ program }: Pick<ReviewParts, 'program'>, operator: Operator): readonly string[] {
  requireRole(operator, 'reviewer');
  // Of a person the birth date, which comes last.
  const asked = searchIndexes(program).filter(({ keys }) => program.fields.has(keys.at(-1) ?? ''));
  return asked.map(({ name }) => name);
}
