import { languages } from '../../messages/languages.ts';
import { memoTypes } from '../../stellar/memo.ts';
import type { ParameterAbout } from './about.ts';
import { type Json, refTo } from './schemas.ts';

/** A parameter wherever it is sent: in a query, or as a field of a body. */
export interface NamedParameter {
  readonly description: string;
  readonly schema: Json;
}

const text: Json = { type: 'string' };

/** What requests of SEP-12 may say beside what they say about the person. */
export type ParameterName =
  | 'id'
  | 'account'
  | 'memo'
  | 'memo_type'
  | 'type'
  | 'transaction_id'
  | 'lang'
  | 'url'
  | 'file_id'
  | 'customer_id';

/** What each of them means. */
export const parameters: Readonly<Record<ParameterName, NamedParameter>> = {
  id: { description: 'The id that PUT answered.', schema: text },
  account: {
    description: "The token's account (`G…`, `M…` or `C…`), which is also meant when none is named.",
    schema: text,
  },
  memo: {
    description: 'Which user of a shared account is meant. Beside a token with a memo it must be equal.',
    schema: text,
  },
  memo_type: { description: 'What the memo is; `id` unless said.', schema: { type: 'string', enum: memoTypes } },
  type: { description: 'What the customer is to do, which decides what is asked.', schema: refTo('CustomerType') },
  transaction_id: { description: 'A transaction whose questions come on top; needs a `type`.', schema: text },
  lang: {
    description: `Of everything the customer reads: BCP 47, \`en\` unless said. This server speaks ${languages.join(', ')}; a tag falls back to its base language, then to English.`,
    schema: text,
  },
  url: {
    description: 'https on port 443, and leading to no private address.',
    schema: { type: 'string', format: 'uri' },
  },
  file_id: { description: 'The id that POST /customer/files answered.', schema: text },
  customer_id: { description: 'The id that PUT /customer answered.', schema: text },
};

/** These parameters, in the query. */
export function inQuery(...names: readonly ParameterName[]): ParameterAbout[] {
  return names.map((name) => ({ name, in: 'query', ...parameters[name] }));
}

/** These parameters, as properties of a body. */
export function asProperties(...names: readonly ParameterName[]): Record<string, Json> {
  return Object.fromEntries(
    names.map((name) => [name, { ...parameters[name].schema, description: parameters[name].description }]),
  );
}
