import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { CustomerIntegration } from '../sep12/integration.ts';
import type { CustomerLinks } from './links.ts';
import type { PageContent, PageSettings } from './page.ts';
import type { SentForm } from './read-answers.ts';
import type { Sessions, UsedTokens } from './sessions.ts';
import type { Throttle } from './throttle.ts';

/** What the page is made of. */
export interface PortalParts {
  readonly integration: CustomerIntegration;
  readonly settings: PageSettings;
  readonly links: CustomerLinks;
  readonly sessions: Sessions;
  readonly used: UsedTokens;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How often one visitor may do something. */
export interface Throttles {
  /** Of one link. */
  readonly openings: Throttle;
  /** Of one session. */
  readonly sends: Throttle;
}

/** A request to the page. */
export interface PageRequest {
  readonly request: Request;
  readonly requestId: string;
  /** Reads its form for as long as that is used; files that nobody kept by then are gone. */
  readonly withForm: <T>(use: (form: SentForm) => Promise<T>) => Promise<T>;
}

/** A request on its way to an act. */
export interface PageCall extends PageRequest {
  readonly parts: PortalParts;
  readonly throttles: Throttles;
}

/** Somewhere else to go on, after something was done. */
export interface Redirect {
  readonly seeOther: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an act ends in: a page, another page, or for the script, what it shows is the same (`state`). */
export type Outcome = PageContent | Redirect | { readonly state: string };
