import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Keypair } from '@stellar/stellar-sdk';
import { systemClock } from '../../src/lib/clock.ts';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import { LocalKeyRing } from '../../src/vault/key-ring.ts';
import { openVault } from '../../src/vault/vault.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { photo, send, tokenFor } from './requests.ts';
import { startProcess } from './started-process.ts';

const rounds = 20;
const writers = 8;
/** Tokens name their issuer: every process is the same one, on whatever port it listens. */
const env = { HOST_URL: 'http://localhost:8000' };

/** A wallet that puts a number that grows, and remembers the last one that was acknowledged and the last one that was sent. */
interface Writer {
  readonly account: string;
  readonly token: string;
  sent: number;
  acknowledged: number;
  id: string | undefined;
}

test('[e2e.durability] of PUTs that are acknowledged before a kill -9 none is lost, none is doubled and none is half there', async (t) => {
  await using directory = await temporaryDirectory();
  const dataDir = directory.path;
  const wallets = await openWallets(dataDir);
  let acknowledged = 0;
  for (let round = 0; round < rounds; round++) {
    await using server = await startProcess({ dataDir, env });
    const before = wallets.reduce((sum, wallet) => sum + wallet.acknowledged, 0);
    const stop = new AbortController();
    const writing = wallets.map((wallet) => keepPutting(wallet, server.url, stop.signal));
    await delay(50 + Math.random() * 250);
    await server.kill9();
    stop.abort();
    await Promise.all(writing);
    acknowledged += wallets.reduce((sum, wallet) => sum + wallet.acknowledged, 0) - before;
    for (const wallet of wallets) await assertKept(dataDir, wallet);
  }
  t.diagnostic(`${acknowledged} PUTs acknowledged over ${rounds} kills`);
  assert.ok(acknowledged > rounds, 'there was something to lose');
});

test('[e2e.durability] an upload cut off by a kill -9 leaves no file that anybody can open, and the next start serves', async () => {
  await using directory = await temporaryDirectory();
  const dataDir = directory.path;
  await using server = await startProcess({ dataDir });
  const token = await tokenFor(server.url);
  const form = new FormData();
  form.set('type', 'sep6-withdraw');
  form.set('photo_id_front', new Blob([photo(9_000_000)]), 'photo.jpg');
  const put = fetch(`${server.url}/customer`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${token}` },
    body: form,
  });
  const outcome = put.then(
    () => 'answered',
    () => 'cut off',
  );
  await delay(15);
  await server.kill9();
  await outcome;
  await using restarted = await startProcess({ dataDir });
  const store = await openSqliteStore(join(dataDir, 'anchor-kyc.db'), systemClock);
  const blobs = await readdir(join(dataDir, 'files'), { recursive: true }).catch(() => []);
  const ids = blobs.map((path) => path.split('/').at(-1) ?? '').filter((name) => name.length === 32);
  const live = await store.findLiveFiles(ids);
  await store.close();
  assert.ok(live.size <= 1, 'what nothing refers to waits for the sweep, sealed under a key that is gone');
  assert.equal((await send('GET', `${restarted.url}/health`)).status, 200);
});

async function openWallets(dataDir: string): Promise<Writer[]> {
  await using server = await startProcess({ dataDir, env });
  const keypairs = Array.from({ length: writers }, () => Keypair.random());
  const wallets = await Promise.all(
    keypairs.map(async (keypair): Promise<Writer> => {
      const token = await tokenFor(server.url, { keypair });
      return { account: keypair.publicKey(), token, sent: 0, acknowledged: 0, id: undefined };
    }),
  );
  await server.terminate();
  return wallets;
}

async function keepPutting(wallet: Writer, url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const number = ++wallet.sent;
    const sent = { method: 'PUT', body: JSON.stringify({ last_name: `Name ${number}`, first_name: `Name ${number}` }) };
    const headers = { Authorization: `Bearer ${wallet.token}`, 'Content-Type': 'application/json' };
    const reply = await fetch(`${url}/customer`, { ...sent, headers }).catch(() => undefined);
    const body = (await reply?.json().catch(() => undefined)) as { id?: string } | undefined;
    if (reply === undefined || body === undefined) return;
    assert.equal(reply.status, 202);
    assert.equal(body.id, wallet.id ?? body.id, 'the customer keeps its id through every crash');
    wallet.id = body.id;
    wallet.acknowledged = number;
  }
}

/** Looks into the database itself: both fields must be of one PUT, no older than the acknowledged and no newer than the sent. */
async function assertKept(dataDir: string, wallet: Writer): Promise<void> {
  const store = await openSqliteStore(join(dataDir, 'anchor-kyc.db'), systemClock);
  try {
    const record = await store.findCustomer({ account: wallet.account });
    if (record === undefined) return assert.equal(wallet.acknowledged, 0);
    const [id = '', key = ''] = (await readFile(join(dataDir, 'encryption.keys'), 'utf8')).trim().split(':');
    const ring = new LocalKeyRing(new Map([[id, Buffer.from(key, 'base64')]]));
    const vault = await openVault(ring, record.id, record.wrappedKey);
    const sealed = (await store.listValues(record.id, record.version)) ?? [];
    const values = new Map(sealed.map(({ field, sealed }) => [field, vault.open(field, sealed)]));
    const number = Number(values.get('given_name')?.split(' ')[1]);
    assert.equal(values.get('family_name'), values.get('given_name'), 'both fields are of one PUT');
    assert.ok(
      number >= wallet.acknowledged && number <= wallet.sent,
      `${wallet.acknowledged} ≤ ${number} ≤ ${wallet.sent}`,
    );
    if (wallet.id !== undefined) assert.equal(record.id, wallet.id);
  } finally {
    await store.close();
  }
}
