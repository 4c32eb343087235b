import type { AttemptOutcome, Backlog, DeliveryKind } from '../store/outbox-store.ts';

/** Upper bounds of the latency histogram, in seconds. */
const bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15] as const;

interface Latencies {
  readonly counts: number[];
  sum: number;
  count: number;
}

/** Counts this process' attempts since its start. No label names a customer or a host. */
export class DeliveryMetrics {
  readonly #outcomes = new Map<string, number>();
  readonly #latencies = new Map<DeliveryKind, Latencies>();

  record(kind: DeliveryKind, outcome: AttemptOutcome, latencyMs: number): void {
    const labels = `kind="${kind}",outcome="${outcome}"`;
    this.#outcomes.set(labels, (this.#outcomes.get(labels) ?? 0) + 1);
    const latencies = this.#latencies.get(kind) ?? { counts: bounds.map(() => 0), sum: 0, count: 0 };
    this.#latencies.set(kind, latencies);
    for (const [index, bound] of bounds.entries())
      if (latencyMs <= bound * 1000) latencies.counts[index] = (latencies.counts[index] ?? 0) + 1;
    latencies.sum += latencyMs / 1000;
    latencies.count++;
  }

  /** Prometheus' text format, version 0.0.4, with what waits by now. */
  render(backlog: Backlog, now: Date): string {
    const oldestSeconds = backlog.oldestAt === undefined ? 0 : (now.getTime() - backlog.oldestAt.getTime()) / 1000;
    return [
      ...family('anchor_kyc_delivery_attempts_total', 'counter', 'Attempts by what became of them.'),
      ...[...this.#outcomes].map(([labels, count]) => `anchor_kyc_delivery_attempts_total{${labels}} ${count}`),
      ...family('anchor_kyc_delivery_latency_seconds', 'histogram', 'How long an attempt took.'),
      ...[...this.#latencies].flatMap(([kind, latencies]) => histogram(kind, latencies)),
      ...gauge('anchor_kyc_deliveries_pending', 'Deliveries that wait.', backlog.pending),
      ...gauge('anchor_kyc_delivery_oldest_seconds', 'The age of the oldest that waits.', Math.max(0, oldestSeconds)),
      ...gauge('anchor_kyc_delivery_targets_failing', 'Hosts and endpoints that fail.', backlog.failingTargets),
      ...gauge('anchor_kyc_delivery_targets_off', 'Hosts and endpoints switched off.', backlog.offTargets),
      '',
    ].join('\n');
  }
}

function family(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function gauge(name: string, help: string, value: number): string[] {
  return [...family(name, 'gauge', help), `${name} ${value}`];
}

function histogram(kind: DeliveryKind, { counts, sum, count }: Latencies): string[] {
  const name = 'anchor_kyc_delivery_latency_seconds';
  return [
    ...bounds.map((bound, index) => `${name}_bucket{kind="${kind}",le="${bound}"} ${counts[index] ?? 0}`),
    `${name}_bucket{kind="${kind}",le="+Inf"} ${count}`,
    `${name}_sum{kind="${kind}"} ${sum.toFixed(3)}`,
    `${name}_count{kind="${kind}"} ${count}`,
  ];
}
