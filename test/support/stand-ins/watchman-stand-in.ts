import { json, type StandIn, serveStandIn } from './stand-in.ts';

/** An entry of a list. */
export interface ListedEntity {
  readonly name: string;
  readonly entityType: 'person' | 'business' | 'organization';
  readonly sourceID: string;
  readonly birthDate?: string;
  readonly governmentIDs?: readonly { readonly type: string; readonly country: string; readonly identifier: string }[];
}

/** How the stand-in behaves. */
export interface WatchmanBehaviour {
  readonly listed: readonly ListedEntity[];
  /** The guide's shape has the entity beside its score; the engine's own has the score within. */
  readonly nested?: boolean;
  /** Whether it is still loading its lists. */
  readonly loading?: boolean;
}

/** Every parameter that v0.66 knows of a search for people, businesses and organizations; any other is an error. */
const parameters = new Set([
  ...['type', 'name', 'altNames', 'source', 'sourceID', 'gender', 'birthDate', 'deathDate', 'titles', 'created'],
  ...['dissolved', 'minMatch', 'limit', 'requestID', 'debug', 'debugSourceIDs', 'format', 'address', 'addresses'],
]);
const govTypes = new Set(
  ['passport', 'drivers-license', 'national-id', 'tax-id', 'ssn', 'business-registration', 'personal-id'].map(
    (name) => `gov_${name}`,
  ),
);

/**
 * Stands in for moov-io/watchman v0.66: parameters, shapes and the way of scoring as in its docs/api.yaml, internal/search/api_search.go and
 * pkg/search/similarity.go: a number of the query that is on no entry weighs more than a name that is the same.
 */
export async function serveWatchman(
  behaviour: WatchmanBehaviour,
): Promise<StandIn & { readonly queries: URLSearchParams[] }> {
  const queries: URLSearchParams[] = [];
  const standIn = await serveStandIn((request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (request.method !== 'GET') return new Response(null, { status: 405 });
    if (pathname === '/v2/listinfo') return json(listInfo(behaviour));
    if (pathname !== '/v2/search') return new Response('404 page not found\n', { status: 404 });
    queries.push(searchParams);
    return search(behaviour, searchParams);
  });
  return { ...standIn, queries };
}

function listInfo({ listed, loading }: WatchmanBehaviour): unknown {
  if (loading === true) return { lists: null, listHashes: null, startedAt: '0001-01-01T00:00:00Z', version: 'v0.66.0' };
  return {
    lists: { us_csl: 442, us_ofac: 17646 + listed.length },
    listHashes: { us_csl: 'a572cf42', us_ofac: '06299aab' },
    startedAt: '2026-11-24T01:00:00Z',
    endedAt: '2026-11-24T01:00:42Z',
    version: 'v0.66.0',
  };
}

function search({ listed, nested, loading }: WatchmanBehaviour, query: URLSearchParams): Response {
  const extra = [...query.keys()].filter((name) => !parameters.has(name) && !govTypes.has(name));
  if (extra.length > 0) return json({ error: `extra/unused query parameters in request: ${extra.join(',')}` }, 400);
  const [name, type] = [query.get('name') ?? '', query.get('type') ?? ''];
  const minMatch = Number(query.get('minMatch') ?? 0);
  const found = (loading === true ? [] : listed)
    .filter(({ entityType }) => entityType === type)
    .map((entity) => ({ entity, match: scoreOf(entity, query) }))
    .filter(({ match }) => match >= minMatch && match > 0.001);
  const entities = found.map(({ entity, match }) => {
    const { birthDate, governmentIDs = null, ...shared } = entity;
    const details = { name: entity.name, birthDate: birthDate ? `${birthDate}T00:00:00Z` : null, governmentIDs };
    const shape = { ...shared, sourceList: 'us_ofac', [entity.entityType]: details, sanctionsInfo: null };
    return nested === true ? { entity: shape, match } : { ...shape, match };
  });
  const echo = { name, entityType: type, sourceList: 'api-request', sourceID: '', person: null };
  return json({ query: echo, entities: entities.length === 0 ? null : entities });
}

function scoreOf(entity: ListedEntity, query: URLSearchParams): number {
  const pieces: { score: number; weight: number }[] = [];
  const numbers = [...query].filter(([name]) => name.startsWith('gov_')).map(([, value]) => value.split(':')[1]);
  if (numbers.length > 0 && entity.governmentIDs !== undefined) {
    if (entity.governmentIDs.some(({ identifier }) => numbers.includes(identifier))) return 1;
    pieces.push({ score: 0, weight: 110 });
  }
  const name = query.get('name') ?? '';
  if (name !== '') pieces.push({ score: likeness(name, entity.name), weight: 42 });
  const birthDate = query.get('birthDate');
  if (birthDate !== null && entity.birthDate !== undefined)
    pieces.push({ score: Number(birthDate === entity.birthDate), weight: 15 });
  const weight = pieces.reduce((sum, piece) => sum + piece.weight, 0);
  return weight === 0 ? 0 : pieces.reduce((sum, piece) => sum + piece.score * piece.weight, 0) / weight;
}

/** The share of words that both have. */
function likeness(a: string, b: string): number {
  const words = (text: string): Set<string> => new Set(text.toLowerCase().match(/\p{L}+/gu));
  const [first, second] = [words(a), words(b)];
  return [...first].filter((word) => second.has(word)).length / Math.max(first.size, second.size);
}
