import { createHash, timingSafeEqual } from 'node:crypto';
import { KycError } from '../errors.ts';

/** Somebody who has a token, of which only the SHA-256 is known. */
export interface TokenHolder {
  readonly tokenHash: Uint8Array;
}

/**
 * Whoever shows the token of a request. All hashes are compared, each in constant time, so that how long it takes tells nothing.
 * @throws KycError `unauthenticated`
 */
export function findHolder<Holder extends TokenHolder>(request: Request, holders: readonly Holder[]): Holder {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  if (token === undefined) throw new KycError('unauthenticated', { key: 'error.token_missing' });
  const hash = createHash('sha256').update(token, 'utf8').digest();
  const found = holders.filter(({ tokenHash }) => timingSafeEqual(tokenHash, hash));
  const [holder] = found;
  if (holder === undefined) throw new KycError('unauthenticated', { key: 'error.token_invalid' });
  return holder;
}
