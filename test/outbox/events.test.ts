import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { type OperatorEndpoint, operatorEndpoints } from '../../src/outbox/operator-endpoint.ts';
import { enqueueEvents } from '../../src/store/sql/sql-outbox.ts';
import { callbackReceiver, type Post } from '../support/callback-receiver.ts';
import { outboxGround, until } from '../support/outbox-ground.ts';
import { signer } from '../support/outbox-standings.ts';

const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

interface Event {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Record<string, unknown>;
}

function endpoints(url: string, more: object = {}): readonly OperatorEndpoint[] {
  const read = operatorEndpoints([{ url, secret, allowPrivate: true, ...more }]);
  if (typeof read === 'string') throw new Error(read);
  return read;
}

/** As an operator's own server does, by the library of Standard Webhooks. */
function verified({ body, headers }: Post): Event {
  return new Webhook(secret).verify(body, headers as Record<string, string>) as Event;
}

suite('what operators are told', () => {
  test('[outbox.events] every event comes signed by Standard Webhooks, in order, naming the customer by id alone', async () => {
    await using ground = await outboxGround();
    await using receiver = await callbackReceiver(signer.publicKey);
    const id = await ground.addCustomer();
    await ground.move(id, 'NEEDS_INFO', { to: 'needs-data' });
    await ground.move(id, 'PROCESSING', { to: 'in-review' });
    await ground.db.transaction().execute((db) =>
      enqueueEvents(
        db,
        [
          { name: 'field.rejected', customerId: id, field: 'birth_date', reason: 'unreadable' },
          {
            name: 'transaction.released',
            customerId: id,
            transactionId: 't1',
            protocol: 'sep-31',
            status: 'pending_receiver',
          },
        ],
        Date.now(),
      ),
    );
    await ground.store.deleteCustomer(id);
    const worker = ground.start({}, { endpoints: endpoints(receiver.url) });
    await receiver.received(7);
    await worker.stop();
    const events = receiver.posts.map(verified);
    assert.deepEqual(
      events.map(({ type }) => type),
      [
        'customer.created',
        'customer.status_changed',
        'customer.status_changed',
        'review.needed',
        'field.rejected',
        'transaction.released',
        'customer.erased',
      ],
    );
    assert.ok(events.every(({ data }) => data['customer_id'] === id));
    assert.deepEqual(events[2]?.data, {
      customer_id: id,
      type: 'sep31-sender',
      status: 'PROCESSING',
      cause: 'operator',
      reason: 'code',
    });
    assert.deepEqual(events[5]?.data, {
      customer_id: id,
      transaction_id: 't1',
      protocol: 'sep-31',
      status: 'pending_receiver',
    });
    assert.ok(
      receiver.posts.every(({ body }) => !body.includes('"ada"')),
      'the operator who did it is not named',
    );
    assert.equal(new Set(receiver.posts.map(({ headers }) => headers['webhook-id'])).size, 7);
  });

  test('[outbox.events] an endpoint gets what it subscribed to, under the same id at every attempt', async () => {
    await using ground = await outboxGround();
    const statuses = [500, 200];
    await using some = await callbackReceiver(signer.publicKey, () => ({ status: statuses.shift() ?? 200 }));
    await using all = await callbackReceiver(signer.publicKey);
    const both = [...endpoints(some.url, { events: ['customer.erased'] }), ...endpoints(all.url)];
    const worker = ground.start({ retryDelaysMs: [1, 1] }, { endpoints: both });
    const id = await ground.addCustomer();
    await ground.store.deleteCustomer(id);
    await some.received(2);
    await all.received(2);
    await worker.stop();
    assert.deepEqual(
      some.posts.map((post) => verified(post).type),
      ['customer.erased', 'customer.erased'],
    );
    assert.equal(new Set(some.posts.map(({ headers }) => headers['webhook-id'])).size, 1);
  });

  test('[outbox.events] without subscribers nothing is kept, and an endpoint that is no longer there is told nothing', async () => {
    await using ground = await outboxGround();
    await using receiver = await callbackReceiver(signer.publicKey, () => ({ status: 500 }));
    const first = ground.start({}, { endpoints: endpoints(receiver.url) });
    await ground.addCustomer();
    await receiver.received(1);
    await first.stop();
    const second = ground.start();
    await ground.addCustomer();
    await ground.store.deliveries.switchOn(receiver.host, new Date());
    await ground.db.transaction().execute((db) => db.updateTable('deliveries').set({ next_at: 0 }).execute());
    await until(async () => (await ground.store.deliveries.backlog()).pending === 0);
    await until(async () => (await ground.db.selectFrom('outbox_events').selectAll().execute()).length === 0);
    await second.stop();
    assert.deepEqual(
      (await ground.store.deliveries.list({}, 10)).map(({ state, outcome }) => [state, outcome]),
      [['cancelled', 'nobody']],
    );
  });

  test('[outbox.events] a setting that cannot be used is refused in words without URL or secret', () => {
    const url = 'https://hooks.example/secret-path';
    const bad: readonly unknown[] = [
      'text',
      [null],
      [{ url }],
      [{ url, secret: 'whsec_c2hvcnQ=' }],
      [{ url: 'http://hooks.example/', secret }],
      [{ url: 'https://hooks.example:8443/', secret }],
      [{ url: 'https://user:secret-path@hooks.example/', secret, allowPrivate: true }],
      [{ url: 'ftp://hooks.example/', secret, allowPrivate: true }],
      [{ url, secret, events: ['customer.sneezed'] }],
      [{ url, secret, events: [] }],
      [{ url, secret, allowPrivate: 'yes' }],
      [
        { url, secret },
        { url, secret },
      ],
    ];
    for (const given of bad) {
      const read = operatorEndpoints(given);
      assert.ok(typeof read === 'string', JSON.stringify(given));
      assert.doesNotMatch(read, /secret-path|BQUF/);
    }
    assert.equal(
      operatorEndpoints([
        { url, secret },
        { url: 'http://10.0.0.1:8080/', secret, allowPrivate: true },
      ]).length,
      2,
    );
  });

  test('[outbox.events] without the flag an endpoint inside is not connected to', async () => {
    await using ground = await outboxGround();
    const [endpoint] = endpoints('https://localhost/');
    assert.ok(endpoint);
    const worker = ground.start(
      { retryDelaysMs: [1] },
      { endpoints: [{ ...endpoint, allowPrivate: false }], allowLoopback: false },
    );
    await ground.addCustomer();
    await until(async () => (await ground.store.deliveries.list({ state: 'failed' }, 1)).length === 1);
    await worker.stop();
    const [{ outcome } = {}] = await ground.store.deliveries.list({}, 1);
    assert.ok(outcome === 'forbidden' || outcome === 'unreachable', outcome);
  });
});
