import { invalidField } from '../errors.ts';
import { parseSub, type Subject } from '../stellar/subject.ts';
import { badChallenge } from './challenge-xdr.ts';
import { issueToken } from './token.ts';
import { type VerifiedChallenge, verifyChallenge } from './verify-challenge.ts';
import type { WebAuth } from './web-auth.ts';

/** The answer to POST WEB_AUTH_ENDPOINT. */
export interface TokenReply {
  readonly token: string;
}

/**
 * POST WEB_AUTH_ENDPOINT: a session token for a signed challenge, at most one for each.
 * @param params the form or JSON body, without empty values
 * @throws KycError `invalid_field`; `unavailable` when the signers cannot be looked up; whatever `admit` throws
 * @see SEP-10 § Token
 */
export async function postToken(auth: WebAuth, params: ReadonlyMap<string, string>): Promise<TokenReply> {
  const transaction = params.get('transaction');
  if (transaction === undefined) throw invalidField('transaction', { key: 'rule.signed_challenge' });
  const challenge = await verifyChallenge(auth, auth.accounts, transaction);
  await auth.admit?.(subjectOf(challenge));
  // Last of all: a challenge that was refused, or could not be checked, may be sent again.
  if (!(await auth.usedChallenges.use(challenge.hash, challenge.expiresAt))) {
    throw badChallenge('expected a challenge that was not used before');
  }
  return { token: await issueToken(auth.tokens, { ...challenge, jti: challenge.hash }) };
}

function subjectOf({ sub, homeDomain, clientDomain }: VerifiedChallenge): Subject {
  const identity = parseSub(sub);
  if (identity === undefined) throw new TypeError('postToken: a verified challenge has a valid subject');
  return { ...identity, homeDomain, ...(clientDomain === undefined ? {} : { clientDomain }) };
}
