import { KycError } from '../../errors.ts';
import { translate } from '../../messages/translate.ts';
import { putCustomer, type Submitted } from '../../sep12/put-customer.ts';
import type { Outcome, PageCall } from '../portal-parts.ts';
import { type Standing, toStanding } from '../questions.ts';
import { type Faults, faultsOf, readAnswers, type SentForm, tellFault } from '../read-answers.ts';
import type { Session } from '../sessions.ts';
import { contextOf, paramsOf } from '../visit.ts';
import { askFor, pagePath, showStanding, type Visiting, visitingByForm } from './visiting.ts';

/** Takes what a visitor sent: all of it, or none and what is wrong is told. */
export function takeAnswers(call: PageCall): Promise<Outcome> {
  return visitingByForm(call, { act: takeForm, unread: tellUnread });
}

async function takeForm(visitor: Visiting, form: SentForm): Promise<Outcome> {
  const { call, spoken } = visitor;
  const told = await askFor(visitor);
  const standing = toStanding(told.reply, spoken.lang);
  const refuse = (faults: Faults): Outcome => showStanding(visitor, told, { faults, typed: typedIn(form) });
  const answers = readAnswers(form, standing);
  if (answers.values.size + answers.files.size === 0) return { seeOther: pagePath(call, 'nothing') };
  const asked = [...standing.questions, ...standing.unconfirmed];
  const consent = consentIn(form, visitor);
  const faults = new Map([...faultsOf(answers, asked, spoken.lang), ...missingConsent(answers, consent, visitor)]);
  if (faults.size > 0) return refuse(faults);
  try {
    const session = await hand(visitor, answers, consent);
    return { seeOther: pagePath(call, 'sent'), headers: { 'Set-Cookie': call.parts.sessions.cookieOf(session) } };
  } catch (error) {
    return refuse(toldBeside(error, standing, visitor));
  }
}

/** A file that is too large is told of beside its field; what else the form held was not read. */
async function tellUnread(visitor: Visiting, error: unknown): Promise<Outcome> {
  const told = await askFor(visitor);
  const faults = toldBeside(error, toStanding(told.reply, visitor.spoken.lang), visitor);
  return showStanding(visitor, told, { faults });
}

/** Hands the answers on; the session is that customer's from then on, whoever else is registered later. */
async function hand(visitor: Visiting, answers: Submitted, consent: string | undefined): Promise<Session> {
  const { session, spoken, call } = visitor;
  const { visit } = session;
  const { parts, requestId } = call;
  const values = new Map([...paramsOf(visit, spoken.tag), ...answers.values]);
  const given = consent === undefined ? {} : { consent: { version: consent, lang: spoken.tag } };
  const context = contextOf(visit, requestId);
  const { id } = await putCustomer(parts.integration, { ...answers, values, ...given }, new Map(), context);
  return { ...session, visit: { ...visit, customerId: id }, ...(consent !== undefined && { consent }) };
}

/** The version that was agreed to, now or before in this visit. */
function consentIn({ values }: SentForm, { call, session }: Visiting): string | undefined {
  const version = call.parts.settings.consent?.version;
  const isGiven = version !== undefined && [values.get('page:consent'), session.consent].includes(version);
  return isGiven ? version : undefined;
}

/** Codes confirm what was sent before; anything else is new data. */
function missingConsent({ values, files }: Submitted, consent: string | undefined, { call, spoken }: Visiting): Faults {
  const isData = files.size > 0 || [...values.keys()].some((name) => !name.endsWith('_verification'));
  if (call.parts.settings.consent === undefined || consent !== undefined || !isData) return new Map();
  return new Map([['page:consent', translate({ key: 'page.consent_required' }, spoken.lang)]]);
}

const tellable = ['invalid_request', 'invalid_field', 'too_large', 'not_possible'] as const;

/** @throws what is not for a form to tell */
function toldBeside(error: unknown, { questions, unconfirmed }: Standing, { spoken }: Visiting): Faults {
  if (!(error instanceof KycError) || !tellable.some((code) => code === error.code)) throw error;
  const inputs = [...questions, ...unconfirmed].flatMap(({ name }) => [name, `${name}_verification`]);
  const input = inputs.find((name) => name === error.field);
  return new Map([[input ?? '', tellFault(error, spoken.lang)]]);
}

/** What is shown again. Choice: of a card nothing is, neither to the visitor nor to whoever stands behind them (PCI DSS 3.3). */
function typedIn({ values }: SentForm): ReadonlyMap<string, string> {
  return new Map([...values].filter(([name]) => !/^card\.(number|cvc)$/.test(name)));
}
