// Not the main entry, which loads all of what is never used here at every start.
import type { CryptoKey, JWTPayload } from 'jose';
import { JWTExpired } from 'jose/errors';
import { SignJWT } from 'jose/jwt/sign';
import { jwtVerify } from 'jose/jwt/verify';
import { KycError } from '../errors.ts';
import { type Clock, unixSeconds } from '../lib/clock.ts';
import type { PlainKey } from '../messages/phrase.ts';
import { parseSub, type Subject } from '../stellar/subject.ts';
import type { KnownTokens } from './known-tokens.ts';

/** How tokens are made and checked. */
export interface TokenSettings {
  readonly key: CryptoKey;
  /** The claim `iss`: a URI of ours. */
  readonly issuer: string;
  readonly lifetimeSeconds: number;
  readonly clock: Clock;
  /** Spares verifying a token again; without it every use is verified. */
  readonly known?: KnownTokens;
}

/** What a token says. */
export interface TokenClaims {
  /** `G…`, `G…:<memo>`, `M…` or `C…`. */
  readonly sub: string;
  /** The token's id: the hex hash of the challenge it was given for. */
  readonly jti: string;
  readonly homeDomain: string;
  readonly clientDomain?: string;
}

const algorithm = 'HS256';
const minSecretBytes = 32;

/**
 * The key that signs tokens.
 * @throws TypeError when the secret is shorter than the 32 bytes that HS256 wants. @see RFC 7518 § 3.2
 */
export async function importTokenKey(secret: Uint8Array): Promise<CryptoKey> {
  if (secret.length < minSecretBytes)
    throw new TypeError(`the token secret must have at least ${minSecretBytes} bytes`);
  return crypto.subtle.importKey('raw', new Uint8Array(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ]);
}

/** A session token. @see SEP-10 § Token, the claims */
export async function issueToken(settings: TokenSettings, claims: TokenClaims): Promise<string> {
  const now = unixSeconds(settings.clock);
  const payload: JWTPayload = { home_domain: claims.homeDomain };
  if (claims.clientDomain !== undefined) payload['client_domain'] = claims.clientDomain;
  return new SignJWT(payload)
    .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
    .setIssuer(settings.issuer)
    .setSubject(claims.sub)
    .setIssuedAt(now)
    .setExpirationTime(now + settings.lifetimeSeconds)
    .setJti(claims.jti)
    .sign(settings.key);
}

/**
 * Who presents the token.
 * @throws KycError `unauthenticated` for no token, one that is not ours, or an expired one
 */
export async function verifyToken(settings: TokenSettings, token: string | undefined): Promise<Subject> {
  if (token === undefined) throw unauthenticated('error.token_missing');
  const known = settings.known?.find(token);
  if (known === undefined) return verifyUnknown(settings, token);
  if (known.expiresAt <= unixSeconds(settings.clock)) throw unauthenticated('error.token_expired');
  return known.subject;
}

async function verifyUnknown(settings: TokenSettings, token: string): Promise<Subject> {
  const payload = await readPayload(settings, token);
  const identity = parseSub(payload.sub ?? '');
  if (identity === undefined) throw unauthenticated('error.token_invalid');
  const { home_domain: homeDomain, client_domain: clientDomain } = payload;
  const subject: Subject = Object.freeze({
    ...identity,
    ...(typeof homeDomain === 'string' ? { homeDomain } : {}),
    ...(typeof clientDomain === 'string' ? { clientDomain } : {}),
  });
  settings.known?.add(token, { subject, expiresAt: payload.exp ?? 0 });
  return subject;
}

/** The token of an `Authorization: Bearer …` header, whose scheme is case-insensitive. @see RFC 6750 § 2.1 */
export function bearerToken(header: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(header ?? '')?.[1];
}

async function readPayload(settings: TokenSettings, token: string): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, settings.key, {
      algorithms: [algorithm],
      issuer: settings.issuer,
      currentDate: settings.clock.now(),
      requiredClaims: ['iss', 'sub', 'iat', 'exp'],
    });
    return payload;
  } catch (cause) {
    throw unauthenticated(cause instanceof JWTExpired ? 'error.token_expired' : 'error.token_invalid', cause);
  }
}

function unauthenticated(key: PlainKey, cause?: unknown): KycError {
  return new KycError('unauthenticated', { key }, { cause });
}
