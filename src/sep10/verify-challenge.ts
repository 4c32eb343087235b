import { timingSafeEqual } from 'node:crypto';
import { unixSeconds } from '../lib/clock.ts';
import { muxedAddress } from '../stellar/address.ts';
import { encodeStrkey } from '../stellar/strkey.ts';
import type { AccountSigners } from './account-signers.ts';
import { type ChallengeRules, challengeHash, homeDomainKey, keyHint } from './challenge.ts';
import {
  badChallenge,
  type ChallengeEnvelope,
  type ChallengeTransaction,
  type DecoratedSignature,
  decodeEnvelope,
  type ManageData,
  type XdrAccount,
} from './challenge-xdr.ts';
import { checkAuthority, takeSignatureOf } from './check-signatures.ts';

/** What a correctly signed challenge proves. */
export interface VerifiedChallenge {
  /** The token's `sub`: `G…`, `G…:<memo>` or `M…`. */
  readonly sub: string;
  readonly homeDomain: string;
  readonly clientDomain?: string;
  /** The challenge's network hash in hex, the same however often it is signed. */
  readonly hash: string;
  /** When the challenge itself runs out. */
  readonly expiresAt: Date;
}

/**
 * Verifies a signed challenge, in the order of what a step costs: the transaction's own content, our signature, the client
 * domain's, and only then the network is asked who speaks for the account.
 * @throws KycError `invalid_field` naming `transaction`; `unavailable` when the signers cannot be looked up
 * @see SEP-10 § Token
 */
export async function verifyChallenge(
  rules: ChallengeRules,
  accounts: AccountSigners,
  text: string,
): Promise<VerifiedChallenge> {
  const envelope = decodeEnvelope(text);
  const content = readContent(rules, envelope.transaction);
  const hash = challengeHash(rules.networkPassphrase, envelope.signedBytes);
  let signatures = withoutServerSignature(rules, hash, envelope);
  if (content.clientDomain) {
    signatures = takeSignatureOf(content.clientDomain.account, hash, signatures);
  }
  if (signatures.length === 0) throw badChallenge('expected a signature of the client account');
  const { account } = content;
  checkAuthority({ account, hash, signatures, server: rules.signer.account }, await accounts.find(account));
  return {
    sub: content.sub,
    homeDomain: content.homeDomain,
    ...(content.clientDomain ? { clientDomain: content.clientDomain.domain } : {}),
    hash: hash.toString('hex'),
    expiresAt: content.expiresAt,
  };
}

/** What the transaction says, apart from who signed it. */
interface ChallengeContent {
  readonly sub: string;
  readonly account: string;
  readonly homeDomain: string;
  readonly clientDomain?: { readonly domain: string; readonly account: string };
  readonly expiresAt: Date;
}

function readContent(rules: ChallengeRules, transaction: ChallengeTransaction): ChallengeContent {
  checkServerAccount(rules, transaction.source);
  if (transaction.sequence !== 0n) throw badChallenge('expected sequence number 0');
  const expiresAt = checkTimeBounds(rules, transaction);
  const [first, ...others] = transaction.operations;
  if (first === undefined) throw badChallenge('expected at least one operation');
  if (first.source === undefined) throw badChallenge('expected a source account on the first operation');
  checkNonce(first);
  const homeDomain = rules.homeDomains.find((domain) => homeDomainKey(domain) === first.name);
  if (homeDomain === undefined) throw badChallenge('expected the key of the first operation to name our home domain');
  checkServerOperations(rules, others);
  return {
    ...clientOf(first.source, transaction.memoId),
    homeDomain,
    ...readClientDomain(others),
    expiresAt,
  };
}

/** @see SEP-10 § Token, "transaction source account is equal to the Server Account" */
function checkServerAccount(rules: ChallengeRules, source: XdrAccount): void {
  if (!isServer(rules, source)) throw badChallenge('expected the server account as source account');
}

function isServer(rules: ChallengeRules, { key, muxedId }: XdrAccount): boolean {
  return muxedId === undefined && key.equals(rules.signer.publicKey);
}

/**
 * Choice: no grace for clocks that differ. The bounds are our own clock's, and minTime is now (ruling 32).
 * @see SEP-10 § Token, "current time is between the minimum and maximum bounds"
 */
function checkTimeBounds(rules: ChallengeRules, { timeBounds }: ChallengeTransaction): Date {
  if (timeBounds === undefined) throw badChallenge('expected time bounds');
  if (timeBounds.maxTime === 0n) throw badChallenge('expected time bounds that end');
  const now = BigInt(unixSeconds(rules.clock));
  if (now < timeBounds.minTime) throw badChallenge('expected a challenge that is valid already');
  if (now > timeBounds.maxTime) throw badChallenge('expected a challenge that has not expired');
  return new Date(Number(timeBounds.maxTime) * 1000);
}

/** @see SEP-10 § Challenge, Response: 64 bytes that are the base64 of 48 */
function checkNonce({ value }: ManageData): void {
  const text = value?.toString('latin1') ?? '';
  if (!/^[A-Za-z0-9+/]{64}$/.test(text)) {
    throw badChallenge('expected base64 of 48 bytes as value of the first operation');
  }
}

/**
 * Choice: `web_auth_domain` is demanded, and once, though the step list only has clients look at it: we always put it in,
 * and it keeps out challenges of another server that shares our signing key.
 * @see SEP-10 § Token, "additional Manage Data operations have their source account set to the Server Account"
 */
function checkServerOperations(rules: ChallengeRules, operations: readonly ManageData[]): void {
  for (const { name, source } of operations) {
    if (name !== 'client_domain' && (source === undefined || !isServer(rules, source))) {
      throw badChallenge('expected the server account as source of every further operation');
    }
  }
  const [domain, ...more] = operations.filter(({ name }) => name === 'web_auth_domain');
  if (more.length > 0 || domain?.value?.toString() !== rules.webAuthDomain) {
    throw badChallenge('expected one web_auth_domain operation that names our domain');
  }
}

/** @see SEP-10 § Verifying the Client Domain */
function readClientDomain(operations: readonly ManageData[]): Pick<ChallengeContent, 'clientDomain'> {
  const [found, ...more] = operations.filter(({ name }) => name === 'client_domain');
  if (found === undefined) return {};
  const { source, value } = found;
  if (more.length > 0 || source === undefined || value === undefined) {
    throw badChallenge('expected one client_domain operation with a source account and a value');
  }
  return { clientDomain: { domain: value.toString(), account: encodeStrkey('account', source.key) } };
}

/** @see SEP-10 § Token, the claim `sub`; § Memos */
function clientOf({ key, muxedId }: XdrAccount, memoId: bigint | undefined): { sub: string; account: string } {
  const account = encodeStrkey('account', key);
  if (muxedId === undefined) return { account, sub: memoId === undefined ? account : `${account}:${memoId}` };
  if (memoId !== undefined) throw badChallenge('expected no memo with a muxed account');
  return { account, sub: muxedAddress(account, muxedId.toString()) };
}

/**
 * The signatures besides our own, of which there must be exactly one.
 * Ed25519 is deterministic, so signing again and comparing decides the same question as verifying, at a third of the cost.
 * The comparison is constant in time, or it would tell a guesser how much of a forged signature is right.
 * @see SEP-10 § Token, "correct signature by the Server Account"
 */
function withoutServerSignature(
  rules: ChallengeRules,
  hash: Buffer,
  { signatures }: ChallengeEnvelope,
): readonly DecoratedSignature[] {
  const ours = rules.signer.sign(hash);
  const others = signatures.filter(({ hint, signature }) => {
    const isOurs = signature.length === ours.length && timingSafeEqual(signature, ours);
    return !(isOurs && hint.equals(keyHint(rules.signer.publicKey)));
  });
  if (signatures.length - others.length !== 1) throw badChallenge('expected one signature of the server account');
  return others;
}
