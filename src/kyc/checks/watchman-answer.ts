import { isJsonObject, type JsonObject, ServiceFault, textOf } from './call-service.ts';
import type { Hit } from './screening-result.ts';
import type { WatchmanSearch } from './watchman-search.ts';

/** Which lists an engine has loaded, for the evidence. */
export interface WatchmanLists {
  readonly version: string | undefined;
  /** Entries, by list. */
  readonly lists: Readonly<Record<string, number>>;
  /** What each list was, by list. */
  readonly listHashes: unknown;
  /** When they were loaded. */
  readonly loadedAt: string | undefined;
}

/**
 * Reads `/v2/listinfo`.
 * @throws ServiceFault when no list is loaded: on no list nobody is found
 */
export function readLists(answer: JsonObject): WatchmanLists {
  const lists = isJsonObject(answer['lists']) ? Object.entries(answer['lists']) : [];
  const loaded = lists.filter((entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0);
  if (loaded.length === 0) throw new ServiceFault('watchman', 'has no list loaded');
  return {
    version: textOf(answer['version']),
    lists: Object.fromEntries(loaded),
    listHashes: answer['listHashes'],
    loadedAt: textOf(answer['endedAt']),
  };
}

/**
 * Reads `/v2/search`: what matches from `minMatch` on. The answer repeats the query, which tells that it is one to ours and not
 * somebody else's idea of success.
 * @throws ServiceFault for an answer that is not of the documented form
 */
export function readHits(answer: JsonObject, search: WatchmanSearch, minMatch: number): readonly Hit[] {
  const { query, entities } = answer;
  if (!isJsonObject(query) || query['name'] !== search.name || query['entityType'] !== search.type)
    throw new ServiceFault('watchman', 'answered another query');
  // No hits are null: a list that nothing was appended to, in the language of the engine.
  if (entities === null) return [];
  if (!Array.isArray(entities)) throw new ServiceFault('watchman', 'answered without entities');
  return entities.map(readHit).filter(({ score }) => score >= minMatch);
}

/** An entity beside its score, as the engine writes it, or within, as its guide has it. */
function readHit(item: unknown): Hit {
  const outer = isJsonObject(item) ? item : {};
  const entity = isJsonObject(outer['entity']) ? outer['entity'] : outer;
  const id = textOf(entity['sourceID']);
  const name = textOf(entity['name']);
  const list = textOf(entity['sourceList']);
  const score = outer['match'];
  if (id === undefined || name === undefined || list === undefined || !isScore(score))
    throw new ServiceFault('watchman', 'answered an entity without id, name, list or score');
  return { id, name, score, lists: [list], details: { entityType: entity['entityType'] } };
}

function isScore(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}
