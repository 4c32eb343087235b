import type { Visit } from './visit.ts';

/** What the queue can be asked for. */
export const queueFilters = [
  'state',
  'type',
  'risk',
  'reason',
  'olderThan',
  'claimedBy',
  'late',
  'escalated',
  'after',
] as const;

/** The part of the queue that a query asks for, and nothing else of it: it came from a browser. */
export function queuePart(query: URLSearchParams): URLSearchParams {
  const part = new URLSearchParams();
  for (const name of queueFilters) {
    const value = query.get(name);
    if (value) part.set(name, value);
  }
  return part;
}

/**
 * Where somebody is in their work: the type that they look at, and the part of the queue that they came from. Links and forms carry it along, so that
 * whoever clears a part of the queue is not thrown back to its whole with every customer.
 */
export function placeOf({ query, form }: Pick<Visit, 'query' | 'form'>): URLSearchParams {
  const sent = form.optional('place');
  const given = sent === undefined ? query : new URLSearchParams(sent);
  const [type, queue] = [given.get('type'), queuePart(new URLSearchParams(given.get('queue') ?? '')).toString()];
  return new URLSearchParams({ ...(type && { type }), ...(queue && { queue }) });
}

/** The page that leads back to that part of the queue, saying what was done. */
export function queuePath(part: URLSearchParams, done?: string): string {
  return withQuery('/queue', queuePart(part), done);
}

/** A path with a query, and what was done, if anything was. */
export function withQuery(path: string, query: URLSearchParams, done?: string): string {
  const all = new URLSearchParams(query);
  if (done !== undefined) all.set('done', done);
  return all.size === 0 ? path : `${path}?${all.toString()}`;
}
