import { addedDurations, type Durations, durationsOf, family, histogram } from '../metrics/prometheus.ts';

/** Upper bounds of the histogram, in seconds: from a look at a status to ten megabytes over a slow line. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60] as const;

/** What one process has answered since its start, by labels, as it can be sent to another. */
export type RequestCounts = Readonly<Record<string, Durations>>;

/** A request that was answered. */
export interface Answered {
  readonly method: string;
  /** The route's pattern: no label holds an account or an id. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
}

/** Counts this process' answers since its start. */
export class RequestMetrics {
  readonly #byLabels = new Map<string, Durations>();

  /** What was counted by now. */
  get counts(): RequestCounts {
    return Object.fromEntries(this.#byLabels);
  }

  record({ method, route, status, ms }: Answered): void {
    const labels = `method="${method}",route="${route}",status="${status}"`;
    this.#byLabels.set(labels, addedDurations(this.#byLabels.get(labels), durationsOf(bounds, ms)));
  }
}

/** Prometheus' text: what all processes have answered. */
export function renderRequests(all: readonly RequestCounts[]): string {
  const sums = new Map<string, Durations>();
  for (const [labels, durations] of all.flatMap((counts) => Object.entries(counts)))
    sums.set(labels, addedDurations(sums.get(labels), durations));
  const name = 'anchor_kyc_http_request_seconds';
  return [
    ...family(name, 'histogram', 'How long requests took, by route and status.'),
    ...[...sums].flatMap(([labels, durations]) => histogram(name, labels, bounds, durations)),
    '',
  ].join('\n');
}
