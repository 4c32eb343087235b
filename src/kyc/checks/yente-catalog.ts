import { isJsonObject, type JsonObject, ServiceFault, textOf, textsOf } from './call-service.ts';

/** What was searched, for the evidence. */
export interface IndexedData {
  readonly dataset: string;
  /** The version of the dataset itself. */
  readonly version: string | undefined;
  /** The indexed datasets that it is part of or made of, each with the version in the index. */
  readonly indexed: Readonly<Record<string, string>>;
  /** Whether any of the index is older than what is published. */
  readonly stale: boolean;
}

/**
 * Reads `/catalog`: what of the dataset is in the index. A dataset may be indexed by itself, as a part of a larger one, or by its parts.
 * @throws ServiceFault when nothing of it is: where nothing is indexed nobody is found
 */
export function readCatalog(answer: JsonObject, dataset: string): IndexedData {
  const listed = Array.isArray(answer['datasets']) ? answer['datasets'].filter(isJsonObject) : [];
  const datasets = new Map(listed.map((entry) => [textOf(entry['name']) ?? '', entry]));
  const asked = datasets.get(dataset);
  if (asked === undefined) throw new ServiceFault('yente', 'does not have the dataset of the settings');
  const related = [...datasets.keys()].filter((name) => isWithin(dataset, name) || isWithin(name, dataset));
  const indexed = related.flatMap((name) => {
    const version = textOf(datasets.get(name)?.['index_version']);
    return version === undefined ? [] : [[name, version] as const];
  });
  if (indexed.length === 0) throw new ServiceFault('yente', 'has not indexed the dataset of the settings');
  const stale = answer['index_stale'] === true;
  return { dataset, version: textOf(asked['version']), indexed: Object.fromEntries(indexed), stale };

  function isWithin(inner: string, outer: string, seen: Set<string> = new Set()): boolean {
    if (inner === outer) return true;
    if (seen.has(outer)) return false;
    seen.add(outer);
    return textsOf(datasets.get(outer)?.['children']).some((child) => isWithin(inner, child, seen));
  }
}
