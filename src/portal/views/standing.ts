import type { Language } from '../../messages/languages.ts';
import type { PlainKey } from '../../messages/phrase.ts';
import { translate } from '../../messages/translate.ts';
import type { CustomerPayment } from '../../sep12/integration.ts';
import { type Html, html } from '../html.ts';
import { type PageContent, type PageSettings, sayIn } from '../page.ts';
import { paths } from '../paths.ts';
import type { Question, Received, Standing } from '../questions.ts';
import type { Faults } from '../read-answers.ts';
import { paymentsView } from './payments.ts';
import { questionView } from './question.ts';

/** What the page shows of a visitor's standing. */
export interface ShownStanding {
  readonly standing: Standing;
  readonly payments: readonly CustomerPayment[];
  /** What is shown now, by which a change is noticed. */
  readonly state: string;
  readonly lang: Language;
  readonly tag: string;
  readonly formToken: string;
  /** Whom and what the visit is about, as a mark. */
  readonly visit: string;
  /** Whether the consent is still to be given. */
  readonly asksConsent: boolean;
  /** Whether the integration sends codes again when asked. */
  readonly sendsCodes: boolean;
  readonly notice?: 'sent' | 'code_sent' | 'nothing';
  readonly faults?: Faults;
  /** What was typed into a form that was refused. */
  readonly typed?: ReadonlyMap<string, string>;
}

/** The page of a visitor: where they stand, what is asked, what was received. */
export function standingPage(settings: PageSettings, shown: ShownStanding): PageContent {
  const { standing, lang, state, visit, formToken, faults } = shown;
  return {
    status: faults === undefined || faults.size === 0 ? 200 : 400,
    lang,
    heading: sayIn(lang)(headingOf(standing)),
    state,
    visit,
    formToken,
    body: html`${faultSummary(shown)}${noticeOf(shown)}${aboutStatus(settings, shown)}${paymentsView(shown.payments, lang)}${formOf(settings, shown)}${receivedView(standing.received, lang)}`,
  };
}

function headingOf(standing: Standing): PlainKey {
  const { status, unconfirmed } = standing;
  switch (status) {
    case 'ACCEPTED':
      return 'page.accepted_heading';
    case 'REJECTED':
      return 'page.rejected_heading';
    case 'PROCESSING':
      return 'page.processing_heading';
    default:
      return !needsData(standing) && unconfirmed.length > 0 ? 'page.confirm_heading' : 'page.needs_heading';
  }
}

function needsData({ questions }: Standing): boolean {
  return questions.some(({ isOptional }) => !isOptional);
}

function faultSummary({ faults, lang, standing }: ShownStanding): Html | undefined {
  if (faults === undefined || faults.size === 0) return undefined;
  const labels = new Map([...standing.questions, ...standing.unconfirmed].map(({ name, label }) => [name, label]));
  const say = sayIn(lang);
  const item = ([name, told]: readonly [string, string]): Html => {
    const label = labels.get(name.replace(/_verification$/, ''));
    if (name === 'page:consent') return html`<li><a href="#f-consent">${told}</a></li>`;
    return label === undefined ? html`<li>${told}</li>` : html`<li><a href="#f-${name}">${label}</a></li>`;
  };
  return html`<div class="note fault" role="alert" id="faults">
<p>${say('page.has_faults')}</p>
<ul>${[...faults].map(item)}</ul>
<p>${say('page.files_again')}</p>
</div>`;
}

const notices = { sent: 'page.sent', code_sent: 'page.code_sent', nothing: 'page.nothing_sent' } as const;

function noticeOf({ notice, lang }: ShownStanding): Html | undefined {
  return notice && html`<p class="note" role="status">${sayIn(lang)(notices[notice])}</p>`;
}

function aboutStatus({ basePath }: PageSettings, { standing, lang }: ShownStanding): Html {
  const say = sayIn(lang);
  const { status, message } = standing;
  const text = {
    ACCEPTED: say('page.accepted_text'),
    PROCESSING: message ?? say('status.processing'),
    REJECTED: message ?? say('status.rejected'),
  }[status];
  const waits = status === 'PROCESSING';
  return html`<p>${text ?? message ?? say('page.needs_text')}</p>
${waits && html`<p class="soft">${say('page.updates')}</p>`}
<noscript><p><a href="${basePath}${paths.page}">${say('page.check_again')}</a></p></noscript>`;
}

function formOf(settings: PageSettings, shown: ShownStanding): Html | undefined {
  const { standing, formToken, lang } = shown;
  const { questions, unconfirmed, status } = standing;
  if (status === 'REJECTED' || (questions.length === 0 && unconfirmed.length === 0)) return undefined;
  const isAside = !needsData(standing) && unconfirmed.length === 0 && shown.faults === undefined;
  const isUnread = shown.faults !== undefined && shown.typed === undefined;
  const form = html`<form id="answers" method="post" action="${settings.basePath}${paths.page}" enctype="multipart/form-data" novalidate${isUnread && html` data-unread`}>
<input type="hidden" name="page:token" value="${formToken}">
${codesOf(settings, shown)}${questionsOf(settings, shown, isAside)}
<p class="fault" id="failed" role="alert" hidden></p>
<label id="sending" hidden>${sayIn(lang)('page.sending')} <progress max="100" value="0"></progress></label>
<button>${sayIn(lang)('page.send')}</button>
</form>`;
  return html`${isAside ? html`<details><summary>${sayIn(lang)('page.more_heading')}</summary>${form}</details>` : form}
${shown.sendsCodes && unconfirmed.map(({ name }) => againForm(name, settings, formToken))}`;
}

function codesOf(settings: PageSettings, shown: ShownStanding): Html | undefined {
  const { unconfirmed } = shown.standing;
  if (unconfirmed.length === 0) return undefined;
  const views = unconfirmed.map((one) => codeView(one, settings, shown));
  return html`<h2>${sayIn(shown.lang)('page.codes_heading')}</h2>${views}`;
}

/** Beside codes, what can be left out is folded away; where there is nothing else, the whole form is. */
function questionsOf(settings: PageSettings, shown: ShownStanding, isAside: boolean): Html | undefined {
  const { standing, faults, lang } = shown;
  if (standing.questions.length === 0) return consentOf(settings, shown);
  const say = sayIn(lang);
  const views = standing.questions.map((question) => ask(question, settings, shown));
  const asked = html`${views}${consentOf(settings, shown)}`;
  if (isAside) return asked;
  if (needsData(standing) || faults !== undefined) return html`<h2>${say('page.questions_heading')}</h2>${asked}`;
  return html`<details><summary>${say('page.more_heading')}</summary>${asked}</details>`;
}

function ask(question: Question, { fileBytes }: PageSettings, { lang, faults, typed }: ShownStanding): Html {
  const { name } = question;
  return questionView(question, { lang, fault: faults?.get(name), typed: typed?.get(name), fileBytes });
}

function codeView(question: Question, settings: PageSettings, shown: ShownStanding): Html {
  const { name, label } = question;
  const { lang, faults, sendsCodes } = shown;
  const say = sayIn(lang);
  const input = `${name}_verification`;
  const fault = faults?.get(input);
  const isOpen = faults?.has(name) === true;
  return html`<div class="field">
<label for="f-${input}">${translate({ key: 'page.code_label', params: { description: label } }, lang)}</label>
${fault !== undefined && html`<p id="e-${input}" class="fault">${fault}</p>`}
<p id="h-${input}" class="soft">${say('page.code_hint')}</p>
<input type="text" id="f-${input}" name="${input}" inputmode="numeric" autocomplete="one-time-code" dir="ltr" value=""
 aria-invalid="${fault === undefined ? 'false' : 'true'}" aria-describedby="${fault !== undefined && `e-${input} `}h-${input}">
${sendsCodes && html`<button class="quiet" form="again-${name}">${say('page.code_again')}<span class="apart"> – ${label}</span></button>`}
<details${isOpen && html` open`}><summary>${say('page.code_other')}<span class="apart"> – ${label}</span></summary>${ask(question, settings, shown)}</details>
</div>`;
}

function againForm(name: string, { basePath }: PageSettings, token: string): Html {
  return html`<form id="again-${name}" method="post" action="${basePath}${paths.again}" data-keep>
<input type="hidden" name="page:token" value="${token}"><input type="hidden" name="page:field" value="${name}">
</form>
`;
}

function consentOf(
  { consent }: PageSettings,
  { asksConsent, lang, tag, faults, typed }: ShownStanding,
): Html | undefined {
  if (consent === undefined || !asksConsent) return undefined;
  const say = sayIn(lang);
  const fault = faults?.get('page:consent');
  const isGiven = typed?.get('page:consent') === consent.version;
  return html`<fieldset><legend>${say('page.consent_heading')}</legend>
<p id="consent" class="text">${consent.textIn(tag)}</p>
${fault !== undefined && html`<p id="e-consent" class="fault">${fault}</p>`}
<label class="check"><input type="checkbox" id="f-consent" name="page:consent" value="${consent.version}"${isGiven && html` checked`}
 aria-invalid="${fault === undefined ? 'false' : 'true'}" aria-describedby="${fault !== undefined && 'e-consent '}consent"> ${say('page.consent_agree')}</label>
</fieldset>`;
}

const words = {
  ACCEPTED: 'page.status.accepted',
  PROCESSING: 'page.status.processing',
  REJECTED: 'page.status.rejected',
  VERIFICATION_REQUIRED: 'page.status.verification_required',
} as const;

function receivedView(received: readonly Received[], lang: Language): Html | undefined {
  if (received.length === 0) return undefined;
  const say = sayIn(lang);
  const row = ({ label, status }: Received): Html =>
    html`<li><span>${label}</span> <strong class="s-${status.toLowerCase()}">${say(words[status])}</strong></li>`;
  return html`<h2>${say('page.received_heading')}</h2>
<ul class="received">${received.map(row)}</ul>`;
}
