import { systemClock } from '../../src/lib/clock.ts';
import { openSqliteStore } from '../../src/store/sql/sql-store.ts';
import { groundOver } from '../support/outbox-ground.ts';

// One delivering process of the soak, to be killed.

const [, , path = ''] = process.argv;
const ground = groundOver(path, await openSqliteStore(path, systemClock), systemClock);
ground.start({ pollMs: 20, timeoutMs: 500, leaseMarginMs: 300, retryDelaysMs: Array<number>(50).fill(50), perTarget: 8 });
process.send?.('started');
