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
export function fieldLabel(name: string): string {
  const isKnown = isParameter(name) || findField(readFieldName(name).field) !== undefined;
  return isKnown ? `'${name}'` : 'a field';
}
