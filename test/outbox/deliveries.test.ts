import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { redeliver } from '../../src/outbox/deliveries.ts';
import type { DeliveryRecord } from '../../src/store/outbox-store.ts';
import { callbackReceiver, type Post } from '../support/callback-receiver.ts';
import { type Ground, outboxGround, until } from '../support/outbox-ground.ts';
import { signer, type } from '../support/outbox-standings.ts';

function seen(posts: readonly Post[]): string[] {
  return posts.map(({ body }) => (JSON.parse(body.toString()) as { status: string }).status);
}

function list(ground: Ground, customerId: string): Promise<readonly DeliveryRecord[]> {
  return ground.store.deliveries.list({ customerId }, 100);
}

async function settled(ground: Ground): Promise<void> {
  await until(async () => (await ground.store.deliveries.backlog()).pending === 0);
}

suite('what a wallet is told', () => {
  test('[sep12.callback.post] [ruling.26] each change is posted with the body that GET has then', async () => {
    await using ground = await outboxGround();
    await using receiver = await callbackReceiver(signer.publicKey);
    const id = await ground.addCustomer(receiver.url);
    const worker = ground.start();
    const polled: string[] = [];
    for (const status of ['NEEDS_INFO', 'PROCESSING', 'NEEDS_INFO', 'PROCESSING', 'ACCEPTED']) {
      await ground.move(id, status);
      polled.push((await ground.render(id, type, id))?.status ?? '');
      await receiver.received(polled.length);
      assert.deepEqual(receiver.posts.at(-1)?.body, (await ground.render(id, type, id))?.body);
    }
    await worker.stop();
    assert.deepEqual(seen(receiver.posts), polled, 'a wallet that polls and one that listens see the same');
  });

  test('[ruling.26] after ACCEPTED or REJECTED nothing is posted for that type, until a callback is set again', async () => {
    for (const final of ['ACCEPTED', 'REJECTED']) {
      await using ground = await outboxGround();
      await using receiver = await callbackReceiver(signer.publicKey);
      const id = await ground.addCustomer(receiver.url);
      const worker = ground.start();
      await ground.move(id, final);
      await settled(ground);
      await ground.move(id, 'NEEDS_INFO');
      await ground.move(id, 'PROCESSING', { type: 'other' });
      await settled(ground);
      assert.deepEqual(seen(receiver.posts), [final, 'PROCESSING'], 'the other type goes on');
      const [{ id: first = 0 } = {}] = (await list(ground, id)).slice(-1);
      assert.equal(await redeliver(ground.store.deliveries, { id: first }, { now: () => new Date() }), 0);
      await ground.setCallback(id, receiver.url);
      await ground.move(id, 'PROCESSING');
      await settled(ground);
      await worker.stop();
      assert.deepEqual(seen(receiver.posts), [final, 'PROCESSING', 'PROCESSING']);
    }
  });

  test('[ruling.26] without a callback, for a change nobody sees and for a transaction alone nothing is posted', async () => {
    await using ground = await outboxGround();
    await using receiver = await callbackReceiver(signer.publicKey);
    const [silent, id] = [await ground.addCustomer(), await ground.addCustomer(receiver.url)];
    await ground.move(silent, 'PROCESSING');
    await ground.move(id, 'PROCESSING', { isVisible: false });
    assert.deepEqual([await list(ground, silent), await list(ground, id)], [[], []]);
  });

  test('[outbox.current] changes while nobody delivers come as one post of the state that is', async () => {
    await using ground = await outboxGround();
    await using receiver = await callbackReceiver(signer.publicKey);
    const id = await ground.addCustomer(receiver.url);
    for (const status of ['NEEDS_INFO', 'PROCESSING', 'NEEDS_INFO']) await ground.move(id, status);
    const worker = ground.start();
    await settled(ground);
    await worker.stop();
    assert.deepEqual(seen(receiver.posts), ['NEEDS_INFO']);
    assert.deepEqual(
      (await list(ground, id)).map(({ state }) => state),
      ['delivered', 'superseded', 'superseded'],
    );
  });

  test('[outbox.current] a change that comes while an attempt fails does not wait for that one to be tried again', async () => {
    await using ground = await outboxGround();
    const worker = ground.start();
    let status = 500;
    await using receiver = await callbackReceiver(signer.publicKey, () => ({ status, delayMs: 100 }));
    const id = await ground.addCustomer(receiver.url);
    await ground.move(id, 'PROCESSING');
    await receiver.received(1);
    await ground.move(id, 'NEEDS_INFO');
    status = 200;
    await settled(ground);
    await worker.stop();
    assert.deepEqual(
      (await list(ground, id)).map(({ state }) => state),
      ['delivered', 'superseded'],
    );
  });

  test('[ruling.25] a new URL gets what was still to be told, and the old one nothing', async () => {
    await using ground = await outboxGround();
    await using old = await callbackReceiver(signer.publicKey, () => ({ status: 500 }));
    await using fresh = await callbackReceiver(signer.publicKey);
    const id = await ground.addCustomer(old.url);
    const worker = ground.start();
    await ground.move(id, 'PROCESSING');
    await until(async () => (await list(ground, id))[0]?.attempts === 1);
    await ground.setCallback(id, fresh.url);
    await settled(ground);
    await worker.stop();
    assert.deepEqual([old.posts.length, seen(fresh.posts)], [1, ['PROCESSING']]);
  });

  test('[ruling.25] a URL that is set while the old one is being told gets what was to be told, at once, whatever the old one answers', async () => {
    for (const status of [200, 410, 500]) {
      await using ground = await outboxGround();
      await using old = await callbackReceiver(signer.publicKey, () => ({ status, delayMs: 300 }));
      await using fresh = await callbackReceiver(signer.publicKey);
      const id = await ground.addCustomer(old.url);
      const worker = ground.start({ retryDelaysMs: [3_600_000] });
      await ground.move(id, 'ACCEPTED');
      await old.received(1);
      await ground.setCallback(id, fresh.url);
      await fresh.received(1);
      await settled(ground);
      await worker.stop();
      assert.deepEqual([old.posts.length, seen(fresh.posts)], [1, ['ACCEPTED']], String(status));
    }
  });

  test('[outbox.erased] an erased customer is told of no more, and no row is left', async () => {
    await using ground = await outboxGround();
    await using receiver = await callbackReceiver(signer.publicKey);
    const id = await ground.addCustomer(receiver.url);
    await ground.move(id, 'PROCESSING');
    await ground.store.deleteCustomer(id);
    const worker = ground.start();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await worker.stop();
    assert.deepEqual([receiver.posts.length, await list(ground, id)], [0, []]);
  });
});

suite('when a receiver fails', () => {
  test('[outbox.schedule] only 2xx is success; each attempt is in the log, with its status', async () => {
    await using ground = await outboxGround();
    const statuses = [302, 400, 404, 200];
    await using receiver = await callbackReceiver(signer.publicKey, () => ({
      status: statuses.shift() ?? 200,
      headers: { location: '/' },
    }));
    const id = await ground.addCustomer(receiver.url);
    const worker = ground.start({ retryDelaysMs: [1, 1, 1, 1] });
    await ground.move(id, 'PROCESSING');
    await settled(ground);
    await worker.stop();
    const [delivery] = await list(ground, id);
    const { attempts = [] } = (await ground.store.deliveries.find(delivery?.id ?? 0)) ?? {};
    assert.deepEqual(
      attempts.map(({ outcome, httpStatus }) => [outcome, httpStatus]),
      [
        ['refused', 302],
        ['refused', 400],
        ['refused', 404],
        ['delivered', 200],
      ],
    );
    assert.deepEqual([delivery?.state, delivery?.attempts], ['delivered', 4]);
    assert.ok(
      receiver.posts.every(({ path }) => path === '/callback'),
      'a redirect is not followed',
    );
  });

  test('[outbox.schedule] after the last attempt it is given up, seen in the log, and can be delivered again', async () => {
    await using ground = await outboxGround();
    let status = 404;
    await using receiver = await callbackReceiver(signer.publicKey, () => ({ status }));
    const id = await ground.addCustomer(receiver.url);
    const worker = ground.start({ retryDelaysMs: [1, 1] });
    await ground.move(id, 'PROCESSING');
    await settled(ground);
    assert.deepEqual(
      (await list(ground, id)).map(({ state, attempts }) => [state, attempts]),
      [['failed', 3]],
    );
    status = 200;
    const range = { from: new Date(Date.now() - 60_000), state: 'failed' } as const;
    assert.equal(await redeliver(ground.store.deliveries, range, { now: () => new Date() }), 1);
    await settled(ground);
    await worker.stop();
    assert.equal((await list(ground, id))[0]?.state, 'delivered');
  });

  test('[outbox.gone] 410 ends it: the URL is forgotten until a wallet sets one again', async () => {
    await using ground = await outboxGround();
    await using receiver = await callbackReceiver(signer.publicKey, () => ({ status: 410 }));
    const id = await ground.addCustomer(receiver.url);
    const worker = ground.start();
    await ground.move(id, 'PROCESSING');
    await settled(ground);
    await ground.move(id, 'NEEDS_INFO');
    await worker.stop();
    assert.deepEqual(
      (await list(ground, id)).map(({ state, outcome }) => [state, outcome]),
      [['failed', 'gone']],
    );
    assert.deepEqual(await ground.store.callbacks.listCallbacks(id), []);
  });

  test('[outbox.retry-after] Retry-After is honoured, within bounds', async () => {
    await using ground = await outboxGround();
    const asked = ['120', '99999999', new Date(Date.now() + 3_600_000).toUTCString(), 'nonsense'];
    const waits = [120, 86_400, 3600, 0];
    for (const [index, header] of asked.entries()) {
      await using receiver = await callbackReceiver(signer.publicKey, () => ({
        status: 400,
        headers: { 'retry-after': header },
      }));
      const id = await ground.addCustomer(receiver.url);
      const worker = ground.start({ retryDelaysMs: [10] });
      await ground.move(id, 'PROCESSING');
      await until(async () => (await list(ground, id))[0]?.attempts !== 0);
      await worker.stop();
      const [delivery] = await list(ground, id);
      const waitSeconds = ((delivery?.nextAt ?? delivery?.endedAt)?.getTime() ?? 0) / 1000 - Date.now() / 1000;
      assert.ok(Math.abs(waitSeconds - (waits[index] ?? 0)) < 5, `${header}: ${waitSeconds}`);
    }
  });

  test('[outbox.off] a host that has failed for five days is switched off, seen, and on again when a wallet sets a callback', async () => {
    let now = new Date('2026-01-01T00:00:00Z');
    await using ground = await outboxGround({ now: () => now });
    let status = 500;
    await using receiver = await callbackReceiver(signer.publicKey, () => ({ status }));
    const [id, other] = [await ground.addCustomer(receiver.url), await ground.addCustomer(receiver.url)];
    const worker = ground.start();
    await ground.move(id, 'PROCESSING');
    await until(async () => (await list(ground, id))[0]?.attempts === 1);
    for (let day = 1; day <= 5; day++) {
      now = new Date(now.getTime() + 24.1 * 3_600_000);
      await ground.move(id, 'PROCESSING');
      await until(async () => (await list(ground, id))[0]?.attempts === 1);
    }
    await settled(ground);
    const [target] = await ground.store.deliveries.listTargets();
    assert.deepEqual([target?.target, target?.offReason, target?.offSince], [receiver.host, 'failing', now]);
    await ground.move(other, 'PROCESSING');
    assert.deepEqual(
      (await list(ground, other)).map(({ state, outcome }) => [state, outcome]),
      [['failed', 'switched_off']],
    );
    status = 200;
    await ground.setCallback(other, receiver.url);
    await ground.move(other, 'NEEDS_INFO');
    await settled(ground);
    await worker.stop();
    assert.deepEqual(await ground.store.deliveries.listTargets(), []);
    assert.equal((await list(ground, other))[0]?.state, 'delivered');
  });

  test('[outbox.bounded] a receiver that never finishes its answer delays no other', async () => {
    await using ground = await outboxGround();
    await using endless = await callbackReceiver(signer.publicKey, () => ({
      status: 200,
      headers: { 'content-length': '900000000' },
    }));
    await using healthy = await callbackReceiver(signer.publicKey);
    const hung = await ground.addCustomer(endless.url);
    const well = await ground.addCustomer(healthy.url);
    const worker = ground.start({ timeoutMs: 1500 });
    await ground.move(hung, 'PROCESSING');
    await endless.received(1);
    await ground.move(well, 'PROCESSING');
    await healthy.received(1);
    await until(async () => (await list(ground, hung))[0]?.attempts === 1);
    await worker.stop();
    assert.ok((healthy.posts[0]?.at ?? 0) - (endless.posts[0]?.at ?? 0) < 1000);
    assert.ok(['timeout', 'unreachable'].includes((await list(ground, hung))[0]?.outcome ?? ''));
  });
});

suite('several workers', () => {
  test('[outbox.lease] what one holds no other takes, until its lease has ended; then the first changes nothing any more', async () => {
    await using ground = await outboxGround();
    const id = await ground.addCustomer('https://wallet.example/');
    await ground.move(id, 'PROCESSING');
    const { outbox } = ground.store;
    const now = new Date();
    const later = new Date(now.getTime() + 1000);
    const wanted = [{ target: 'wallet.example', limit: 5 }];
    const [held] = await outbox.claim(wanted, now, later);
    assert.deepEqual([await outbox.claim(wanted, now, later), await outbox.listReady(now)], [[], []]);
    await ground.move(id, 'NEEDS_INFO');
    assert.deepEqual(await outbox.claim(wanted, now, later), [], 'the customer is told in order');
    const [taken, ...none] = await outbox.claim(wanted, later, new Date(later.getTime() + 1000));
    assert.ok(held !== undefined && taken !== undefined);
    assert.deepEqual([taken.id, none], [held.id, []]);
    const attempt = {
      outcome: 'refused',
      httpStatus: 500,
      startedAt: now,
      latencyMs: 1,
      next: { state: 'failed' },
      target: { health: 'unknown' },
    } as const;
    await outbox.settle({ ...attempt, delivery: held }, later);
    assert.equal((await ground.store.deliveries.find(held.id))?.delivery.state, 'pending');
    await outbox.settle({ ...attempt, delivery: taken }, later);
    assert.equal((await ground.store.deliveries.find(held.id))?.delivery.state, 'failed');
  });

  test('[outbox.workers] four workers deliver everything once, each customer in order', async () => {
    await using ground = await outboxGround();
    await using receiver = await callbackReceiver(signer.publicKey);
    const ids = await Promise.all(Array.from({ length: 20 }, () => ground.addCustomer(receiver.url)));
    const workers = Array.from({ length: 4 }, () => ground.start());
    for (let round = 0; round < 5; round++)
      for (const id of ids) await ground.move(id, round % 2 === 0 ? 'PROCESSING' : 'NEEDS_INFO');
    await settled(ground);
    await Promise.all(workers.map((worker) => worker.stop()));
    const last = new Map<string, number>();
    for (const { body, fault } of receiver.posts) {
      const { id, message } = JSON.parse(body.toString()) as { id: string; message: string };
      assert.equal(fault, undefined);
      assert.ok(Number(message) >= (last.get(id) ?? 0), 'in order');
      last.set(id, Number(message));
    }
    assert.deepEqual([...last.values()], Array<number>(20).fill(5));
    const delivered = await ground.store.deliveries.list({ state: 'delivered' }, 500);
    assert.equal(receiver.posts.length, delivered.length, 'no delivery was made twice');
  });
});
