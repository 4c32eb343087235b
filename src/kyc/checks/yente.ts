import { callService, jsonOf, type ServiceCall } from './call-service.ts';
import type { Check, CheckContext, CheckInput, CheckKind, CheckResult, CheckServices } from './check.ts';
import { getScreeningSubjects, payloadHash, screeningResult } from './screening-result.ts';
import { screeningInputs } from './screening-subject.ts';
import { baseUrl, fraction, getSecrets, secretName, serviceFaults, serviceUrl } from './service-settings.ts';
import { oneOf, type Settings, setting, text } from './settings.ts';
import { type IndexedData, readCatalog } from './yente-catalog.ts';
import { readMatches } from './yente-matches.ts';
import { yenteQueries } from './yente-query.ts';

/** The scoring algorithms of yente v5. */
const algorithms = [
  'logic-v2',
  'logic-v1',
  'ofac-249',
  'name-based',
  'name-qualified',
  'regression-v1',
  'best',
] as const;

const rules = {
  url: serviceUrl,
  dataset: text('the name of a dataset, such as sanctions'),
  threshold: fraction,
  algorithm: oneOf(algorithms),
  apiKeySecret: secretName,
};

/**
 * Looks for everybody in the data in the datasets of an OpenSanctions yente, v5.
 * @see https://github.com/opensanctions/yente/blob/main/yente/routers/match.py
 */
export const yente: CheckKind = {
  name: 'yente',
  inputs: screeningInputs,
  early: false,
  fourEyes: true,
  whereabouts: ['url'],
  faultsOf: (settings) => serviceFaults(settings, rules, ['url']),
  open: (settings, services) => new YenteCheck(settings, services),
};

/** The catalog is about the whole engine, large, and allowed to be kept that long by its own Cache-Control. */
const catalogFreshMs = 5 * 60 * 1000;
const catalogMaxBytes = 16 * 1024 * 1024;

class YenteCheck implements Check {
  readonly #url: string;
  readonly #dataset: string;
  readonly #threshold: number;
  readonly #algorithm: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: CheckServices['fetch'];
  #catalog: { readonly readAtMs: number; readonly data: IndexedData } | undefined;

  constructor(settings: Settings, services: CheckServices) {
    this.#url = baseUrl(setting(settings, 'url', ''));
    this.#dataset = setting(settings, 'dataset', 'sanctions');
    this.#threshold = setting(settings, 'threshold', 0.7);
    this.#algorithm = setting(settings, 'algorithm', 'logic-v2');
    const secret = setting<string | undefined>(settings, 'apiKeySecret', undefined);
    const [key] = secret === undefined ? [] : getSecrets(services, 'yente', [secret]);
    this.#headers = key === undefined ? {} : { authorization: `ApiKey ${key}` };
    this.#fetch = services.fetch;
  }

  async run(input: CheckInput, { signal, now }: CheckContext): Promise<CheckResult> {
    const queries = yenteQueries(getScreeningSubjects(input));
    // Before the search: an engine without an index answers it with no results.
    const data = await this.#getIndexed(now, signal);
    const answer = await callService(this.#fetch, this.#match(queries, signal));
    const screened = readMatches(jsonOf('yente', answer), queries, this.#threshold, payloadHash(answer.body));
    const [threshold, algorithm] = [this.#threshold, this.#algorithm];
    return screeningResult({ engine: 'yente', ...data, threshold, algorithm, at: now.toISOString() }, screened);
  }

  #match(queries: ReturnType<typeof yenteQueries>, signal: AbortSignal): ServiceCall {
    const query = new URLSearchParams({ threshold: String(this.#threshold), algorithm: this.#algorithm });
    return {
      service: 'yente',
      url: `${this.#url}/match/${encodeURIComponent(this.#dataset)}?${query}`,
      method: 'POST',
      headers: { ...this.#headers, 'content-type': 'application/json', accept: 'application/json' },
      body: Buffer.from(JSON.stringify({ queries })),
      signal,
    };
  }

  async #getIndexed(now: Date, signal: AbortSignal): Promise<IndexedData> {
    const readAtMs = now.getTime();
    if (this.#catalog !== undefined && Math.abs(readAtMs - this.#catalog.readAtMs) < catalogFreshMs)
      return this.#catalog.data;
    const headers = { ...this.#headers, accept: 'application/json' };
    const call = { service: 'yente', url: `${this.#url}/catalog`, headers, signal, maxBytes: catalogMaxBytes };
    const data = readCatalog(jsonOf('yente', await callService(this.#fetch, call)), this.#dataset);
    this.#catalog = { readAtMs, data };
    return data;
  }
}
