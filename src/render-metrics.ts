import { renderRequests } from './http/request-metrics.ts';
import { family, gauge } from './metrics/prometheus.ts';
import { renderMetrics as renderDeliveries } from './outbox/delivery-metrics.ts';
import { release } from './release.ts';
import type { ProcessCounts } from './shared-counts.ts';
import type { Store } from './store/store.ts';

/** Beyond so many who wait, counting costs more than it says. */
const mostCounted = 10_000;

/** All that Prometheus is told: what processes counted since their start, and what waits in the database by now. */
export async function renderMetrics(
  all: readonly ProcessCounts[],
  { deliveries, census }: Pick<Store, 'deliveries' | 'census'>,
  now: Date,
): Promise<string> {
  const [backlog, reviews] = await Promise.all([deliveries.backlog(), census.countWaiting([now], mostCounted, now)]);
  const oldestSeconds = reviews.oldestAt === undefined ? 0 : (now.getTime() - reviews.oldestAt.getTime()) / 1000;
  const own = [
    ...family('anchor_kyc_info', 'gauge', 'The release.'),
    `anchor_kyc_info{version="${release}"} 1`,
    ...gauge('process_start_time_seconds', 'When the process that was asked started.', startedAtSeconds),
    ...gauge('process_resident_memory_bytes', 'The memory of the process that was asked.', process.memoryUsage.rss()),
    ...gauge('anchor_kyc_reviews_waiting', `Customers in review, ${mostCounted} at most.`, reviews.count),
    ...gauge('anchor_kyc_review_oldest_seconds', 'How long the first of them has waited.', Math.max(0, oldestSeconds)),
    '',
  ].join('\n');
  const requests = renderRequests(all.map((counts) => counts.requests));
  return (
    own +
    requests +
    renderDeliveries(
      all.map((counts) => counts.deliveries),
      backlog,
      now,
    )
  );
}

const startedAtSeconds = Math.round(performance.timeOrigin / 1000);
