import { addedDurations, type Durations, durationsOf, family, gauge, histogram } from '../metrics/prometheus.ts';
import { type AttemptOutcome, type Backlog, type DeliveryKind, deliveryKinds } from '../store/outbox-store.ts';

/** Upper bounds of the latency histogram, in seconds. */
const bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15] as const;

/** What one process has counted since its start, as it can be sent to another. */
export interface DeliveryCounts {
  /** By labels. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly latencies: Readonly<Partial<Record<DeliveryKind, Durations>>>;
}

/** Counts this process' attempts since its start. No label names a customer or a host. */
export class DeliveryMetrics {
  #counts: DeliveryCounts = { outcomes: {}, latencies: {} };

  /** What was counted by now. */
  get counts(): DeliveryCounts {
    return this.#counts;
  }

  record(kind: DeliveryKind, outcome: AttemptOutcome, latencyMs: number): void {
    this.#counts = added(this.#counts, {
      outcomes: { [`kind="${kind}",outcome="${outcome}"`]: 1 },
      latencies: { [kind]: durationsOf(bounds, latencyMs) },
    });
  }
}

/** Prometheus' text format, version 0.0.4: what all processes have counted, with what waits by now. */
export function renderMetrics(all: readonly DeliveryCounts[], backlog: Backlog, now: Date): string {
  const { outcomes, latencies } = all.reduce(added, { outcomes: {}, latencies: {} });
  const oldestSeconds = backlog.oldestAt === undefined ? 0 : (now.getTime() - backlog.oldestAt.getTime()) / 1000;
  return [
    ...family('anchor_kyc_delivery_attempts_total', 'counter', 'Attempts by what became of them.'),
    ...Object.entries(outcomes).map(([labels, count]) => `anchor_kyc_delivery_attempts_total{${labels}} ${count}`),
    ...family('anchor_kyc_delivery_latency_seconds', 'histogram', 'How long an attempt took.'),
    ...Object.entries(latencies).flatMap(([kind, counted]) =>
      histogram('anchor_kyc_delivery_latency_seconds', `kind="${kind}"`, bounds, counted),
    ),
    ...gauge('anchor_kyc_deliveries_pending', 'Deliveries that wait.', backlog.pending),
    ...gauge('anchor_kyc_delivery_oldest_seconds', 'The age of the oldest that waits.', Math.max(0, oldestSeconds)),
    ...gauge('anchor_kyc_delivery_targets_failing', 'Hosts and endpoints that fail.', backlog.failingTargets),
    ...gauge('anchor_kyc_delivery_targets_off', 'Hosts and endpoints switched off.', backlog.offTargets),
    '',
  ].join('\n');
}

function added(one: DeliveryCounts, other: DeliveryCounts): DeliveryCounts {
  const outcomes: Record<string, number> = { ...one.outcomes };
  for (const [labels, count] of Object.entries(other.outcomes)) outcomes[labels] = (outcomes[labels] ?? 0) + count;
  const latencies: Partial<Record<DeliveryKind, Durations>> = { ...one.latencies };
  for (const kind of deliveryKinds) {
    const more = other.latencies[kind];
    if (more !== undefined) latencies[kind] = addedDurations(latencies[kind], more);
  }
  return { outcomes, latencies };
}
