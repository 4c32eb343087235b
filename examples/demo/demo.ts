import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Keypair } from '@stellar/stellar-sdk';
import { horizonStandIn } from '../../test/support/stand-ins/horizon-stand-in.ts';
import { serveWatchman } from '../../test/support/stand-ins/watchman-stand-in.ts';
import { startAnchor } from './anchor-process.ts';
import { openInbox } from './callback-inbox.ts';
import { setPages } from './pages.ts';
import { listed, programOf } from './program.ts';
import { play } from './scenes.ts';
import { SendingAnchor } from './sending-anchor.ts';
import { Transcript } from './transcript.ts';

// npm run demo: a payment that waits for KYC, from end to end. The server is the one that is built, and all requests are real; the ledger, the bank and the
// sending anchor are made up. In a terminal the server then stays until Control-C, with something to see on its pages; --once ends it, --keep keeps it where
// there is no terminal.

const { keep, once } = parseArgs({
  options: { keep: { type: 'boolean', default: false }, once: { type: 'boolean', default: false } },
}).values;
const stays = keep || (!once && process.stdin.isTTY && process.stdout.isTTY);
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
await using watchman = await serveWatchman({ listed });
const program = join(directory, 'program.json');
await writeFile(program, JSON.stringify(programOf(watchman.url)));
const jwtKey = randomBytes(32).toString('hex');
await using anchor = await startAnchor({
  ...{ APP_NAME: 'Demo Anchor', KYC_PROGRAM: program, SERVER_JWT_KEY: jwtKey, CUSTOMER_LINK_TTL: '3600' },
  ...{ DATA_DIR: directory, HORIZON_URI: horizon.url, RAILS: rails, OPERATORS: `demo:admin:${operatorToken}` },
  ACTIVE_SEPS: 'sep-1,sep-10,sep-12,sep-31',
  SEP31_SENDING_ANCHORS: sender.keypair.publicKey(),
  SEP31_ACCOUNT: Keypair.random().publicKey(),
  SEP31_ASSETS: JSON.stringify({ USDC: { issuer, feeFixed: '0.5' } }),
  SEP31_MISSING_KYC: 'hold',
});
transcript.title('A payment that waits for KYC');
write(`→ what the sending anchor asks   ← what ${anchor.url} answers   ⇐ what it sends by itself\n`);
const { id, ada } = await play({ transcript, url: anchor.url, sender, inbox, horizon, issuer, operatorToken });
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
write(`\nDone in ${seconds} s: held for KYC, released, paid in, paid out once, told by signed callbacks.\n`);
if (stays) await stay(anchor.url);

async function stay(url: string): Promise<void> {
  write('\nPutting customers into the console …\n');
  const about = { url, directory, jwtKey, operatorToken, issuer, senderToken: sender.token, senderId: ada };
  const { name, password, heldLink, photoLink } = await setPages(about);
  write(`
The server stays until Control-C, and what it holds goes with it. Everybody in it is made up.

  The console of those who decide    ${url}/console
      name ${name}, password ${password}: made for this run; in local mode there need be no code of an app

  The page of a customer, by links that open once:
      a payment of 250 USDC waits for an account number    ${heldLink}
      a photo was rejected and is to be sent again         ${photoLink}

By hand, in another terminal:

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
