import { hash } from 'node:crypto';
import { type Clock, unixSeconds } from '../lib/clock.ts';
import { parseAddress } from '../stellar/address.ts';
import type { Signer } from '../stellar/ed25519.ts';
import { decodeStrkey } from '../stellar/strkey.ts';
import { encodeEnvelope, encodeSignedBytes, type ManageData, type XdrAccount } from './challenge-xdr.ts';

/** What one server puts into its challenges and demands of the ones that come back. */
export interface ChallengeRules {
  /** The Server Account. */
  readonly signer: Signer;
  readonly networkPassphrase: string;
  /** The home domains that may be signed in to, at most 59 bytes each; the first is meant when a client names none. */
  readonly homeDomains: readonly [string, ...string[]];
  /** The server's own domain. Choice: the host name without its port, as four client SDKs compare it (ruling 32); at most 64 bytes. */
  readonly webAuthDomain: string;
  /** How long a client has to sign; the spec recommends 900. */
  readonly challengeSeconds: number;
  readonly clock: Clock;
}

/** For whom a challenge is. */
export interface ChallengeRequest {
  /** The Client Account, `G…` or `M…`. */
  readonly address: string;
  /** The user of a shared `G…` account: an unsigned 64-bit number in decimal. */
  readonly memo?: string;
  readonly homeDomain: string;
  readonly clientDomain?: ClientDomain;
}

/** A wallet's domain and the key that speaks for it. @see SEP-10 § Verifying the Client Domain */
export interface ClientDomain {
  readonly domain: string;
  /** The SIGNING_KEY of the domain's stellar.toml, `G…`. */
  readonly signingKey: string;
}

const feePerOperation = 100;
const nonceBytes = 48;

/** A source of unpredictable bytes; `randomBytes` of node:crypto fits. */
export type RandomBytes = (size: number) => Buffer;

/**
 * The base64 envelope of a fresh challenge, signed by the Server Account.
 * @see SEP-10 § Challenge, Response
 */
export function buildChallenge(rules: ChallengeRules, request: ChallengeRequest, randomBytes: RandomBytes): string {
  const now = BigInt(unixSeconds(rules.clock));
  const operations = challengeOperations(rules, request, randomBytes(nonceBytes).toString('base64'));
  const signedBytes = encodeSignedBytes({
    source: { key: rules.signer.publicKey },
    fee: feePerOperation * operations.length,
    sequence: 0n,
    timeBounds: { minTime: now, maxTime: now + BigInt(rules.challengeSeconds) },
    ...(request.memo === undefined ? {} : { memoId: BigInt(request.memo) }),
    operations,
  });
  const signature = rules.signer.sign(challengeHash(rules.networkPassphrase, signedBytes));
  return encodeEnvelope(signedBytes, [{ hint: keyHint(rules.signer.publicKey), signature }]);
}

/** What every signature of a challenge is made over, and what names the challenge: its network hash, 32 bytes. */
export function challengeHash(networkPassphrase: string, signedBytes: Buffer): Buffer {
  const networkId = hash('sha256', networkPassphrase, 'buffer');
  return hash('sha256', Buffer.concat([networkId, signedBytes]), 'buffer');
}

/** The last four bytes of a key, by which a signature says whose it is. */
export function keyHint(publicKey: Buffer): Buffer {
  return publicKey.subarray(-4);
}

/** The key of the operation that names the home domain. */
export function homeDomainKey(homeDomain: string): string {
  return `${homeDomain} auth`;
}

function challengeOperations(rules: ChallengeRules, request: ChallengeRequest, nonce: string): ManageData[] {
  const { address, homeDomain, clientDomain } = request;
  const operations = [
    manageData(xdrAccount(address), homeDomainKey(homeDomain), nonce),
    manageData({ key: rules.signer.publicKey }, 'web_auth_domain', rules.webAuthDomain),
  ];
  if (clientDomain) {
    operations.push(manageData(xdrAccount(clientDomain.signingKey), 'client_domain', clientDomain.domain));
  }
  return operations;
}

function manageData(source: XdrAccount, name: string, value: string): ManageData {
  return { source, name, value: Buffer.from(value) };
}

function xdrAccount(text: string): XdrAccount {
  const address = parseAddress(text);
  const key = address && decodeStrkey('account', address.account);
  if (address === undefined || key === undefined) throw new TypeError('buildChallenge: expected a G… or M… address');
  return address.kind === 'muxed' ? { key, muxedId: BigInt(address.muxedId) } : { key };
}
