import { InvalidRequest } from '../errors.ts';

/** Request parameters by wire name; empty ones are left out. */
export type Params = ReadonlyMap<string, string>;

/** What a request may say beside what it says about the person. */
const parameterNames = ['id', 'account', 'memo', 'memo_type', 'type', 'transaction_id', 'lang'] as const;

/** Whether the name is a parameter's, so that it is no field of a person. */
export function isParameter(name: string): boolean {
  return parameterNames.some((parameter) => parameter === name);
}

/**
 * The parameters of a request with a body. Some clients put them into the query (the memo of a DELETE, the `transaction_id` of a PUT);
 * nothing else is taken from there: what is about a person has no place in a URL.
 * @throws InvalidRequest when body and query differ, but for `lang`, where the body decides
 */
export function parametersOf(values: ReadonlyMap<string, string>, query: Params): Params {
  const params = new Map<string, string>();
  for (const name of parameterNames) {
    const [inBody, inQuery] = [values.get(name) || undefined, query.get(name)];
    if (inBody !== undefined && inQuery !== undefined && inBody !== inQuery && name !== 'lang') throw differing(name);
    const value = inBody ?? inQuery;
    if (value !== undefined) params.set(name, value);
  }
  return params;
}

function differing(name: string): InvalidRequest {
  const label = { key: 'thing.field', params: { field: name } } as const;
  return new InvalidRequest({ key: 'error.differs_from_query', params: { label } }, { field: name });
}
