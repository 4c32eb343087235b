import assert from 'node:assert/strict';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { DeliveryMetrics } from '../../src/outbox/delivery-metrics.ts';
import { startDeliveries } from '../../src/outbox/start-deliveries.ts';
import { readDatabaseUrl } from '../../src/store/database.ts';
import { openStore } from '../../src/store/sql/open-store.ts';
import { openPostgres } from '../../src/store/sql/postgres-engine.ts';
import { openSqlite } from '../../src/store/sql/sqlite-engine.ts';
import { keyRing, renderFrom, signer } from '../support/outbox-standings.ts';

// One delivering process of the soak, to be killed.

const [, , databaseUrl = ''] = process.argv;
const database = readDatabaseUrl(databaseUrl) ?? assert.fail();
const { outbox } = await openStore(database, systemClock);
const reading = database.engine === 'sqlite' ? openSqlite(database.path) : openPostgres(database.url);
startDeliveries({
  outbox,
  keyRing,
  signer,
  renderCustomer: renderFrom(reading.db),
  endpoints: [],
  clock: systemClock,
  log: silentLogger,
  metrics: new DeliveryMetrics(),
  allowLoopback: true,
  pace: { pollMs: 20, timeoutMs: 500, leaseMarginMs: 300, retryDelaysMs: Array<number>(50).fill(50) },
});
process.send?.('started');
