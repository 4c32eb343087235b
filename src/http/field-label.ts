import { InvalidRequest } from '../errors.ts';
import type { Phrase } from '../messages/phrase.ts';
import { findField } from '../sep9/catalogue.ts';
import { readFieldName } from '../sep9/field-name.ts';

/** What the SEPs call the parameters of requests that are not about a person. */
const parameters: ReadonlySet<string> = new Set([
  ...['id', 'account', 'memo', 'memo_type', 'type', 'transaction_id', 'lang', 'url', 'customer_id', 'file_id', 'file'],
  ...['transaction', 'home_domain', 'client_domain'],
]);

/** Whether the SEPs know the name as a parameter. */
export function isParameter(name: string): boolean {
  return parameters.has(name);
}

/**
 * A field as an error message may call it. A name that only the sender knows is not repeated: some clients put values where
 * names belong.
 */
export function fieldLabel(name: string): Phrase {
  return isKnown(name) ? { key: 'thing.field', params: { field: name } } : { key: 'thing.a_field' };
}

/** What to say of a field whose value is none, under the same name as {@link fieldLabel} gives it. */
export function invalidPhrase(name: string, rule: Phrase): Phrase {
  return isKnown(name)
    ? { key: 'error.invalid_field', params: { field: name, rule } }
    : { key: 'error.invalid_unknown_field', params: { rule } };
}

/** The refusal of a field that came twice. */
export function givenTwice(name: string): InvalidRequest {
  return new InvalidRequest({ key: 'error.given_twice', params: { label: fieldLabel(name) } }, { field: name });
}

function isKnown(name: string): boolean {
  return isParameter(name) || findField(readFieldName(name).field) !== undefined;
}
