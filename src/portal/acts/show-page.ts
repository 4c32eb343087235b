import { askedLanguage } from '../language.ts';
import type { Outcome, PageCall } from '../portal-parts.ts';
import { askFor, pagePath, showStanding, stateOf, visiting } from './visiting.ts';

const notices = ['sent', 'code_sent', 'nothing'] as const;

/** Shows the visitor's page, in another language if that was chosen. */
export function showPage(call: PageCall): Promise<Outcome> {
  return visiting(call, async (visitor) => {
    const { parts, request } = call;
    const lang = askedLanguage(request.url);
    if (lang !== undefined) {
      const session = { ...visitor.session, visit: { ...visitor.session.visit, lang } };
      return { seeOther: pagePath(call), headers: { 'Set-Cookie': parts.sessions.cookieOf(session) } };
    }
    const done = new URL(request.url, 'http://localhost').searchParams.get('done');
    const notice = notices.find((known) => known === done);
    return showStanding(visitor, await askFor(visitor), { ...(notice && { notice }) });
  });
}

/** For the script: whether what it shows is still so. */
export function showState(call: PageCall): Promise<Outcome> {
  return visiting(call, async (visitor) => ({ state: stateOf(await askFor(visitor)) }));
}
