import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Account,
  FeeBumpTransaction,
  Keypair,
  Memo,
  Networks,
  Operation,
  type Transaction,
  TransactionBuilder,
  type xdr,
} from '@stellar/stellar-sdk';
import { KycError, type KycErrorCode } from '../../src/errors.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { type GuardedFetch, GuardedFetchError, guardedFetch } from '../../src/lib/guarded-fetch.ts';
import { type AccountAuthority, type AccountSigners, noAccounts } from '../../src/sep10/account-signers.ts';
import { importTokenKey } from '../../src/sep10/token.ts';
import { createWebAuth, type UsedChallenges, type WebAuth } from '../../src/sep10/web-auth.ts';
import { signerFromSeed } from '../../src/stellar/ed25519.ts';

export const server = Keypair.random();
export const client = Keypair.random();
export const wallet = Keypair.random();
export const homeDomain = 'example.com';
export const webAuthDomain = 'auth.example.com';
export const endpoint = 'https://auth.example.com/auth';
export const network = Networks.TESTNET;

/** Remembers used challenges for as long as the test runs. */
export class MemoryUsedChallenges implements UsedChallenges {
  readonly #used = new Set<string>();

  async use(hash: string): Promise<boolean> {
    if (this.#used.has(hash)) return false;
    this.#used.add(hash);
    return true;
  }
}

/** A fetch for tests in which nothing outside may be asked. */
export const noFetch: GuardedFetch = async () => {
  throw new GuardedFetchError('unreachable', 'nothing is fetched in this test');
};

export const loopbackFetch: GuardedFetch = guardedFetch({ allowLoopback: true });

const tokenKey = await importTokenKey(randomBytes(32));

/** Web authentication as tests want it; `changes` replaces settings. */
export function webAuth(changes: Partial<WebAuth> = {}): WebAuth {
  return createWebAuth({
    signer: signerFromSeed(server.secret()),
    networkPassphrase: network,
    homeDomains: [homeDomain, 'second.example'],
    webAuthDomain,
    endpoint,
    challengeSeconds: 900,
    authorizationHeader: 'optional',
    clientDomains: {
      policy: { required: false, denylist: [] },
      fetch: noFetch,
      timeoutMs: 1000,
      allowLoopback: true,
    },
    accounts: noAccounts,
    usedChallenges: new MemoryUsedChallenges(),
    tokens: { key: tokenKey, issuer: endpoint, lifetimeSeconds: 3600, clock: systemClock },
    clock: systemClock,
    randomBytes,
    ...changes,
  });
}

/** A network on which exactly these signers speak for every account; a weight for each key. */
export function accountsOf(weights: readonly (readonly [Keypair, number])[], mediumThreshold: number): AccountSigners {
  const signers = weights.map(([keypair, weight]) => ({ key: keypair.publicKey(), weight }));
  const authority: AccountAuthority = { signers, mediumThreshold };
  return { find: async () => authority };
}

/** A network that must not be asked. */
export const untouchable: AccountSigners = {
  find: () => Promise.reject(new Error('the network was asked before the server signature was checked')),
};

/** How a crafted challenge differs from a good one. */
export interface Craft {
  readonly source?: string;
  readonly sequence?: string;
  readonly minTime?: number;
  readonly maxTime?: number;
  readonly memo?: Memo;
  readonly operations?: readonly xdr.Operation[];
  readonly signers?: readonly Keypair[];
}

export const now = (): number => Math.floor(Date.now() / 1000);
export const nonce = (): string => randomBytes(48).toString('base64');

/** The first operation of a good challenge, or one that differs by `name`, `value` or `source`. */
export function firstOperation(changes: { name?: string; value?: string | null; source?: string } = {}): xdr.Operation {
  const { name = `${homeDomain} auth`, value = nonce(), source = client.publicKey() } = changes;
  return Operation.manageData({ name, value, source });
}

export function domainOperation(
  value: string | null = webAuthDomain,
  source: string = server.publicKey(),
): xdr.Operation {
  return Operation.manageData({ name: 'web_auth_domain', value, source });
}

export function clientDomainOperation(source: string = wallet.publicKey()): xdr.Operation {
  return Operation.manageData({ name: 'client_domain', value: 'wallet.example', source });
}

/** A challenge built by the SDK, correct but for `craft`. */
export function craftTransaction(craft: Craft = {}): Transaction {
  const { minTime = now(), maxTime = now() + 900, memo = Memo.none(), signers = [server, client] } = craft;
  const { operations = [firstOperation(), domainOperation()] } = craft;
  const before = (BigInt(craft.sequence ?? '0') - 1n).toString();
  const builder = new TransactionBuilder(new Account(craft.source ?? server.publicKey(), before), {
    fee: '100',
    networkPassphrase: network,
    timebounds: { minTime, maxTime },
    memo,
  });
  for (const operation of operations) builder.addOperation(operation);
  const transaction = builder.build();
  transaction.sign(...signers);
  return transaction;
}

/** The envelope of {@link craftTransaction}. */
export function craftChallenge(craft: Craft = {}): string {
  return toBase64(craftTransaction(craft));
}

export function toBase64(transaction: Transaction | FeeBumpTransaction): string {
  return Buffer.from(transaction.toEnvelope().toXdr()).toString('base64');
}

/** The challenge with the signatures of `signers` added, as a wallet adds them. */
export function signed(challenge: string, ...signers: readonly Keypair[]): string {
  const transaction = TransactionBuilder.fromXdr(challenge, network);
  if (transaction instanceof FeeBumpTransaction) throw new TypeError('not a challenge');
  transaction.sign(...signers);
  return toBase64(transaction);
}

/** For `assert.rejects` and `assert.throws`: a refusal with this code whose message matches. */
export function refusal(code: KycErrorCode, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    if (!(error instanceof KycError)) throw error;
    if (error.code === code && message.test(error.message)) return true;
    throw new Error(`expected ${code} ${message}, got ${error.code} '${error.message}'`);
  };
}

/** A local HTTP server for one test, and its `host:port`. */
export async function localServer(listener: RequestListener): Promise<{ host: string } & AsyncDisposable> {
  const http: Server = createServer(listener);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
