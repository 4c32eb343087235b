import { newUuid } from '../../lib/ids.ts';
import { callService, jsonOf, type ServiceAnswer } from './call-service.ts';
import type { Check, CheckContext, CheckInput, CheckKind, CheckResult, CheckServices } from './check.ts';
import { getScreeningSubjects, payloadHash, type Screened, screeningResult } from './screening-result.ts';
import { type ScreeningSubject, screeningInputs } from './screening-subject.ts';
import { baseUrl, fraction, serviceFaults, serviceUrl } from './service-settings.ts';
import { type Settings, setting } from './settings.ts';
import { readHits, readLists } from './watchman-answer.ts';
import { type WatchmanSearch, watchmanSearches } from './watchman-search.ts';

const rules = { url: serviceUrl, minMatch: fraction, rejectAbove: fraction };

/**
 * Looks for everybody in the data on the sanctions lists of moov-io/watchman, v0.60 and later.
 * @see https://github.com/moov-io/watchman/blob/master/docs/api.yaml
 */
export const watchman: CheckKind = {
  name: 'watchman',
  inputs: screeningInputs,
  early: false,
  fourEyes: true,
  whereabouts: ['url'],
  faultsOf: (settings) => serviceFaults(settings, rules, ['url']),
  open: (settings, services) => new WatchmanCheck(settings, services),
};

class WatchmanCheck implements Check {
  readonly #url: string;
  readonly #minMatch: number;
  readonly #rejectAbove: number | undefined;
  readonly #fetch: CheckServices['fetch'];

  constructor(settings: Settings, { fetch }: CheckServices) {
    this.#url = baseUrl(setting(settings, 'url', ''));
    this.#minMatch = setting(settings, 'minMatch', 0.85);
    this.#rejectAbove = setting<number | undefined>(settings, 'rejectAbove', undefined);
    this.#fetch = fetch;
  }

  async run(input: CheckInput, { signal, now }: CheckContext): Promise<CheckResult> {
    const subjects = getScreeningSubjects(input);
    // Before the searches: an engine that is still loading answers them with no hits.
    const lists = readLists(jsonOf('watchman', await this.#get('/v2/listinfo', signal)));
    // The engine's own log and traces have it, too.
    const requestId = newUuid();
    const screened: Screened[] = [];
    for (const subject of subjects) screened.push(await this.#screen(subject, requestId, signal));
    const engine = { engine: 'watchman', ...lists, minMatch: this.#minMatch, requestId, at: now.toISOString() };
    return screeningResult(engine, screened, this.#rejectAbove);
  }

  async #screen(subject: ScreeningSubject, requestId: string, signal: AbortSignal): Promise<Screened> {
    const hits = [];
    const payloads: string[] = [];
    for (const search of watchmanSearches(subject)) {
      const answer = await this.#get(`/v2/search?${this.#query(search, requestId)}`, signal);
      hits.push(...readHits(jsonOf('watchman', answer), search, this.#minMatch));
      payloads.push(payloadHash(answer.body));
    }
    const byId = new Map(hits.sort((a, b) => a.score - b.score).map((hit) => [`${hit.lists.join()} ${hit.id}`, hit]));
    return { role: subject.role, hits: [...byId.values()].reverse(), payloads };
  }

  #query(search: WatchmanSearch, requestId: string): string {
    const query = new URLSearchParams({ type: search.type });
    for (const [name, value] of search.params) query.append(name, value);
    query.set('minMatch', String(this.#minMatch));
    query.set('limit', '10');
    query.set('requestID', requestId);
    return query.toString();
  }

  #get(pathAndQuery: string, signal: AbortSignal): Promise<ServiceAnswer> {
    const headers = { accept: 'application/json' };
    return callService(this.#fetch, { service: 'watchman', url: `${this.#url}${pathAndQuery}`, headers, signal });
  }
}
