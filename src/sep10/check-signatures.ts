import { verifyingKey, verifySignature } from '../stellar/ed25519.ts';
import { decodeStrkey } from '../stellar/strkey.ts';
import type { AccountAuthority } from './account-signers.ts';
import { keyHint } from './challenge.ts';
import { badChallenge, type DecoratedSignature } from './challenge-xdr.ts';

/** The signatures on a challenge that must prove control of the client account. */
export interface ClientProof {
  /** The client account, `G…`. */
  readonly account: string;
  /** The challenge's network hash. */
  readonly hash: Buffer;
  /** At least one; neither the server's nor the client domain's. */
  readonly signatures: readonly DecoratedSignature[];
  /** The server account, `G…`, which never counts as a signer. */
  readonly server: string;
}

/**
 * Whether the signatures prove control of the account; `authority` is undefined when the network has no such account.
 * @throws KycError `invalid_field` naming `transaction`
 * @see SEP-10 § Token; § Verifying Authority to Move Funds; § Verifying Accounts that Do Not Exist
 */
export function checkAuthority(proof: ClientProof, authority: AccountAuthority | undefined): void {
  if (authority === undefined) checkMasterKey(proof);
  else checkWeight(proof, authority);
}

/**
 * The signatures without the one that `account` made.
 * Choice: a client domain's signature counts for the domain alone, even when its key is a signer of the client account:
 * a wallet's service signs it to say "this is our app", not to move its users' funds. The signature count of the spec
 * ("three if client_domain is present") says the same.
 * @throws KycError `invalid_field` naming `transaction` when there is none
 * @see SEP-10 § Verifying the Client Domain
 */
export function takeSignatureOf(
  account: string,
  hash: Buffer,
  signatures: readonly DecoratedSignature[],
): readonly DecoratedSignature[] {
  const found = signatures.find((signature) => isSignedBy(account, hash, signature));
  if (found === undefined) throw badChallenge('expected a signature of the client domain');
  return signatures.filter((signature) => signature !== found);
}

function checkMasterKey({ account, hash, signatures }: ClientProof): void {
  const [signature, ...more] = signatures;
  if (signature === undefined || more.length > 0 || !isSignedBy(account, hash, signature)) {
    throw badChallenge('expected just the signature of the master key, as the account does not exist');
  }
}

/**
 * Every signature must be by a signer of its own, and their weights must add up to the medium threshold.
 * The first signature by nobody ends the work, and a signer that signed is not tried again: with 20 signatures and 21
 * signers, whose hints an attacker can make collide, that bounds the verifications.
 * Choice: a key of weight 0 is no signer, as on the network; so a threshold of 0 is not met by signatures without weight.
 */
function checkWeight({ hash, signatures, server }: ClientProof, { signers, mediumThreshold }: AccountAuthority): void {
  const unused = new Map(signers.map(({ key, weight }) => [key, weight]));
  unused.delete(server);
  let weight = 0;
  for (const signature of signatures) {
    const signer = [...unused].find(([key, weighs]) => weighs > 0 && isSignedBy(key, hash, signature));
    if (signer === undefined)
      throw badChallenge('expected no signatures but those of signers of the account, once each');
    unused.delete(signer[0]);
    weight += signer[1];
  }
  if (weight < mediumThreshold) throw badChallenge('expected signatures that meet the medium threshold of the account');
}

function isSignedBy(account: string, hash: Buffer, { hint, signature }: DecoratedSignature): boolean {
  const key = decodeStrkey('account', account);
  return key !== undefined && keyHint(key).equals(hint) && verifySignature(verifyingKey(key), hash, signature);
}
