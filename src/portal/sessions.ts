import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { newToken } from '../lib/ids.ts';
import { paths } from './paths.ts';
import { deriveKey, TokenSealer } from './sealed-token.ts';
import type { Visit } from './visit.ts';

/** One visit of the page, from the opening of a link to its end. */
export interface Session {
  readonly id: string;
  readonly expiresAt: Date;
  readonly visit: Visit;
  /** The version of the consent that was given in it. */
  readonly consent?: string;
}

/** What was used up: links that were opened and sessions that were left. Every process over one database knows the same. */
export interface UsedTokens {
  /** False when it was used before. */
  use(name: string, expiresAt: Date): Promise<boolean>;
  isUsed(name: string): Promise<boolean>;
}

/** What sessions need. */
export interface SessionParts {
  readonly rootKey: Uint8Array;
  readonly hostUrl: string;
  readonly clock: Clock;
  readonly lifetimeSeconds: number;
  readonly used: UsedTokens;
}

/** As it is sealed into the cookie. */
interface Sealed {
  readonly s: string;
  readonly e: number;
  readonly v: Visit;
  readonly c?: string;
}

/** Visitors' sessions: a sealed cookie each, and nothing kept here but which were left before their end. */
export class Sessions {
  readonly #parts: SessionParts;
  readonly #sealer: TokenSealer;
  readonly #formKey: Buffer;
  readonly #cookie: string;
  readonly #attributes: string;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#sealer = new TokenSealer(parts.rootKey, 'session');
    this.#formKey = deriveKey(parts.rootKey, 'form');
    const { protocol, pathname } = new URL(parts.hostUrl);
    const isSecure = protocol === 'https:';
    // Choice: the prefix keeps a sibling domain from planting a session of its own, and takes the whole host for that.
    this.#cookie = isSecure ? '__Host-anchor-kyc' : 'anchor-kyc';
    const path = isSecure ? '/' : `${pathname.replace(/\/+$/, '')}${paths.page}`;
    this.#attributes = `Path=${path}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
  }

  /** A new session for a visit, whatever the browser came with. */
  start(visit: Visit): Session {
    const { clock, lifetimeSeconds } = this.#parts;
    return { id: newToken(), expiresAt: new Date(clock.now().getTime() + lifetimeSeconds * 1000), visit };
  }

  /** The session of a request, unless its time is over or it was left. */
  async find(request: Request): Promise<Session | undefined> {
    for (const token of cookiesOf(request, this.#cookie)) {
      const sealed = this.#sealer.open(token) as Sealed | undefined;
      if (sealed === undefined || sealed.e <= this.#parts.clock.now().getTime()) continue;
      const { s: id, e, v: visit, c: consent } = sealed;
      if (await this.#parts.used.isUsed(nameOf(id))) continue;
      return { id, expiresAt: new Date(e), visit, ...(consent !== undefined && { consent }) };
    }
    return undefined;
  }

  /** The header that gives the session to the browser. */
  cookieOf({ id, expiresAt, visit, consent }: Session): string {
    const sealed: Sealed = { s: id, e: expiresAt.getTime(), v: visit, ...(consent !== undefined && { c: consent }) };
    const seconds = Math.max(0, Math.ceil((expiresAt.getTime() - this.#parts.clock.now().getTime()) / 1000));
    return `${this.#cookie}=${this.#sealer.seal(sealed)}; Max-Age=${seconds}; ${this.#attributes}`;
  }

  /** Ends a session for good, copies of its cookie too; answers the header that takes it from the browser. */
  async end({ id, expiresAt }: Session): Promise<string> {
    await this.#parts.used.use(nameOf(id), expiresAt);
    return `${this.#cookie}=; Max-Age=0; ${this.#attributes}`;
  }

  /** What every form of the session holds. */
  formToken({ id }: Session): string {
    return createHmac('sha256', this.#formKey).update(id).digest('base64url');
  }

  /** Names whom and what a visit is about, to a page that was left open: it tells nobody anything, and is the same for every visit about that. */
  markOf({ account, memo, type, transactionId }: Visit): string {
    const about = JSON.stringify([account, memo?.type, memo?.value, type, transactionId]);
    return createHmac('sha256', this.#formKey).update(`visit ${about}`).digest('base64url').slice(0, 22);
  }

  isFormToken(session: Session, given: string | undefined): boolean {
    const [own, other] = [this.formToken(session), given ?? ''].map((text) =>
      createHash('sha256').update(text).digest(),
    );
    return own !== undefined && other !== undefined && timingSafeEqual(own, other);
  }
}

function nameOf(id: string): string {
  return `customer page session ${id}`;
}

function* cookiesOf(request: Request, name: string): Generator<string> {
  for (const pair of (request.headers.get('cookie') ?? '').split(/; */)) {
    if (pair.startsWith(`${name}=`)) yield pair.slice(name.length + 1);
  }
}
