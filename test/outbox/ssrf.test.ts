import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { suite, test } from 'node:test';
import { InvalidRequest } from '../../src/errors.ts';
import { GuardedFetchError, guardedFetch, type LookupAll } from '../../src/lib/guarded-fetch.ts';
import { callbackUrl } from '../../src/sep12/callback-url.ts';
import { callbackName } from '../../src/store/callback-store.ts';
import { openVault } from '../../src/vault/vault.ts';
import { callbackReceiver } from '../support/callback-receiver.ts';
import { outboxGround, until } from '../support/outbox-ground.ts';
import { keyRing, signer } from '../support/outbox-standings.ts';
import { hostileAnswers, hostileUrls } from './ssrf-corpus.ts';

const limits = { timeoutMs: 2000, maxResponseBytes: 1000 };
const all = hostileUrls.flatMap(({ trick, urls }) => urls.map((url) => ({ trick, url })));

/** Names of the corpus that are not refused by their looks lead inside by their address. */
const inside: LookupAll = (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]);

/** The sockets that this process opens while `work` runs: every one of node:net is announced before it connects. */
async function socketsDuring(work: () => Promise<void>): Promise<number> {
  let opened = 0;
  const count = (message: unknown): void => {
    const { socket } = message as { socket: { connecting: boolean; once(event: string, listener: () => void): void } };
    socket.once('connect', () => opened++);
  };
  subscribe('net.client.socket', count);
  try {
    await work();
  } finally {
    unsubscribe('net.client.socket', count);
  }
  return opened;
}

suite('nothing inside is reached', () => {
  test('[ruling.25] no URL of the corpus is taken as a callback', () => {
    for (const { trick, url } of all) assert.throws(() => callbackUrl(url, false), InvalidRequest, `${trick}: ${url}`);
  });

  test('[ruling.25] no URL of the corpus is connected to at delivery', async () => {
    const guarded = guardedFetch({ lookup: inside });
    const opened = await socketsDuring(async () => {
      for (const { trick, url } of all)
        await assert.rejects(guarded(url, limits), GuardedFetchError, `${trick}: ${url}`);
    });
    assert.equal(opened, 0);
  });

  test('[ruling.25] whatever a name server says, no inner address is connected to', async () => {
    const opened = await socketsDuring(async () => {
      for (const answer of hostileAnswers) {
        const lookup: LookupAll = (_host, _options, callback) =>
          callback(
            null,
            answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
          );
        await assert.rejects(
          guardedFetch({ lookup })('https://wallet.example/', limits),
          GuardedFetchError,
          answer.join(),
        );
      }
    });
    assert.equal(opened, 0);
  });

  test('[ruling.25] a name that leads elsewhere after the check is judged by what is connected to', async () => {
    await using receiver = await callbackReceiver(signer.publicKey);
    let asked = 0;
    const changing: LookupAll = (_host, _options, callback) => {
      asked++;
      callback(null, [{ address: asked === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }]);
    };
    // In local mode, so that the first answer is one that this machine can be connected to by.
    const guarded = guardedFetch({ allowLoopback: true, lookup: changing });
    const url = `http://wallet.example:${receiver.host.split(':')[1]}/`;
    assert.equal((await guarded(url, limits)).status, 200);
    assert.equal(asked, 1, 'one lookup, the one that is connected by');
    await assert.rejects(guarded(url, limits), GuardedFetchError);
    assert.deepEqual([asked, receiver.posts.length], [2, 1]);
  });

  test('[ruling.25] a URL that got into the database unjudged is refused at every attempt, and a socket that listens hears nothing', async () => {
    let heard = 0;
    const listening = createServer(() => heard++).listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const { port } = listening.address() as AddressInfo;
    await using ground = await outboxGround();
    const ids: string[] = [];
    for (const url of [
      `http://127.0.0.1:${port}/`,
      `https://127.0.0.1:${port}/`,
      `https://2130706433:${port}/`,
      'https://localhost/',
    ]) {
      const id = await ground.addCustomer('https://wallet.example/');
      const { wrapped_key: bytes, kek_id: kekId } = await ground.db
        .selectFrom('customers')
        .select(['wrapped_key', 'kek_id'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      const vault = await openVault(keyRing, id, { bytes, kekId });
      const sealed_url = vault.seal(callbackName(id, await ground.callbackOf(id)), url);
      await ground.db.transaction().execute((db) =>
        db
          .updateTable('callbacks')
          .set({ sealed_url, target: `t${ids.length}` })
          .where('customer_id', '=', id)
          .execute(),
      );
      await ground.move(id, 'PROCESSING');
      ids.push(id);
    }
    const worker = ground.start({ retryDelaysMs: [1] }, { allowLoopback: false });
    await until(async () => (await ground.store.deliveries.backlog()).pending === 0);
    await worker.stop();
    const log = await ground.store.deliveries.list({}, 50);
    assert.deepEqual(
      new Set(log.filter(({ target }) => target !== 't3').map(({ outcome }) => outcome)),
      new Set(['forbidden']),
    );
    assert.ok(log.every(({ state }) => state === 'failed'));
    assert.equal(heard, 0);
    listening.close();
  });

  test('[ruling.25] a kept connection is to the address that was judged', async () => {
    await using receiver = await callbackReceiver(signer.publicKey);
    let asked = 0;
    const lookup: LookupAll = (_host, _options, callback) => {
      asked++;
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    };
    const guarded = guardedFetch({ allowLoopback: true, keptConnections: 2, lookup });
    const url = `http://wallet.example:${receiver.host.split(':')[1]}/`;
    const opened = await socketsDuring(async () => {
      for (let n = 0; n < 5; n++) await guarded(url, { ...limits, method: 'POST', body: Buffer.from('x') });
    });
    assert.deepEqual([opened, asked, receiver.posts.length], [1, 1, 5]);
  });

  test('[outbox.kept] a kept connection that the server has closed meanwhile costs no delivery', async () => {
    const used = new WeakSet<object>();
    let posts = 0;
    const closing = createHttpServer((request, response) => {
      posts++;
      if (used.has(request.socket)) request.socket.resetAndDestroy();
      else response.end();
      used.add(request.socket);
    }).listen(0, '127.0.0.1');
    await once(closing, 'listening');
    const guarded = guardedFetch({ allowLoopback: true, keptConnections: 2 });
    const url = `http://127.0.0.1:${(closing.address() as AddressInfo).port}/`;
    for (let n = 0; n < 4; n++)
      assert.equal((await guarded(url, { ...limits, method: 'POST', body: Buffer.from('x') })).status, 200);
    assert.ok(posts > 4, 'some came twice');
    closing.closeAllConnections();
    closing.close();
  });

  test('[ruling.25] a proxy in the environment is not used', async () => {
    let heard = 0;
    const proxy = createServer(() => heard++).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const at = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    await using receiver = await callbackReceiver(signer.publicKey);
    const env = {
      PATH: process.env['PATH'],
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: at,
      HTTPS_PROXY: at,
      http_proxy: at,
      https_proxy: at,
      NO_PROXY: '',
    };
    const child = fork(new URL('./proxied.ts', import.meta.url), [receiver.url], { env });
    const [answer] = (await once(child, 'message')) as [unknown];
    assert.deepEqual([answer, heard], [[200, 'unreachable'], 0]);
    proxy.close();
  });
});
