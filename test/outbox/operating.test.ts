import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { deliveriesCommand } from '../../src/deliveries-command.ts';
import { KycError } from '../../src/errors.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { DeliveryMetrics, renderMetrics } from '../../src/outbox/delivery-metrics.ts';
import { circuitOpenMs, nextAttemptMs, retryDelaysMs } from '../../src/outbox/retry-schedule.ts';
import { TargetSlots } from '../../src/outbox/target-slots.ts';
import { callbackReceiver } from '../support/callback-receiver.ts';
import { sqliteGround } from '../support/engines.ts';
import { groundOver, outboxGround, until } from '../support/outbox-ground.ts';
import { signer } from '../support/outbox-standings.ts';
import { openTestAnchor, temporaryDirectory } from '../support/test-anchor.ts';

test('[outbox.schedule] attempts come after 0, 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h, a tenth more or less', () => {
  const hours = [5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24];
  assert.deepEqual(
    retryDelaysMs,
    hours.map((hour) => hour * 3_600_000),
  );
  for (const [index, delay] of retryDelaysMs.entries()) {
    assert.deepEqual(
      [0, 0.5, 1].map((random) => Math.round(((nextAttemptMs(index + 1, 0, random) ?? 0) / delay) * 100)),
      [90, 100, 110],
    );
  }
  assert.equal(nextAttemptMs(10, 0, 0.5), undefined);
});

test('[outbox.circuit] a host is left alone for longer and longer, five minutes at most', () => {
  const seconds = [1, 2, 3, 4, 5, 20].map((failures) => circuitOpenMs(failures, 0.5) / 1000);
  assert.deepEqual(seconds, [0, 0, 5, 10, 20, 300]);
});

test('[outbox.slots] a host gets one at a time until it has answered well, and those that hang take their own share alone', () => {
  const slots = new TargetSlots({ perTarget: 4, inFlight: 10 });
  const ready = (target: string, failures = 0) => ({ target, failures, dueAt: new Date(0) });
  assert.deepEqual(slots.share([ready('a')]), [{ target: 'a', limit: 1 }]);
  slots.take('a')(true);
  assert.deepEqual(slots.share([ready('a')]), [{ target: 'a', limit: 4 }]);
  assert.deepEqual(
    slots.share([ready('a', 2)]),
    [{ target: 'a', limit: 1 }],
    'one that fails at another process is on trial',
  );
  for (let n = 0; n < 10; n++) slots.take(`hanging-${n}`);
  assert.deepEqual(slots.share([ready('new'), ready('a')]), [{ target: 'a', limit: 4 }]);
  slots.take('a')(false);
  assert.deepEqual(slots.share([ready('a')]), []);
});

test('[outbox.slots] who was served the longest ago comes first, and where many wait nobody takes much', () => {
  const slots = new TargetSlots({ perTarget: 8, inFlight: 4 });
  const ready = ['a', 'b', 'c', 'd', 'e', 'f'].map((target) => ({ target, failures: 0, dueAt: new Date(0) }));
  for (const { target } of ready) slots.take(target)(true);
  const served = new Set<string>();
  for (let round = 0; round < 2; round++) {
    const shares = slots.share(ready);
    assert.ok(shares.every(({ limit }) => limit === 1));
    for (const { target } of shares) {
      served.add(target);
      slots.take(target)(true);
    }
  }
  assert.equal(served.size, ready.length);
});

test('[outbox.metrics] attempts, latency and what waits are told to Prometheus, without a customer or a host', async () => {
  await using ground = await outboxGround();
  const statuses = [404, 200];
  await using receiver = await callbackReceiver(signer.publicKey, () => ({ status: statuses.shift() ?? 200 }));
  const [id, waiting] = [await ground.addCustomer(receiver.url), await ground.addCustomer('https://wallet.example/')];
  const metrics = new DeliveryMetrics();
  const worker = ground.start({ retryDelaysMs: [1] }, { metrics });
  await ground.move(id, 'PROCESSING');
  await until(async () => (await ground.store.deliveries.backlog()).pending === 0);
  await worker.stop();
  await ground.move(waiting, 'PROCESSING');
  const text = renderMetrics([metrics.counts], await ground.store.deliveries.backlog(), new Date(Date.now() + 60_000));
  for (const line of [
    'anchor_kyc_delivery_attempts_total{kind="callback",outcome="delivered"} 1',
    'anchor_kyc_delivery_attempts_total{kind="callback",outcome="refused"} 1',
    'anchor_kyc_delivery_latency_seconds_count{kind="callback"} 2',
    'anchor_kyc_deliveries_pending 1',
    'anchor_kyc_delivery_targets_off 0',
  ])
    assert.ok(text.split('\n').includes(line), line);
  assert.match(text, /^anchor_kyc_delivery_oldest_seconds (59|6\d)/m);
  assert.ok(!text.includes(id) && !text.includes('127.0.0.1') && !text.includes('wallet.example'));
});

test('[outbox.metrics] /metrics answers where it is switched on, and in local mode', async () => {
  await using local = await openTestAnchor();
  const reply = await local.call(undefined, 'GET', '/metrics');
  assert.equal(reply.headers.get('content-type'), 'text/plain; charset=utf-8; version=0.0.4');
  assert.match(await reply.text(), /^anchor_kyc_deliveries_pending 0$/m);
  await using off = await openTestAnchor({ metrics: false });
  assert.equal((await off.call(undefined, 'GET', '/metrics')).status, 404);
});

test('[outbox.cli] deliveries are listed, shown and delivered again from the command line', async () => {
  const directory = await temporaryDirectory();
  const environment = { DATA_DIR: directory.path };
  await assert.rejects(deliveriesCommand(['list'], environment), TypeError);
  const path = join(directory.path, 'anchor-kyc.db');
  await using ground = await groundOver(sqliteGround(path, directory), systemClock);
  await using receiver = await callbackReceiver(signer.publicKey, () => ({ status: 404 }));
  const id = await ground.addCustomer(receiver.url);
  const worker = ground.start({ retryDelaysMs: [] });
  await ground.move(id, 'PROCESSING');
  await until(async () => (await ground.store.deliveries.backlog()).pending === 0);
  await worker.stop();
  const listed = await deliveriesCommand(['list', '--state', 'failed', '--customer', id], environment);
  assert.match(
    listed,
    new RegExp(`^1  \\S+  callback  failed  1 attempts  refused  sep31-sender  ${id}  ${receiver.host}\n$`),
  );
  assert.match(
    await deliveriesCommand(['show', '1'], environment),
    /\n {2}attempt {2}\S+ {2}refused {2}404 {2}\d+ ms\n$/,
  );
  assert.match(await deliveriesCommand(['targets'], environment), /^127\.0\.0\.1:\d+ {2}failing {2}1 failures/);
  assert.equal(await deliveriesCommand(['redeliver', '1'], environment), '1 to be delivered again\n');
  assert.equal(
    await deliveriesCommand(['redeliver', '--from', '2020-01-01'], environment),
    '1 to be delivered again\n',
  );
  assert.equal((await ground.store.deliveries.backlog()).pending, 1, 'one customer and type is told once');
  assert.equal(await deliveriesCommand(['enable', receiver.host], environment), 'it is tried again\n');
  await assert.rejects(deliveriesCommand(['show', '99'], environment), KycError);
  for (const args of [
    [],
    ['show'],
    ['redeliver'],
    ['list', '--state', 'lost'],
    ['list', '--limit', '0'],
    ['list', '--from', 'soon'],
  ])
    await assert.rejects(deliveriesCommand(args, environment), TypeError);
});
