import { createHash } from 'node:crypto';
import type { CustomerReply } from '../../sep12/customer-reply.ts';
import { customerRequest, getCustomer } from '../../sep12/get-customer.ts';
import type { CustomerPayment } from '../../sep12/integration.ts';
import { type Spoken, spokenTo } from '../language.ts';
import { isFromOwnPage } from '../own-page.ts';
import type { PageContent } from '../page.ts';
import { paths } from '../paths.ts';
import type { Outcome, PageCall } from '../portal-parts.ts';
import { toStanding } from '../questions.ts';
import type { SentForm } from '../read-answers.ts';
import type { Session } from '../sessions.ts';
import { type Problem, problemPage } from '../views/gates.ts';
import { type ShownStanding, standingPage } from '../views/standing.ts';
import { contextOf, paramsOf } from '../visit.ts';

/** A visitor with a session. */
export interface Visiting {
  readonly call: PageCall;
  readonly session: Session;
  readonly spoken: Spoken;
}

/** Does something for a visitor who has a session; whoever has none is told so. */
export async function visiting(call: PageCall, act: (visiting: Visiting) => Promise<Outcome>): Promise<Outcome> {
  const session = await call.parts.sessions.find(call.request);
  if (session === undefined) return problem(call, 'no_session');
  return act({ call, session, spoken: spokenTo(call.request, session.visit.lang) });
}

/** What is done with a form of a session. */
interface ByForm {
  readonly act: (visitor: Visiting, form: SentForm) => Promise<Outcome>;
  /** Tells of a form that could not be read to its end, where that can be told better than by a page of its own. */
  readonly unread?: (visitor: Visiting, error: unknown) => Promise<Outcome>;
}

/** The same for a form of the session, which no other page can have sent. */
export function visitingByForm(call: PageCall, { act, unread }: ByForm): Promise<Outcome> {
  return visiting(call, async (visitor) => {
    const { parts, throttles, request } = call;
    const { session, spoken } = visitor;
    if (!isFromOwnPage(request, parts.settings.origin)) return problemPage('foreign', spoken.lang);
    const waitSeconds = throttles.sends.refuse(session.id);
    if (waitSeconds !== undefined) return busy(problemPage('busy', spoken.lang), waitSeconds);
    let isRead = false;
    try {
      return await call.withForm((form) => {
        isRead = true;
        const isOurs = parts.sessions.isFormToken(session, form.values.get('page:token'));
        return isOurs ? act(visitor, form) : Promise.resolve(problemPage('foreign', spoken.lang));
      });
    } catch (error) {
      if (isRead || unread === undefined) throw error;
      return unread(visitor, error);
    }
  });
}

/** A problem told to somebody without a session. */
export function problem({ request }: PageCall, which: Problem): PageContent {
  return problemPage(which, spokenTo(request, undefined).lang);
}

/** A page that says when to come again. */
export function busy(page: PageContent, seconds: number): PageContent {
  return { ...page, headers: { 'Retry-After': String(seconds) } };
}

/** What the integration says of a visitor. */
export interface Told {
  /** As a wallet would be answered. */
  readonly reply: CustomerReply;
  readonly payments: readonly CustomerPayment[];
}

/** Asks the integration about the visitor. */
export async function askFor({ call, session, spoken }: Visiting): Promise<Told> {
  const { integration } = call.parts;
  const [params, context] = [paramsOf(session.visit, spoken.tag), contextOf(session.visit, call.requestId)];
  const reply = await getCustomer(integration, params, context);
  return { reply, payments: (await integration.payments?.(customerRequest(params, context), context)) ?? [] };
}

/** Names what is shown, so that a change is noticed. */
export function stateOf(told: Told): string {
  return createHash('sha256').update(JSON.stringify(told)).digest('base64url').slice(0, 22);
}

/** The page of the visitor. */
export function showStanding(
  { call, session, spoken }: Visiting,
  told: Told,
  more: Pick<ShownStanding, 'notice' | 'faults' | 'typed'> = {},
): PageContent {
  const { settings, sessions, integration } = call.parts;
  return standingPage(settings, {
    standing: toStanding(told.reply, spoken.lang),
    payments: told.payments,
    state: stateOf(told),
    ...spoken,
    formToken: sessions.formToken(session),
    visit: sessions.markOf(session.visit),
    asksConsent: settings.consent !== undefined && settings.consent.version !== session.consent,
    sendsCodes: integration.sendCode !== undefined,
    ...more,
  });
}

/** The page's own path, with what it is to say. */
export function pagePath({ parts }: PageCall, notice?: string): string {
  return `${parts.settings.basePath}${paths.page}${notice === undefined ? '' : `?done=${notice}`}`;
}
