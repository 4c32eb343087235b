import { translate } from '../messages/translate.ts';
import { canonicalName, findField, type Sep9Field } from '../sep9/catalogue.ts';
import type { CustomerReply } from '../sep12/customer-reply.ts';
import type { Field, ProvidedFieldStatus } from '../sep12/integration.ts';

/** Something the page asks for. */
export interface Question {
  /** As it is called on the wire. */
  readonly name: string;
  readonly label: string;
  readonly field: Field;
  /** What SEP-9 knows of it, unless it is the anchor's own. */
  readonly known: Sep9Field | undefined;
  readonly isOptional: boolean;
  /** Why what was sent for it was rejected. */
  readonly rejected: string | undefined;
}

/** Something that was received. Its value is not known here. */
export interface Received {
  readonly label: string;
  readonly status: ProvidedFieldStatus;
}

/** What the page has to say and to ask. */
export interface Standing {
  readonly status: string;
  readonly message: string | undefined;
  readonly questions: readonly Question[];
  /** What waits for its code; each may be given anew as well. */
  readonly unconfirmed: readonly Question[];
  readonly received: readonly Received[];
}

/** Reads a GET body as the page needs it. */
export function toStanding(reply: CustomerReply, lang: string): Standing {
  const provided = Object.entries(reply.provided_fields ?? {});
  const question = ([name, field]: readonly [string, Field]): Question => toQuestion(name, field, lang);
  const questions = Object.entries(reply.fields ?? {}).map(([name, field]) => ({
    ...question([name, field]),
    rejected: reply.provided_fields?.[name]?.error,
  }));
  return {
    status: reply.status,
    message: reply.message,
    questions: questions.sort((one, other) => urgency(one) - urgency(other)),
    unconfirmed: provided.filter(([, { status }]) => status === 'VERIFICATION_REQUIRED').map(question),
    received: provided.map(([name, field]) => ({
      label: labelOf(name, field, lang),
      status: field.status ?? 'ACCEPTED',
    })),
  };
}

/** What was rejected comes first, what can be left out last. */
function urgency({ rejected, isOptional }: Question): number {
  if (rejected !== undefined) return 0;
  return isOptional ? 2 : 1;
}

function toQuestion(name: string, field: Field, lang: string): Question {
  const label = labelOf(name, field, lang);
  return { name, label, field, known: findField(name), isOptional: field.optional === true, rejected: undefined };
}

/** The fields that are chosen from a list here: what SEP-9 says of how they are written would only puzzle. */
const chosen = [
  'address_country_code',
  'birth_country_code',
  'id_country_code',
  'organization.address_country_code',
  'card.country_code',
  'language_code',
  'id_type',
] as const;

/** Choice: an anchor's own description stands; the catalogue's gives way where the page asks in another way than the wire. */
function labelOf(name: string, { description, choices }: Field, lang: string): string {
  const key = chosen.find((one) => one === canonicalName(name));
  const known = key && findField(key);
  if (key === undefined || known === undefined || (key === 'id_type' && choices === undefined)) return description;
  if (description !== translate(known.phrase, lang)) return description;
  return translate({ key: `page.label.${key}` }, lang);
}
