import { invalidField } from '../errors.ts';
import { type Address, parseAddress } from '../stellar/address.ts';
import { isUint64 } from '../stellar/memo.ts';
import { requestToken, verifySignedRequest } from './authorization-header.ts';
import { buildChallenge, type ClientDomain } from './challenge.ts';
import { fetchSigningKey, judgeClientDomain, notAllowed } from './client-domain.ts';
import type { WebAuth } from './web-auth.ts';

/** The answer to GET WEB_AUTH_ENDPOINT. */
export interface ChallengeReply {
  readonly transaction: string;
  readonly network_passphrase: string;
}

/**
 * GET WEB_AUTH_ENDPOINT: a challenge for the account that the parameters name.
 * @param params the query, without empty values
 * @param authorization the request's Authorization header
 * @throws KycError `invalid_field`, `invalid_request`, `unauthenticated` or `forbidden`
 * @see SEP-10 § Challenge
 */
export async function getChallenge(
  auth: WebAuth,
  params: ReadonlyMap<string, string>,
  authorization: string | undefined,
): Promise<ChallengeReply> {
  const token = requestToken(auth.authorizationHeader, authorization);
  const address = readAccount(params.get('account'));
  const memo = readMemo(params.get('memo'), address);
  const homeDomain = readHomeDomain(auth, params.get('home_domain'));
  const clientDomain = await readClientDomain(auth, params.get('client_domain'), token !== undefined);
  if (token !== undefined) {
    const signingKey = clientDomain?.signingKey ?? address.account;
    await verifySignedRequest(auth.clock, { token, signingKey, endpoint: auth.endpoint, params });
  }
  const request = { address: address.text, ...memo, homeDomain, ...(clientDomain ? { clientDomain } : {}) };
  return {
    transaction: buildChallenge(auth, request, auth.randomBytes),
    network_passphrase: auth.networkPassphrase,
  };
}

type ClientAddress = Address & { readonly kind: 'account' | 'muxed'; readonly text: string };

function readAccount(text: string | undefined): ClientAddress {
  const address = text === undefined ? undefined : parseAddress(text);
  if (text === undefined || address === undefined || address.kind === 'contract') {
    throw invalidField('account', { key: 'rule.account' });
  }
  return { ...address, text };
}

/** @see SEP-10 § Challenge, Request Parameters, memo */
function readMemo(memo: string | undefined, { kind }: ClientAddress): { memo?: string } {
  if (memo === undefined) return {};
  if (kind === 'muxed') throw invalidField('memo', { key: 'rule.memo_beside_muxed' });
  if (!isUint64(memo)) throw invalidField('memo', { key: 'rule.memo_to_sign_in' });
  return { memo };
}

/** @see SEP-10 § Challenge, Request Parameters, home_domain */
function readHomeDomain(auth: WebAuth, homeDomain: string | undefined): string {
  const [standard] = auth.homeDomains;
  if (homeDomain === undefined) return standard;
  if (!auth.homeDomains.includes(homeDomain)) throw invalidField('home_domain', { key: 'rule.home_domain' });
  return homeDomain;
}

/**
 * A signed request must not have its client domain ignored, as the plain one may.
 * @see SEP-10 § Challenge, Verifying request header, "Server should respond with an error"
 */
async function readClientDomain(
  auth: WebAuth,
  param: string | undefined,
  isSigned: boolean,
): Promise<ClientDomain | undefined> {
  const verdict = judgeClientDomain(auth.clientDomains, param);
  if (verdict.kind === 'ignored' && isSigned) throw notAllowed();
  if (verdict.kind !== 'verify') return undefined;
  const { domain } = verdict;
  return { domain, signingKey: await fetchSigningKey(auth.clientDomains, domain) };
}
