import { invalidField } from '../../errors.ts';
import { canonicalName } from '../../sep9/catalogue.ts';
import { type Program, riskClasses } from '../program.ts';
import type { Act } from './act.ts';
import { OperatorBody } from './operator-body.ts';
import { actRoles } from './rule-of.ts';

/** What else operators do, beside deciding. */
export const otherActs = ['claim', 'release', 'note', 'link', 'unlink', 'merge', 'hold', 'lift-hold'] as const;

/** @see otherActs */
export type OtherAct = (typeof otherActs)[number];

/** The body of an act. */
export class ActBody extends OperatorBody {
  /** What is to be done. */
  get act(): Act['act'] | OtherAct {
    const names = [...Object.keys(actRoles), ...otherActs];
    const act = this.text('act');
    if (!names.includes(act)) throw invalidField('act', `expected one of ${names.join(', ')}`);
    return act as Act['act'] | OtherAct;
  }
}
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
