import { InvalidRequest, invalidField } from '../../errors.ts';
import { canonicalName } from '../../sep9/catalogue.ts';
import { type Program, riskClasses } from '../program.ts';
import type { Act } from './act.ts';
import { actRoles } from './rule-of.ts';

/** What else operators do, beside deciding. */
export const otherActs = ['claim', 'release', 'note', 'link', 'unlink', 'merge', 'hold', 'lift-hold'] as const;

/** @see otherActs */
export type OtherAct = (typeof otherActs)[number];

/** The body of an act, as JSON gave it. A message about it names fields and rules, never values. */
export class ActBody {
  readonly #body: Readonly<Record<string, unknown>>;

  /** @throws InvalidRequest when it is not an object */
  constructor(body: unknown) {
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw new InvalidRequest({ key: 'error.json_not_object' });
    this.#body = body as Readonly<Record<string, unknown>>;
  }

  /** What is to be done. */
  get act(): Act['act'] | OtherAct {
    const names = [...Object.keys(actRoles), ...otherActs];
    const act = this.text('act');
    if (!names.includes(act)) throw invalidField('act', `expected one of ${names.join(', ')}`);
    return act as Act['act'] | OtherAct;
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined) throw new InvalidRequest({ key: 'error.required', params: { field: name } });
    return value;
  }

  optionalText(name: string): string | undefined {
    const value = this.#body[name];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value !== 'string' || value.length > maxText) throw invalidField(name, 'expected a text');
    return value;
  }

  version(name = 'version'): number {
    const value = this.#body[name];
    if (!Number.isSafeInteger(value)) throw invalidField(name, 'expected the version that was looked at');
    return value as number;
  }

  flag(name: string): boolean {
    const value = this.#body[name] ?? false;
    if (typeof value !== 'boolean') throw invalidField(name, 'expected true or false');
    return value;
  }

  texts(name: string): readonly string[] {
    const value = this.#body[name];
    const isList = Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
    if (!isList) throw invalidField(name, 'expected a list of names');
    return value;
  }

  /** Names that an act does not know are a mistake that could mean another person or type. */
  requireKnown(...names: readonly string[]): void {
    const unknown = Object.keys(this.#body).some((name) => !names.includes(name));
    if (unknown) throw new InvalidRequest(`the body has a name that is none of ${names.join(', ')}`);
  }
}

const maxText = 20_000;
const always = ['act', 'version', 'note', 'preview', 'lang'] as const;

/** The decision that a body asks for. @throws KycError naming what is wrong with it */
export function readAct(body: ActBody, name: Act['act'], program: Program): Act {
  switch (name) {
    case 'accept':
      body.requireKnown(...always, 'type', 'transactionId');
      return { act: name, type: typeOf(body, program), transactionId: body.optionalText('transactionId') ?? '' };
    case 'reject': {
      body.requireKnown(...always, 'type', 'reason');
      const type = body.optionalText('type') === undefined ? {} : { type: typeOf(body, program) };
      return { act: name, ...type, reason: body.text('reason') };
    }
    case 'accept-field':
      body.requireKnown(...always, 'type', 'fields');
      return { act: name, type: typeOf(body, program), fields: fieldsOf(body) };
    case 'reject-field':
    case 'ask-again': {
      body.requireKnown(...always, 'type', 'fields', 'reason');
      const reason = name === 'ask-again' ? (body.optionalText('reason') ?? 'more-needed') : body.text('reason');
      return { act: name, type: typeOf(body, program), fields: fieldsOf(body), reason };
    }
    case 'reopen':
      body.requireKnown(...always, 'type');
      return { act: name, type: typeOf(body, program) };
    case 'set-risk': {
      body.requireKnown(...always, 'risk');
      const risk = riskClasses.find((known) => known === body.text('risk'));
      if (risk === undefined) throw invalidField('risk', `expected one of ${riskClasses.join(', ')}`);
      return { act: name, risk };
    }
    case 'escalate':
    case 'return':
    case 'erase':
      body.requireKnown(...always);
      return { act: name };
  }
}

/** The type that a body names. */
export function typeOf(body: ActBody, program: Program): string {
  const type = body.text('type');
  if (program.types.has(type)) return type;
  throw invalidField('type', `expected one of ${[...program.types.keys()].join(', ')}`);
}

/** Both spellings of a name are one field. */
function fieldsOf(body: ActBody): readonly string[] {
  return [...new Set(body.texts('fields').map(canonicalName))];
}
