import { json, type StandIn, serveStandIn } from './stand-in.ts';

/** An entity of the data. */
export interface YenteEntity {
  readonly id: string;
  readonly schema: string;
  readonly name: string;
  readonly score: number;
}

/** How the stand-in behaves. */
export interface YenteBehaviour {
  readonly entities: readonly YenteEntity[];
  readonly apiKey?: string;
  /** Whether the data are not in the index yet. */
  readonly unindexed?: boolean;
}

/** Properties of FollowTheMoney by schema, as far as they are of use in a query; yente logs the value of any other. */
const legalEntity = [
  'name',
  'alias',
  'country',
  'jurisdiction',
  'registrationNumber',
  'taxNumber',
  'vatCode',
  'idNumber',
];
const person = ['firstName', 'middleName', 'lastName', 'birthDate', 'birthCountry', 'nationality', 'passportNumber'];
const properties: Readonly<Record<string, readonly string[]>> = {
  LegalEntity: legalEntity,
  Organization: legalEntity,
  Company: legalEntity,
  Person: [...legalEntity, ...person],
};
/** What a query of a schema finds. */
const finds: Readonly<Record<string, readonly string[]>> = {
  Person: ['Person', 'LegalEntity'],
  Organization: ['Organization', 'Company', 'LegalEntity'],
  Company: ['Company', 'Organization', 'LegalEntity'],
  LegalEntity: ['LegalEntity', 'Person', 'Organization', 'Company'],
};
const algorithms = ['logic-v2', 'logic-v1', 'name-based', 'name-qualified', 'ofac-249', 'regression-v1', 'best'];

/** Stands in for yente v5.5 over the collection `sanctions`, with the shapes and refusals of yente/routers/match.py and admin.py. */
export async function serveYente(behaviour: YenteBehaviour): Promise<StandIn & { readonly requests: string[] }> {
  const requests: string[] = [];
  const standIn = await serveStandIn(async (request) => {
    const url = new URL(request.url);
    requests.push(`${request.method} ${url.pathname}${url.search}`);
    const { apiKey } = behaviour;
    if (apiKey !== undefined && request.headers.get('authorization') !== `ApiKey ${apiKey}`)
      return json({ detail: 'Invalid API key' }, 401);
    if (request.method === 'GET' && url.pathname === '/catalog') return json(catalog(behaviour));
    const dataset = /^\/match\/([^/]+)$/.exec(url.pathname)?.[1];
    if (request.method !== 'POST' || dataset === undefined) return json({ detail: 'Not Found' }, 404);
    if (dataset !== 'sanctions' && dataset !== 'default') return json({ detail: 'No such dataset.' }, 404);
    return match(behaviour, url.searchParams, await request.json());
  });
  return { ...standIn, requests };
}

function catalog({ unindexed }: YenteBehaviour): unknown {
  const version = '20261124062715-aaa';
  const indexed = unindexed === true ? null : version;
  return {
    datasets: [
      {
        name: 'default',
        version,
        children: ['sanctions', 'peps'],
        load: true,
        index_version: indexed,
        index_current: true,
      },
      { name: 'sanctions', version, children: ['us_ofac_sdn'], load: false, index_version: null, index_current: false },
      { name: 'us_ofac_sdn', version, children: [], load: false, index_version: null, index_current: false },
      { name: 'elsewhere', version, children: [], load: true, index_version: version, index_current: true },
    ],
    current: unindexed === true ? ['elsewhere'] : ['default', 'elsewhere'],
    outdated: [],
    index_stale: false,
  };
}

function match({ entities }: YenteBehaviour, params: URLSearchParams, body: unknown): Response {
  const threshold = Number(params.get('threshold') ?? 0.7);
  const unknown = [...params.keys()].filter((name) => !['threshold', 'algorithm', 'limit', 'cutoff'].includes(name));
  if (Number.isNaN(threshold) || unknown.length > 0)
    return json({ detail: [{ loc: ['query'], type: 'value_error' }] }, 422);
  const algorithm = params.get('algorithm') ?? 'best';
  if (!algorithms.includes(algorithm)) return json({ detail: `Invalid algorithm: ${algorithm}` }, 400);
  const { queries } = body as { queries?: Record<string, { schema?: string; properties?: Record<string, string[]> }> };
  if (queries === undefined) return json({ detail: [{ loc: ['body', 'queries'], type: 'missing' }] }, 422);
  if (Object.keys(queries).length === 0) return json({ detail: 'No queries provided.' }, 400);
  const responses: Record<string, unknown> = {};
  for (const [name, { schema = '', properties: asked }] of Object.entries(queries)) {
    if (asked === undefined) return json({ detail: [{ loc: ['body', 'queries', name], type: 'missing' }] }, 422);
    const fault = faultOf(schema, asked);
    if (fault !== undefined) return json({ detail: fault }, 400);
    responses[name] = answerTo(entities, schema, asked, threshold);
  }
  return json({ responses, limit: 5 });
}

function faultOf(schema: string, asked: Record<string, string[]>): string | undefined {
  const known = properties[schema];
  if (known === undefined) return `Cannot parse example entity: Unknown schema: '${schema}'`;
  const wrong = Object.keys(asked).filter((property) => !known.includes(property));
  return wrong.length === 0 ? undefined : `the stand-in is strict: ${schema} has no ${wrong.join()}`;
}

function answerTo(
  entities: readonly YenteEntity[],
  schema: string,
  asked: Record<string, string[]>,
  threshold: number,
): unknown {
  const names = (asked['name'] ?? []).map((name) => name.toLowerCase());
  const found = entities.filter(
    (entity) => finds[schema]?.includes(entity.schema) && names.includes(entity.name.toLowerCase()),
  );
  const results = found
    .filter(({ score }) => score > Math.min(0.7, threshold))
    .map(({ id, schema: found, name, score }) => ({
      id,
      caption: name,
      schema: found,
      properties: { name: [name], topics: ['sanction'] },
      datasets: ['us_ofac_sdn'],
      referents: [],
      target: true,
      first_seen: '2023-04-20T12:00:00',
      last_seen: '2026-11-24T06:27:15',
      last_change: '2025-02-01T00:00:00',
      score,
      explanations: { name_match: { score, detail: 'matched', query: names[0], candidate: name } },
      match: score >= threshold,
    }));
  const value = results.filter((result) => result.match).length;
  return { status: 200, results, total: { value, relation: 'eq' }, query: { id: null, schema, properties: asked } };
}
