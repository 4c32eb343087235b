import type { JWTPayload } from 'jose';
import { JWTExpired } from 'jose/errors';
import { jwtVerify } from 'jose/jwt/verify';
import { KycError } from '../errors.ts';
import { type Clock, unixSeconds } from '../lib/clock.ts';
import { verifyingKey } from '../stellar/ed25519.ts';
import { decodeStrkey } from '../stellar/strkey.ts';
import { bearerToken } from './token.ts';

/** Whether challenges are given to clients that do not sign their request. @see SEP-10 § Challenge, Request Header */
export const authorizationHeaderModes = ['off', 'optional', 'required'] as const;

/** @see authorizationHeaderModes */
export type AuthorizationHeaderMode = (typeof authorizationHeaderModes)[number];

/** What a signed request for a challenge must agree with. */
export interface SignedRequest {
  readonly token: string;
  /** The key that must have signed, `G…`. */
  readonly signingKey: string;
  /** The WEB_AUTH_ENDPOINT as published. */
  readonly endpoint: string;
  readonly params: ReadonlyMap<string, string>;
}

const requestParams = ['account', 'memo', 'home_domain', 'client_domain'] as const;
const maxLifetimeSeconds = 3600;
const clockSkewSeconds = 300;

/**
 * The JWT that asks for a challenge; undefined where none is needed.
 * @throws KycError `unauthenticated` when it is required and missing, `invalid_request` when the header holds none
 * @see SEP-10 § Challenge, Request Header
 */
export function requestToken(mode: AuthorizationHeaderMode, header: string | undefined): string | undefined {
  if (mode === 'off') return undefined;
  if (header === undefined) {
    if (mode === 'required') throw new KycError('unauthenticated', { key: 'error.authorization_missing' });
    return undefined;
  }
  const token = bearerToken(header);
  if (token === undefined) throw invalidHeader('expected Bearer and a JWT');
  return token;
}

/**
 * Verifies the JWT against the request that it came with.
 * @throws KycError `invalid_request`
 * @see SEP-10 § Challenge, Verifying request header
 */
export async function verifySignedRequest(clock: Clock, request: SignedRequest): Promise<void> {
  const payload = await readPayload(clock, request);
  checkLifetime(clock, payload);
  if (payload['web_auth_endpoint'] !== request.endpoint) {
    throw invalidHeader('expected the claim web_auth_endpoint to be this endpoint');
  }
  for (const name of new Set([...requestParams, ...request.params.keys()])) {
    if (payload[name] !== request.params.get(name)) throw invalidHeader('expected claims equal to the parameters');
  }
}

async function readPayload(clock: Clock, { token, signingKey }: SignedRequest): Promise<JWTPayload> {
  const key = decodeStrkey('account', signingKey);
  if (key === undefined) throw new TypeError('verifySignedRequest: expected a G… signing key');
  try {
    const { payload } = await jwtVerify(token, verifyingKey(key), {
      algorithms: ['EdDSA'],
      currentDate: clock.now(),
      requiredClaims: ['iat', 'exp', 'web_auth_endpoint'],
    });
    return payload;
  } catch (cause) {
    if (cause instanceof JWTExpired) throw invalidHeader('the JWT has expired', cause);
    throw invalidHeader('expected a JWT signed by the client domain or the account', cause);
  }
}

/**
 * Choice: the spec sets no limit to a request's life; its examples live 900 seconds. An hour is allowed, and a client's
 * clock may run five minutes fast.
 */
function checkLifetime(clock: Clock, { iat = 0, exp = 0 }: JWTPayload): void {
  if (iat > unixSeconds(clock) + clockSkewSeconds) throw invalidHeader('the JWT is issued in the future');
  if (exp - iat > maxLifetimeSeconds) throw invalidHeader('the JWT lives longer than an hour');
}

function invalidHeader(rule: string, cause?: unknown): KycError {
  return new KycError('invalid_request', `invalid authorization header: ${rule}`, { cause });
}
