/** How long things of one kind took: how many were within each bound, all of them together, and how many there were. */
export interface Durations {
  readonly counts: readonly number[];
  readonly sumSeconds: number;
  readonly count: number;
}

/** One more, by upper bounds in seconds. */
export function durationsOf(bounds: readonly number[], ms: number): Durations {
  return { counts: bounds.map((bound) => (ms <= bound * 1000 ? 1 : 0)), sumSeconds: ms / 1000, count: 1 };
}

/** Those of two processes, or of before and now, as one. */
export function addedDurations(one: Durations | undefined, other: Durations): Durations {
  if (one === undefined) return other;
  const counts = one.counts.map((count, index) => count + (other.counts[index] ?? 0));
  return { counts, sumSeconds: one.sumSeconds + other.sumSeconds, count: one.count + other.count };
}

/** The two lines that begin a metric. @see Prometheus' text format, version 0.0.4 */
export function family(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

/** A metric of one value. */
export function gauge(name: string, help: string, value: number): string[] {
  return [...family(name, 'gauge', help), `${name} ${value}`];
}

/** The lines of one histogram. @param labels as `kind="callback"` */
export function histogram(name: string, labels: string, bounds: readonly number[], durations: Durations): string[] {
  const { counts, sumSeconds, count } = durations;
  return [
    ...bounds.map((bound, index) => `${name}_bucket{${labels},le="${bound}"} ${counts[index] ?? 0}`),
    `${name}_bucket{${labels},le="+Inf"} ${count}`,
    `${name}_sum{${labels}} ${sumSeconds.toFixed(3)}`,
    `${name}_count{${labels}} ${count}`,
  ];
}
