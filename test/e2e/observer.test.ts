import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { SendingAnchor } from '../sep31/sending-anchor.ts';
import { horizonStandIn } from '../support/stand-ins/horizon-stand-in.ts';
import { randomAccount, temporaryDirectory } from '../support/test-anchor.ts';
import { startProcess } from './started-process.ts';

const [account, issuer] = [randomAccount(), randomAccount()];

/** Rails that write down under which key they were called. */
const rails = (log: string) => `
import { appendFile } from 'node:fs/promises';
export default {
  async executeOutgoingTransaction({ id }, { idempotencyKey }) {
    await appendFile(${JSON.stringify(log)}, \`\${id} \${idempotencyKey}\\n\`);
    return { status: 'completed' };
  },
};`;

test('[seed.s8] [payments.observer] a server killed while money comes in takes up where it was: all is seen, and none is paid under two keys', async () => {
  await using directory = await temporaryDirectory();
  await using horizon = await horizonStandIn();
  const sender = new SendingAnchor();
  const [railsPath, log] = [join(directory.path, 'rails.mjs'), join(directory.path, 'paid')];
  await writeFile(railsPath, rails(log));
  await writeFile(log, '');
  const start = (port?: number) =>
    startProcess({
      dataDir: join(directory.path, 'data'),
      ...(port !== undefined && { port }),
      env: {
        ...{ HORIZON_URI: horizon.url, ACTIVE_SEPS: 'sep-1,sep-10,sep-12,sep-31', RAILS: railsPath },
        ...{ SEP31_SENDING_ANCHORS: sender.account, SEP31_ACCOUNT: account },
        SEP31_ASSETS: JSON.stringify({ USDC: { issuer, senderTypes: [], receiverTypes: [] } }),
      },
    });
  await using first = await start();
  await sender.signIn(first.url);
  const payments: { readonly id: string; readonly memo: string }[] = [];
  for (let n = 0; n < 24; n++) {
    const { body } = await sender.postTransaction({ amount: '10', asset_code: 'USDC', asset_issuer: issuer });
    payments.push({ id: body.id, memo: body.stellar_memo });
  }
  const [before = [], after = []] = [payments.slice(0, 16), payments.slice(16)];
  const money = { to: account, amount: '10.0000000', asset: `USDC:${issuer}` };
  for (const { memo } of before) horizon.pay([money], { memo });
  await sender.until(before[5]?.id ?? '', 'completed');
  await first.kill9();
  for (const { memo } of after) horizon.pay([money], { memo });
  await using second = await start(first.port);
  // One that was being paid out when the server died waits for that worker's lease to end.
  for (const { id } of payments) await hasMoney(sender, id);
  for (const { id } of after) await sender.until(id, 'completed');
  const calls = (await readFile(log, 'utf8')).trim().split('\n');
  const paid = new Set(calls.map((line) => line.split(' ')[0]));
  assert.equal(new Set(calls).size, paid.size, 'whatever was called twice was called under the same key');
  assert.equal(second.logLines().filter(({ level }) => level === 'error').length, 0);
});

async function hasMoney(sender: SendingAnchor, id: string): Promise<void> {
  for (let n = 0; n < 1000; n++) {
    const { status } = (await sender.getTransaction(id)).body.transaction;
    if (status !== 'pending_sender') return assert.ok(['pending_receiver', 'completed'].includes(status), status);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail('its money was never seen');
}
