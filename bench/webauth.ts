import { randomBytes } from 'node:crypto';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { FeeBumpTransaction, Keypair, Networks, WebAuth as SdkWebAuth, TransactionBuilder } from '@stellar/stellar-sdk';
import { systemClock } from '../src/lib/clock.ts';
import { type AccountSigners, noAccounts } from '../src/sep10/account-signers.ts';
import { buildChallenge, type ChallengeRules } from '../src/sep10/challenge.ts';
import { verifyChallenge } from '../src/sep10/verify-challenge.ts';
import { signerFromSeed } from '../src/stellar/ed25519.ts';

/** Web authentications a second: ours, the SDK's, and how many times ours is the SDK's. */
export interface WebAuthRates {
  readonly what: string;
  readonly ours: number;
  readonly sdk: number;
  readonly ratio: number;
}

const server = Keypair.random();
const client = Keypair.random();
const homeDomain = 'example.com';
const webAuthDomain = 'auth.example.com';
const rules: ChallengeRules = {
  signer: signerFromSeed(server.secret()),
  networkPassphrase: Networks.TESTNET,
  homeDomains: [homeDomain],
  webAuthDomain,
  challengeSeconds: 900,
  clock: systemClock,
};
const signers = [{ key: client.publicKey(), weight: 1, type: 'ed25519_public_key' }];
const singleSigner: AccountSigners = { find: async () => ({ signers, mediumThreshold: 1 }) };

/**
 * Building and verifying a challenge, function against function in one process. What the wallet does in between is not
 * counted: every verification is of one challenge signed beforehand.
 */
export async function benchWebAuth(rounds = 9, repeats = 100): Promise<readonly WebAuthRates[]> {
  const signed = signedChallenge();
  const buildOurs = (): unknown => buildChallenge(rules, { address: client.publicKey(), homeDomain }, randomBytes);
  const ours = (accounts: AccountSigners) => async (): Promise<void> => {
    buildOurs();
    await verifyChallenge(rules, accounts, signed);
  };
  const sdkExisting = async (): Promise<void> => {
    buildWithSdk();
    SdkWebAuth.verifyChallengeTxThreshold(
      signed,
      server.publicKey(),
      Networks.TESTNET,
      1,
      signers,
      homeDomain,
      webAuthDomain,
    );
  };
  const sdkNew = async (): Promise<void> => {
    buildWithSdk();
    const keys = [client.publicKey()];
    SdkWebAuth.verifyChallengeTxSigners(signed, server.publicKey(), Networks.TESTNET, keys, homeDomain, webAuthDomain);
  };
  return [
    await compare('account with one signer', ours(singleSigner), sdkExisting, rounds, repeats),
    await compare('account that does not exist', ours(noAccounts), sdkNew, rounds, repeats),
  ];
}

function buildWithSdk(): string {
  return SdkWebAuth.buildChallengeTx(server, client.publicKey(), homeDomain, 900, Networks.TESTNET, webAuthDomain);
}

function signedChallenge(): string {
  const transaction = TransactionBuilder.fromXdr(buildWithSdk(), Networks.TESTNET);
  if (transaction instanceof FeeBumpTransaction) throw new TypeError('a challenge is no fee bump');
  transaction.sign(client);
  return Buffer.from(transaction.toEnvelope().toXdr()).toString('base64');
}

type Work = () => Promise<void>;

/** Alternates the two in rounds, so that both meet the same weather, and takes the medians. */
async function compare(what: string, ours: Work, sdk: Work, rounds: number, repeats: number): Promise<WebAuthRates> {
  const oursRates: number[] = [];
  const sdkRates: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const [oursRate, sdkRate] = [await rate(ours, repeats * 10), await rate(sdk, repeats)];
    // The first round warms up and does not count.
    if (round === 0) continue;
    oursRates.push(oursRate);
    sdkRates.push(sdkRate);
  }
  const [oursMedian, sdkMedian] = [median(oursRates), median(sdkRates)];
  return { what, ours: oursMedian, sdk: sdkMedian, ratio: oursMedian / sdkMedian };
}

async function rate(work: Work, repeats: number): Promise<number> {
  const start = performance.now();
  for (let done = 0; done < repeats; done++) await work();
  return (repeats * 1000) / (performance.now() - start);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  for (const { what, ours, sdk, ratio } of await benchWebAuth()) {
    console.log(`${what}: ours ${ours.toFixed(0)}/s, SDK ${sdk.toFixed(0)}/s, ${ratio.toFixed(1)} times`);
  }
}
