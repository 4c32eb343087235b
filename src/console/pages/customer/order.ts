import { InvalidRequest } from '../../../errors.ts';
import type { Form } from '../../form.ts';

/** What each act takes beside its name, as the desk knows them: what a form sends beyond it is left out. */
const takes: Readonly<Record<string, readonly string[]>> = {
  accept: ['type', 'transactionId'],
  reject: ['type', 'reason'],
  'accept-field': ['type', 'fields'],
  'reject-field': ['type', 'fields', 'reason'],
  'ask-again': ['type', 'fields', 'reason'],
  reopen: ['type'],
  'set-risk': ['risk'],
  escalate: [],
  return: [],
  erase: [],
};
/** What every decision takes. */
const always = ['version', 'note', 'preview', 'lang'];
/** Acts that decide nothing. */
const others: Readonly<Record<string, readonly string[]>> = {
  claim: ['type'],
  release: ['type'],
  note: ['version', 'note'],
  link: ['version', 'account', 'memo', 'memoType'],
  unlink: ['version', 'account', 'memo', 'memoType'],
  merge: ['version', 'into', 'intoVersion'],
  hold: ['version', 'reason'],
  'lift-hold': ['version'],
};

/** Acts that a person must say why they do. */
const needNote: readonly string[] = ['erase'];

/** The body of an act, as the desk reads it over REST, too. */
export function orderOf(form: Form): Readonly<Record<string, unknown>> {
  const act = form.text('act');
  const names = Object.hasOwn(takes, act) ? [...always, ...(takes[act] ?? [])] : (others[act] ?? []);
  if (needNote.includes(act) && form.optional('note') === undefined)
    throw new InvalidRequest("'note' is invalid: expected why", { field: 'note' });
  const given = names.flatMap((name) => {
    const value = read(form, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { act, ...Object.fromEntries(given) };
}

function read(form: Form, name: string): unknown {
  switch (name) {
    case 'version':
    case 'intoVersion':
      return form.number(name);
    case 'fields':
      return form.all(name);
    case 'preview':
      return form.text(name) === 'true' || undefined;
    default:
      return form.optional(name);
  }
}
