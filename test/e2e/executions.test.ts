import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { SendingAnchor } from '../sep31/sending-anchor.ts';
import { randomAccount, temporaryDirectory } from '../support/test-anchor.ts';
import { type StartedProcess, startProcess } from './started-process.ts';

const token = 'tokens-are-long-enough-to-be-secret-x';
const issuer = randomAccount();

/** So many payments a worker has under way at once. */
const atOnce = 8;

/** Rails that write down every call with its key, and hang for as long as there is a file. */
const rails = (log: string, hold: string) => `
import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
export default {
  async executeOutgoingTransaction({ id }, { idempotencyKey }) {
    await appendFile(${JSON.stringify(log)}, \`\${id} \${idempotencyKey}\\n\`);
    while (existsSync(${JSON.stringify(hold)})) await new Promise((resolve) => setTimeout(resolve, 50));
    return { status: 'completed' };
  },
};`;

test('[seed.s9] [payments.model] a server killed between receiving money and paying out pays each payment under one key: those it had not begun once, those under way once more', async () => {
  await using directory = await temporaryDirectory();
  const sender = new SendingAnchor();
  const [path, log, hold] = ['rails.mjs', 'calls', 'hold'].map((name) => join(directory.path, name)) as [
    ...[string, string, string],
  ];
  await writeFile(path, rails(log, hold));
  await Promise.all([writeFile(log, ''), writeFile(hold, '')]);
  const start = (port?: number): Promise<StartedProcess> =>
    startProcess({
      dataDir: join(directory.path, 'data'),
      ...(port !== undefined && { port }),
      env: {
        ...{ ACTIVE_SEPS: 'sep-1,sep-10,sep-12,sep-31', RAILS: path, OPERATORS: `ann:admin:${token}` },
        ...{ SEP31_SENDING_ANCHORS: sender.account, SEP31_ACCOUNT: randomAccount() },
        SEP31_ASSETS: JSON.stringify({ USDC: { issuer, senderTypes: [], receiverTypes: [] } }),
      },
    });
  await using first = await start();
  await sender.signIn(first.url);
  const ids: string[] = [];
  for (let n = 0; n < atOnce + 4; n++) {
    const { body } = await sender.postTransaction({ amount: '10', asset_code: 'USDC', asset_issuer: issuer });
    ids.push(body.id);
    await receive(first, body.id);
  }
  const calls = async () => (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '');
  for (let n = 0; n < 500 && (await calls()).length < atOnce; n++) await pause();
  const begun = await calls();
  assert.equal(begun.length, atOnce, 'the others have their money, and nobody was asked to pay them');
  await first.kill9();
  await rm(hold);
  await using second = await start(first.port);
  for (const id of ids) await completed(sender, id);
  const all = await calls();
  const countOf = (line: string): number => all.filter((other) => other === line).length;
  assert.equal(new Set(all).size, ids.length, 'each payment has one key for good');
  assert.deepEqual(
    ids.map((id) => all.find((line) => line.startsWith(id)) ?? '').map(countOf),
    ids.map((id) => (begun.some((line) => line.startsWith(id)) ? 2 : 1)),
  );
  assert.equal(second.logLines().filter(({ level }) => level === 'error').length, 0);
});

async function receive({ url }: StartedProcess, id: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ act: 'received', stellarTransactionId: `tx-${id}`, amount: '10' });
  const { status } = await fetch(`${url}/operator/transactions/${id}`, { method: 'POST', headers, body });
  assert.equal(status, 200);
}

/** A worker that died holds what it had begun for half a minute. */
async function completed(sender: SendingAnchor, id: string): Promise<void> {
  for (let n = 0; n < 1200; n++) {
    if ((await sender.getTransaction(id)).body.transaction.status === 'completed') return;
    await pause();
  }
  assert.fail(`${id} is stuck`);
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
}
