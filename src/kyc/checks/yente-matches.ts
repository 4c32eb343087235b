import { isJsonObject, type JsonObject, ServiceFault, textOf, textsOf } from './call-service.ts';
import type { Hit, Screened } from './screening-result.ts';
import type { ScreeningRole } from './screening-subject.ts';
import type { YenteQueries, YenteQuery } from './yente-query.ts';

/**
 * Reads the answer to a batch of queries: for each of them what matches.
 * @throws ServiceFault for an answer that is not of the documented form, or not to each of these queries
 */
export function readMatches(
  answer: JsonObject,
  queries: YenteQueries,
  threshold: number,
  payload: string,
): readonly Screened[] {
  const { responses } = answer;
  if (!isJsonObject(responses)) throw new ServiceFault('yente', 'answered without responses');
  return Object.entries(queries).map(([role, query]) => ({
    role: role as ScreeningRole,
    hits: hitsOf(responses[role], query, threshold),
    payloads: [payload],
  }));
}

/** The answer repeats the query's schema, and counts its matches beside listing them: both must agree with what was asked and is listed. */
function hitsOf(response: unknown, query: YenteQuery, threshold: number): readonly Hit[] {
  if (!isJsonObject(response) || response['status'] !== 200)
    throw new ServiceFault('yente', 'answered a query without success');
  const { results, total, query: echo } = response;
  if (!isJsonObject(echo) || echo['schema'] !== query.schema) throw new ServiceFault('yente', 'answered another query');
  if (!Array.isArray(results) || !isJsonObject(total) || typeof total['value'] !== 'number')
    throw new ServiceFault('yente', 'answered without results or their total');
  const hits = results.map(readResult).filter(({ isMatch, hit }) => isMatch || hit.score >= threshold);
  if (total['value'] > 0 && hits.length === 0) throw new ServiceFault('yente', 'counted matches that it did not list');
  return hits.map(({ hit }) => hit);
}

function readResult(item: unknown): { readonly isMatch: boolean; readonly hit: Hit } {
  const result = isJsonObject(item) ? item : {};
  const { score, match, explanations, schema } = result;
  const [id, name] = [textOf(result['id']), textOf(result['caption'])];
  if (id === undefined || name === undefined || typeof score !== 'number' || typeof match !== 'boolean')
    throw new ServiceFault('yente', 'answered a result without id, caption, score or match');
  return {
    isMatch: match,
    hit: { id, name, score, lists: textsOf(result['datasets']), details: { schema, match, explanations } },
  };
}
