import { createHash } from 'node:crypto';
import { type Signer, verifyingKey, verifySignature } from '../stellar/ed25519.ts';
import { decodeStrkey } from '../stellar/strkey.ts';
import type { ChainHead, SignedHead } from '../store/audit-store.ts';

/**
 * Signs where the chain ends, so that what came before cannot be written anew unnoticed. Choice: by SEP-53, because anybody can check it with
 * the tools there are and the anchor's SIGNING_KEY, and because such a signature is good for nothing else: what is hashed begins with words of
 * its own, where a transaction or a SEP-10 challenge begins with its network's id.
 * @see SEP-53 § Message Signing
 */
export function signHead(signer: Signer, { seq, hash }: ChainHead, at: Date): SignedHead {
  const { account } = signer;
  const head = { seq, hash, at, account };
  return { ...head, signature: signer.sign(signedHash(head)) };
}

/** Whether the head was signed by the account that it names. */
export function isSigned(head: SignedHead): boolean {
  const publicKey = decodeStrkey('account', head.account);
  return publicKey !== undefined && verifySignature(verifyingKey(publicKey), signedHash(head), head.signature);
}

/** What is signed, for people to read. */
export function headText({ seq, hash, at, account }: Omit<SignedHead, 'signature'>): string {
  const lines = [`lines: ${seq}`, `hash: ${Buffer.from(hash).toString('hex')}`, `at: ${at.toISOString()}`];
  return ['anchor-kyc audit trail', ...lines, `by: ${account}`].join('\n');
}

function signedHash(head: Omit<SignedHead, 'signature'>): Buffer {
  return createHash('sha256').update('Stellar Signed Message:\n').update(headText(head)).digest();
}
