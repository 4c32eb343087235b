import type { Language } from '../../messages/languages.ts';
import type { PlainKey } from '../../messages/phrase.ts';
import { translate } from '../../messages/translate.ts';
import { type Html, html } from '../html.ts';
import { type PageContent, type PageSettings, sayIn } from '../page.ts';
import { paths } from '../paths.ts';

/** What a link leads to: a button, whose press opens it. */
export function openPage({ appName, basePath }: PageSettings, lang: Language, token: string): PageContent {
  const heading = translate({ key: 'page.open_heading', params: { appName } }, lang);
  const body = html`<p>${translate({ key: 'page.open_text', params: { appName } }, lang)}</p>
<form method="post" action="${basePath}${paths.open}" data-plain>
<input type="hidden" name="page:link" value="${token}">
<button>${sayIn(lang)('page.open_button')}</button>
</form>`;
  return { status: 200, lang, heading, body };
}

/** A problem as it is told. */
interface Told {
  readonly status: number;
  readonly heading: PlainKey;
  readonly text: PlainKey;
}

/** Why there is nothing to be seen or done. */
export type Problem =
  | 'bad_link'
  | 'expired_link'
  | 'used_link'
  | 'gone'
  | 'no_session'
  | 'foreign'
  | 'unreadable'
  | 'busy'
  | 'away';

const problems: Readonly<Record<Problem, Told>> = {
  bad_link: { status: 400, heading: 'page.problem.link', text: 'page.problem.bad_link' },
  expired_link: { status: 410, heading: 'page.problem.link', text: 'page.problem.expired_link' },
  used_link: { status: 410, heading: 'page.problem.link', text: 'page.problem.used_link' },
  gone: { status: 404, heading: 'page.problem.link', text: 'page.problem.gone' },
  no_session: { status: 401, heading: 'page.problem.no_session', text: 'page.problem.new_link' },
  foreign: { status: 403, heading: 'page.problem.foreign', text: 'page.problem.go_back' },
  unreadable: { status: 400, heading: 'page.problem.unreadable', text: 'page.problem.go_back' },
  busy: { status: 429, heading: 'page.problem.busy', text: 'page.problem.busy_text' },
  away: { status: 503, heading: 'page.problem.busy', text: 'page.problem.away_text' },
};

const endsWithNewLink: readonly Problem[] = ['bad_link', 'expired_link', 'used_link', 'gone'];

export function problemPage(problem: Problem, lang: Language): PageContent {
  const { status, heading, text } = problems[problem];
  const say = sayIn(lang);
  const body = html`<p>${say(text)}${endsWithNewLink.includes(problem) && ` ${say('page.problem.new_link')}`}</p>`;
  return { status, lang, heading: say(heading), body };
}

/** For what nobody foresaw: the log knows more. */
export function brokenPage(lang: Language, requestId: string): PageContent {
  const body: Html = html`<p>${translate({ key: 'page.problem.broken_text', params: { requestId } }, lang)}</p>`;
  return { status: 500, lang, heading: sayIn(lang)('page.problem.broken'), body };
}

/** After a session was left. */
export function leftPage(lang: Language): PageContent {
  const say = sayIn(lang);
  return { status: 200, lang, heading: say('page.left'), body: html`<p>${say('page.problem.new_link')}</p>` };
}
