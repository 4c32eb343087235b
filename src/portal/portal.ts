import { createHash } from 'node:crypto';
import { KycError } from '../errors.ts';
import { describeError } from '../lib/log.ts';
import { leave } from './acts/leave.ts';
import { openLink, showLink } from './acts/open-link.ts';
import { sendAgain } from './acts/send-again.ts';
import { showPage, showState } from './acts/show-page.ts';
import { takeAnswers } from './acts/take-answers.ts';
import { busy } from './acts/visiting.ts';
import { script } from './assets/script.ts';
import { styleOf } from './assets/style.ts';
import { spokenTo } from './language.ts';
import type { PageContent } from './page.ts';
import { assetReply, type PageReply, pageReply, redirectReply, stateReply } from './page-reply.ts';
import { paths } from './paths.ts';
import type { Outcome, PageCall, PageRequest, PortalParts, Throttles } from './portal-parts.ts';
import { Throttle } from './throttle.ts';
import { type AssetUrls, frame } from './views/frame.ts';
import { brokenPage, problemPage } from './views/gates.ts';

const minuteMs = 60_000;

/** Those that pages and their forms are behind. */
type Endpoint =
  | 'GET /kyc'
  | 'POST /kyc'
  | 'GET /kyc/open'
  | 'POST /kyc/open'
  | 'POST /kyc/again'
  | 'POST /kyc/leave'
  | 'GET /kyc/state';

const acts: Readonly<Record<Endpoint, (call: PageCall) => Promise<Outcome>>> = {
  'GET /kyc': showPage,
  'POST /kyc': takeAnswers,
  'GET /kyc/open': showLink,
  'POST /kyc/open': openLink,
  'POST /kyc/again': sendAgain,
  'POST /kyc/leave': leave,
  'GET /kyc/state': showState,
};

/** What can be asked of the door, by method and path. */
export type PortalEndpoint = Endpoint | 'GET /kyc/page.css' | 'GET /kyc/page.js';

/** The customer page, ready to answer. */
export class Portal {
  readonly #parts: PortalParts;
  readonly #throttles: Throttles;
  readonly #style: string;
  readonly #assets: AssetUrls;

  constructor(parts: PortalParts) {
    this.#parts = parts;
    this.#throttles = {
      openings: new Throttle(5, minuteMs, parts.clock),
      sends: new Throttle(30, 10 * minuteMs, parts.clock),
    };
    const { basePath, brandColor } = parts.settings;
    this.#style = styleOf(brandColor);
    this.#assets = {
      style: `${basePath}${paths.style}?${hashOf(this.#style)}`,
      script: `${basePath}${paths.script}?${hashOf(script)}`,
    };
  }

  /** Answers a request; never rejects. */
  async handle(endpoint: PortalEndpoint, asked: PageRequest): Promise<PageReply> {
    const { request } = asked;
    if (endpoint === 'GET /kyc/page.css') return assetReply(request, 'text/css', this.#style);
    if (endpoint === 'GET /kyc/page.js') return assetReply(request, 'text/javascript', script);
    const call = { ...asked, parts: this.#parts, throttles: this.#throttles };
    const outcome = await acts[endpoint](call).catch((error: unknown) => this.#tell(error, call));
    if ('seeOther' in outcome) return redirectReply(outcome.seeOther, outcome.headers);
    if (!('heading' in outcome)) return stateReply(request, outcome.state);
    const { settings } = this.#parts;
    const document = frame(settings, this.#assets, outcome).toString();
    return pageReply(request, outcome.status, document, {
      origin: settings.origin,
      assets: this.#assets,
      headers: outcome.headers,
    });
  }

  /** What a visitor is told of an error that is not about what they typed; the log knows of those that are nobody's fault. */
  async #tell(error: unknown, { request, requestId }: PageCall): Promise<PageContent> {
    const session = await this.#parts.sessions.find(request).catch(() => undefined);
    const { lang } = spokenTo(request, session?.visit.lang);
    const code = error instanceof KycError ? error.code : undefined;
    if (code === 'customer_not_found' || code === 'not_found') return problemPage('gone', lang);
    if (code === 'too_large' || code === 'invalid_request') return problemPage('unreadable', lang);
    if (error instanceof KycError && code === 'unavailable') {
      this.#parts.log.warn({ requestId, ...describeError(error.cause) }, error.message);
      return busy(problemPage('away', lang), Math.ceil(error.retryAfterSeconds ?? 5));
    }
    const fault = code === 'integration_fault' && error instanceof KycError ? { fault: error.message } : {};
    this.#parts.log.error({ requestId, ...describeError(error), ...fault }, 'the customer page failed unexpectedly');
    return brokenPage(lang, requestId);
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}
