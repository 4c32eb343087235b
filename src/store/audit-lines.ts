import type { AuditAction, AuditActor, AuditLine } from './audit-store.ts';
import type { ReviewAct } from './review-store.ts';
import type { ChangeCause, Move } from './standing-store.ts';
import type { ValueChanges } from './store.ts';

type About = NonNullable<AuditLine['about']>;

/** Everything that a change of a customer's values and facts is written down as. What was opened for it is told with what was written. */
export function linesOfChange(customerId: string, changes: ValueChanges): AuditLine[] {
  const { cause, opened = [], moves, finished, consent } = changes.consequences;
  const actor = actorOf(cause);
  const lines: AuditLine[] = [];
  const add = (action: AuditAction, about: About): unknown => lines.push({ action, actor, customerId, about });
  if (consent !== undefined) add('consent.given', { version: consent.version, lang: consent.lang });
  if (changes.set.length > 0 || changes.withdraw.length > 0) {
    add('values.written', { ...aboutValues(changes), ...namesOf('read', opened) });
  } else if (opened.length > 0) {
    lines.push(lineOfReading(customerId, opened, cause));
  }
  if (finished !== undefined) {
    const { check, inputs, round, outcome, reason } = finished;
    add('check.finished', { check, inputs, round, outcome, ...given({ reason }) });
  }
  for (const move of moves) add('status.moved', aboutMove(move));
  return lines;
}

function aboutValues({ set, withdraw, files, take = [] }: ValueChanges): About {
  const names = set.map(({ field }) => field);
  const ids = files.map(({ id }) => id);
  return {
    ...namesOf('set', names),
    ...namesOf('withdrawn', withdraw),
    ...namesOf('files', ids),
    ...namesOf('taken', take),
  };
}

/** What it is written down as that values were opened to decide by them. */
export function lineOfReading(customerId: string, fields: readonly string[], cause: ChangeCause): AuditLine {
  return { action: 'values.read', actor: actorOf(cause), customerId, about: { fields, for: cause.kind } };
}

/** What an operator's act is written down as. The account of a link is not told: it identifies a person. */
export function lineOfAct(
  customerId: string,
  { act, type, reason, fields = [], operator, proposedBy }: ReviewAct,
): AuditLine {
  const about = { act, ...given({ type, reason, proposedBy }), ...namesOf('fields', fields) };
  return { action: actions[act] ?? 'review.decided', actor: { kind: 'operator', id: operator }, customerId, about };
}

/** Acts that are more than a decision. */
const actions: Readonly<Record<string, AuditAction>> = {
  hold: 'hold.set',
  'lift-hold': 'hold.lifted',
  link: 'account.linked',
  unlink: 'account.unlinked',
  merge: 'customer.merged',
};

/** Choice: codes come from wallets; the clock and a new program are looked after by jobs. */
function actorOf({ kind, who }: ChangeCause): AuditActor {
  switch (kind) {
    case 'wallet':
    case 'code':
      return { kind: 'wallet' };
    case 'check':
      return { kind: 'check', ...(who !== undefined && { id: who }) };
    case 'operator':
    case 'merge':
      return { kind: 'operator', ...(who !== undefined && { id: who }) };
    default:
      return { kind: 'job', id: kind };
  }
}

function aboutMove({ type, transactionId, from, to, status, cause, reason }: Move): About {
  const transaction = transactionId === '' ? undefined : transactionId;
  return { type, to, status, cause, ...given({ transaction, from, reason }) };
}

function given(about: Readonly<Record<string, string | undefined>>): About {
  return Object.fromEntries(Object.entries(about).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function namesOf(name: string, names: readonly string[]): About {
  return names.length === 0 ? {} : { [name]: names };
}

/** What a proposal would do: the parts of its text that are names. */
export function aboutProposal(text: string): About {
  const { act, type, reason, fields } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const named = Object.entries({ act, type, reason }).filter(([, value]) => typeof value === 'string');
  const list = Array.isArray(fields) ? fields.filter((field) => typeof field === 'string') : [];
  return { ...(Object.fromEntries(named) as Record<string, string>), ...namesOf('fields', list) };
}
