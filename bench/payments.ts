import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProgramDefinition } from '../src/kyc/program.ts';
import { silentLogger } from '../src/lib/log.ts';
import { importTokenKey, issueToken } from '../src/sep10/token.ts';
import { type Anchor, openAnchor } from '../src/server.ts';
import { freshSecrets } from '../src/vault/fresh-secrets.ts';
import { randomAccount } from '../test/support/test-anchor.ts';

// npm run bench:payments: 10,000 payments of one sending anchor that are held for one field of their receivers, released by 10,000 PUTs, against the same
// PUTs of receivers without payments. In one process, with its workers, through the handler; the database is a real file. The exit code is 1 when the rate is below
// half, or when a payment was not released by its PUT.

const total = Number(process.argv[2] ?? 10_000);
const atOnce = 64;
const bound = 0.5;
const benchData = join(import.meta.dirname, 'data');
const issuer = randomAccount();
const account = randomAccount();

const program: ProgramDefinition = {
  defaultType: 'sep31-receiver',
  types: {
    'sep31-sender': { decision: 'automatic', fields: { first_name: {}, last_name: {} } },
    'sep31-receiver': {
      decision: 'automatic',
      whenMissing: 'hold',
      fields: { first_name: {}, last_name: {}, bank_account_number: {} },
    },
  },
};

await mkdir(benchData, { recursive: true });
const directory = await mkdtemp(join(benchData, 'payments-'));
try {
  const anchor = await openAnchor(
    {
      ...{ localMode: true, hostUrl: 'http://localhost:8000', dataDir: directory, logger: silentLogger, program },
      ...{ activeSeps: ['sep-1', 'sep-10', 'sep-12', 'sep-31'], sep31SendingAnchors: [account] },
      ...{ sep31Account: randomAccount(), sep31Assets: { USDC: { issuer } }, ...freshSecrets() },
    },
    'option',
  );
  const call = await callerOf(anchor);
  const without = await registerReceivers(call, 0);
  const held = await registerReceivers(call, total);
  const payments = await hold(call, held);
  const plain = await putAll(call, without);
  const releasing = await putAll(call, held);
  const statuses = await Promise.all(payments.map(async (id) => (await anchor.payments?.find(id))?.status));
  const released = statuses.filter((status) => status === 'pending_sender').length;
  const ratio = releasing / plain;
  console.table([
    { what: 'PUTs a second, without payments', measured: plain.toFixed(0), bound: '', result: '' },
    { what: 'PUTs a second that release a payment each', measured: releasing.toFixed(0), bound: '', result: '' },
    row('the one to the other', ratio.toFixed(2), `≥ ${bound}`, ratio >= bound),
    row('payments released with the answer', String(released), String(total), released === total),
  ]);
  if (ratio < bound || released !== total) process.exitCode = 1;
  await anchor.close();
} finally {
  await rm(directory, { recursive: true, force: true });
}

type Caller = (method: string, path: string, body: object) => Promise<{ readonly id: string }>;

async function callerOf(anchor: Anchor): Promise<Caller> {
  const { hostUrl, jwtKey, clock, homeDomain } = anchor.settings;
  const settings = { key: await importTokenKey(jwtKey), issuer: `${hostUrl}/auth`, lifetimeSeconds: 36_000, clock };
  const token = await issueToken(settings, { sub: account, jti: 'bench', homeDomain });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return async (method, path, body) => {
    const reply = await anchor.fetch(new Request(`${hostUrl}${path}`, { method, headers, body: JSON.stringify(body) }));
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    return (await reply.json()) as { id: string };
  };
}

/** Receivers who lack one field. */
async function registerReceivers(call: Caller, firstMemo: number): Promise<string[]> {
  const fields = { type: 'sep31-receiver', first_name: 'Grace', last_name: 'Hopper' };
  return eachOf(
    Array.from({ length: total }, (_, n) => String(firstMemo + n)),
    async (memo) => {
      return (await call('PUT', '/customer', { memo, memo_type: 'id', ...fields })).id;
    },
  );
}

async function hold(call: Caller, receivers: readonly string[]): Promise<string[]> {
  // Of senders there are as many as receivers: one of all of them would be looked at again for each.
  const senders = await eachOf(receivers, async (_, n) => {
    const fields = { type: 'sep31-sender', first_name: 'Ada', last_name: 'Lovelace' };
    return (await call('PUT', '/customer', { memo: String(1_000_000 + n), memo_type: 'id', ...fields })).id;
  });
  return eachOf(receivers, async (receiver_id, n) => {
    const body = { amount: 10, asset_code: 'USDC', sender_id: senders[n], receiver_id };
    return (await call('POST', '/sep31/transactions', body)).id;
  });
}

/** PUTs a second. */
async function putAll(call: Caller, ids: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  await eachOf(ids, (id) =>
    call('PUT', '/customer', { id, type: 'sep31-receiver', bank_account_number: '000123456789' }),
  );
  return (total * 1000) / (performance.now() - startedAt);
}

/** So many at a time, in order. */
async function eachOf<T, R>(all: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < all.length; index = next++) results[index] = await work(all[index] as T, index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

function row(what: string, measured: string, limit: string, pass: boolean): object {
  return { what, measured, bound: limit, result: pass ? 'pass' : 'MISSED' };
}
