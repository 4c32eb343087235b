import { createHash } from 'node:crypto';
import { type Operator, type Role, roles } from '../kyc/review/operator.ts';
import type { Clock } from '../lib/clock.ts';
import { newToken } from '../lib/ids.ts';
import type { OperatorRecord, SessionRecord, SignInStore } from '../store/operator-store.ts';

/** After so long without a request a session ends. */
const idleMs = 30 * 60_000;
/** A session ends then, whatever is done in it. */
const longestMs = 12 * 3_600_000;
/** The last use is written down so often. */
const touchMs = 60_000;
const tokenBits = 256;

/** Somebody who has signed in. */
export interface SignedIn {
  readonly operator: Operator;
  readonly record: OperatorRecord;
  readonly session: SessionRecord;
  readonly token: string;
}

/** The sessions of operators. A token is made here, never taken from a browser, and kept as a hash. */
export class Sessions {
  readonly #store: SignInStore;
  readonly #clock: Clock;

  constructor(store: SignInStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Begins a session; the one that the browser had before, if any, ends. Answers the token. */
  async begin(operatorId: string, by: string, formerToken?: string): Promise<string> {
    const now = this.#clock.now();
    if (formerToken !== undefined) await this.#store.closeSession(hashToken(formerToken));
    await this.#store.forgetSessions(new Date(now.getTime() - longestMs), new Date(now.getTime() - idleMs));
    const token = newToken(tokenBits);
    const session = { publicId: newToken(64), createdAt: now, seenAt: now, by };
    await this.#store.openSession(operatorId, hashToken(token), session);
    return token;
  }

  /** Whose session it is; undefined when there is none (any more). The role is that of now. */
  async find(token: string): Promise<SignedIn | undefined> {
    const hash = hashToken(token);
    const found = await this.#store.findSession(hash);
    if (found === undefined) return undefined;
    const { session, operator: record } = found;
    const role = roles.find((known): known is Role => known === record.role);
    const now = this.#clock.now().getTime();
    const idle = now - session.seenAt.getTime();
    if (role === undefined || idle > idleMs || now - session.createdAt.getTime() > longestMs) return undefined;
    if (idle > touchMs) await this.#store.touchSession(hash, new Date(now));
    return { operator: { name: record.name, role }, record, session, token };
  }

  async end(token: string): Promise<void> {
    await this.#store.closeSession(hashToken(token));
  }

  /** Those that still hold. */
  async list(operatorId: string): Promise<readonly SessionRecord[]> {
    const now = this.#clock.now().getTime();
    const all = await this.#store.listSessions(operatorId);
    return all.filter(
      ({ seenAt, createdAt }) => now - seenAt.getTime() <= idleMs && now - createdAt.getTime() <= longestMs,
    );
  }

  /** Ends the session of that public id, or every one but this. */
  async endOthers({ record, token }: SignedIn, publicId?: string): Promise<void> {
    await this.#store.endSessions(record.id, publicId === undefined ? { exceptHash: hashToken(token) } : { publicId });
  }
}

/** Tokens are long and random, so one round of a hash keeps them. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}
