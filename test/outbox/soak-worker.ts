import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { DeliveryMetrics } from '../../src/outbox/delivery-metrics.ts';
import { startDeliveries } from '../../src/outbox/start-deliveries.ts';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import { openSqlite } from '../../src/store/sql/sqlite-engine.ts';
import { keyRing, renderFrom, signer } from '../support/outbox-standings.ts';

// One delivering process of the soak, to be killed.

const [, , path = ''] = process.argv;
const { outbox } = await openSqliteStore(path, systemClock);
startDeliveries({
  outbox,
  keyRing,
  signer,
  renderCustomer: renderFrom(openSqlite(path).db),
  endpoints: [],
  clock: systemClock,
  log: silentLogger,
  metrics: new DeliveryMetrics(),
  allowLoopback: true,
  pace: { pollMs: 20, timeoutMs: 500, leaseMarginMs: 300, retryDelaysMs: Array<number>(50).fill(50) },
});
process.send?.('started');
