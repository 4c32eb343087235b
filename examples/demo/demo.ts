import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Keypair } from '@stellar/stellar-sdk';
import { horizonStandIn } from '../../test/support/stand-ins/horizon-stand-in.ts';
import { startAnchor } from './anchor-process.ts';
import { openInbox } from './callback-inbox.ts';
import { play } from './scenes.ts';
import { SendingAnchor } from './sending-anchor.ts';
import { Transcript } from './transcript.ts';

// npm run demo: a payment that waits for KYC, from end to end. The server is the one that is built, and all requests are real; the ledger, the bank and the
// sending anchor are made up. With --keep the server stays until Control-C.

const { keep } = parseArgs({ options: { keep: { type: 'boolean', default: false } } }).values;
const write = (text: string): void => void process.stdout.write(text);
const isColoured = process.stdout.isTTY && !process.env['NO_COLOR'];
const startedAt = performance.now();
const operatorToken = Keypair.random().secret();
const issuer = Keypair.random().publicKey();
const rails = fileURLToPath(new URL('rails.ts', import.meta.url));

const transcript = new Transcript(write, isColoured);
const sender = new SendingAnchor(transcript);
const directory = await mkdtemp(join(tmpdir(), 'anchor-kyc-demo-'));
const signals = ['SIGINT', 'SIGTERM'] as const;
const cutShort = (): void => process.exit(130);
for (const signal of signals) process.once(signal, cutShort);
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
await using horizon = await horizonStandIn();
await using inbox = await openInbox(() => sender.endpoints.SIGNING_KEY);
await using anchor = await startAnchor({
  ...{ DATA_DIR: directory, HORIZON_URI: horizon.url, RAILS: rails, OPERATORS: `demo:admin:${operatorToken}` },
  ACTIVE_SEPS: 'sep-1,sep-10,sep-12,sep-31',
  SEP31_SENDING_ANCHORS: sender.keypair.publicKey(),
  SEP31_ACCOUNT: Keypair.random().publicKey(),
  SEP31_ASSETS: JSON.stringify({ USDC: { issuer, feeFixed: '0.5' } }),
  SEP31_MISSING_KYC: 'hold',
});
transcript.title('A payment that waits for KYC');
write(`→ what the sending anchor asks   ← what ${anchor.url} answers   ⇐ what it sends by itself\n`);
const id = await play({ transcript, url: anchor.url, sender, inbox, horizon, issuer, operatorToken });
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
write(`\nDone in ${seconds} s: held for KYC, released, paid in, paid out once, told by signed callbacks.\n`);
if (keep) await stay(anchor.url, id);

async function stay(url: string, id: string): Promise<void> {
  write(`
The server stays until Control-C. Try, in another terminal:

  curl '${url}/.well-known/stellar.toml'
  curl -H 'Authorization: Bearer ${sender.token}' '${url}/sep31/transactions/${id}'
  curl -H 'Authorization: Bearer ${operatorToken}' '${url}/operator/transactions/${id}'

Every endpoint: ${url}/docs
`);
  const hold = setInterval(() => {}, 60_000);
  await new Promise<void>((resolve) => {
    for (const signal of signals) process.removeListener(signal, cutShort).once(signal, () => resolve());
  });
  clearInterval(hold);
}
