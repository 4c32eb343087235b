import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Keypair } from '@stellar/stellar-sdk';
import { verifyTrail } from '../../src/audit/verify-trail.ts';
import { openShreds } from '../../src/open-shreds.ts';
import type { Store } from '../../src/store/store.ts';
import { LocalKeyRing } from '../../src/vault/key-ring.ts';
import { ShreddedKeyRing } from '../../src/vault/shred-keys.ts';
import { openVault } from '../../src/vault/vault.ts';
import type { Ground, TestEngine } from '../support/engines.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { tokenFor } from './requests.ts';
import { startProcess } from './started-process.ts';

const writers = 8;
/** Tokens name their issuer: every process is the same one, on whatever port it listens. */
const base = { HOST_URL: 'http://localhost:8000' };

/** A wallet that puts a number that grows, and remembers the last one that was acknowledged and the last one that was sent. */
interface Writer {
  readonly account: string;
  readonly token: string;
  sent: number;
  acknowledged: number;
  /** How many were acknowledged. */
  puts: number;
  id: string | undefined;
}

/** What was survived. */
export interface Survived {
  readonly kills: number;
  readonly acknowledged: number;
  /** Lines of the audit trail, all of whose chain verifies. */
  readonly lines: number;
}

/**
 * Kills the server again and again while wallets put, and looks into the database after each kill: what was acknowledged is there, nothing is half there, each
 * wallet has one customer. In the end the whole audit trail verifies.
 */
export async function killUnderLoad(
  engine: TestEngine,
  kills: number,
  onKill: (kill: number) => void = () => {},
): Promise<Survived> {
  await using directory = await temporaryDirectory();
  await using ground = await engine.open();
  const dataDir = directory.path;
  const env = { ...base, DATABASE_URL: ground.databaseUrl };
  const wallets = await openWallets(dataDir, env);
  for (let kill = 1; kill <= kills; kill++) {
    await using server = await startProcess({ dataDir, env });
    const stop = new AbortController();
    const before = acknowledgedBy(wallets);
    const writing = wallets.map((wallet) => keepPutting(wallet, server.url, stop.signal));
    // Every second time however slow the machine is; else at a moment when perhaps nothing has been acknowledged yet.
    if (kill % 2 === 0) await until(() => acknowledgedBy(wallets) >= before + 3);
    await delay(50 + Math.random() * 250);
    await server.kill9();
    stop.abort();
    await Promise.all(writing);
    await assertAllKept(ground, dataDir, wallets);
    onKill(kill);
  }
  const store = await ground.openStore();
  while ((await store.audit.seal(1000)) > 0);
  const { breach, lines } = await verifyTrail({ audit: store.audit, unsealedBefore: new Date() });
  assert.equal(breach, undefined);
  return { kills, acknowledged: acknowledgedBy(wallets), lines };
}

async function until(isSo: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 60_000;
  while (!isSo()) {
    assert.ok(performance.now() < giveUpAt, 'the server acknowledges something within a minute');
    await delay(5);
  }
}

function acknowledgedBy(wallets: readonly Writer[]): number {
  return wallets.reduce((sum, { puts }) => sum + puts, 0);
}

async function openWallets(dataDir: string, env: Readonly<Record<string, string>>): Promise<Writer[]> {
  await using server = await startProcess({ dataDir, env });
  const keypairs = Array.from({ length: writers }, () => Keypair.random());
  const wallets = await Promise.all(
    keypairs.map(async (keypair): Promise<Writer> => {
      const token = await tokenFor(server.url, { keypair });
      return { account: keypair.publicKey(), token, sent: 0, acknowledged: 0, puts: 0, id: undefined };
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
    wallet.puts++;
  }
}

async function assertAllKept(ground: Ground, dataDir: string, wallets: readonly Writer[]): Promise<void> {
  const store = await ground.openStore();
  const shreds = await openShreds({ engine: 'sqlite', path: join(dataDir, 'shreds.db') }, store);
  const [id = '', key = ''] = (await readFile(join(dataDir, 'encryption.keys'), 'utf8')).trim().split(':');
  const ring = new ShreddedKeyRing(new LocalKeyRing(new Map([[id, Buffer.from(key, 'base64')]])), shreds);
  try {
    for (const wallet of wallets) await assertKept(store, ring, wallet);
  } finally {
    await shreds.close();
    await store.close();
  }
}

/** Looks into the database itself: both fields must be of one PUT, no older than the acknowledged and no newer than the sent. */
async function assertKept(store: Store, ring: ShreddedKeyRing, wallet: Writer): Promise<void> {
  const record = await store.findCustomer({ account: wallet.account });
  if (record === undefined) return assert.equal(wallet.acknowledged, 0);
  const vault = await openVault(ring, record.id, record.wrappedKey);
  const sealed = (await store.listValues(record.id, record.version)) ?? [];
  const values = new Map(sealed.map(({ field, sealed }) => [field, vault.open(field, sealed)]));
  const number = Number(values.get('given_name')?.split(' ')[1]);
  assert.equal(values.get('family_name'), values.get('given_name'), 'both fields are of one PUT');
  const bounds = `${wallet.acknowledged} ≤ ${number} ≤ ${wallet.sent}`;
  assert.ok(number >= wallet.acknowledged && number <= wallet.sent, bounds);
  if (wallet.id !== undefined) assert.equal(record.id, wallet.id);
}
