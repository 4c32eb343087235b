import type { Clock } from '../lib/clock.ts';
import { newToken } from '../lib/ids.ts';
import { paths } from './paths.ts';
import { TokenSealer } from './sealed-token.ts';
import type { Visit } from './visit.ts';

/** What making links needs. */
export interface LinkParts {
  /** The server's secret, of which a key for links alone is derived. */
  readonly rootKey: Uint8Array;
  /** The public URL of the server. */
  readonly hostUrl: string;
  readonly clock: Clock;
  /** How long a link can be opened. */
  readonly lifetimeSeconds: number;
}

/** A link to the page, for one customer and one opening. */
export interface CustomerLink {
  readonly url: string;
  /** When it can be opened no more. */
  readonly expiresAt: Date;
}

/** What a link says. */
export interface LinkContent {
  readonly nonce: string;
  readonly expiresAt: Date;
  readonly visit: Visit;
}

/** As it is sealed. */
interface Sealed {
  readonly n: string;
  readonly e: number;
  readonly v: Visit;
}

/** Makes links to the customer page, and reads them. */
export class CustomerLinks {
  readonly #parts: LinkParts;
  readonly #sealer: TokenSealer;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#sealer = new TokenSealer(parts.rootKey, 'link');
  }

  issue(visit: Visit): CustomerLink {
    const { clock, hostUrl, lifetimeSeconds } = this.#parts;
    const expiresAt = new Date(clock.now().getTime() + lifetimeSeconds * 1000);
    const content: Sealed = { n: newToken(), e: expiresAt.getTime(), v: visit };
    return { url: `${hostUrl}${paths.open}?link=${this.#sealer.seal(content)}`, expiresAt };
  }

  /** What the token of a link says, `expired` when it was ours and its time is over, undefined when it is none of ours. */
  read(token: string): LinkContent | 'expired' | undefined {
    const sealed = this.#sealer.open(token) as Sealed | undefined;
    if (sealed === undefined) return undefined;
    const { n: nonce, e, v: visit } = sealed;
    if (e <= this.#parts.clock.now().getTime()) return 'expired';
    return { nonce, expiresAt: new Date(e), visit };
  }
}
