import type { Act, ActName } from './act.ts';
import { accept } from './acts/accept.ts';
import { acceptField } from './acts/accept-field.ts';
import { erase, movesNobody, setRisk } from './acts/others.ts';
import { reject } from './acts/reject.ts';
import { rejectField } from './acts/reject-field.ts';
import { reopen } from './acts/reopen.ts';
import type { Role } from './operator.ts';
import type { ActRule, Seen } from './rule.ts';

/** Who may do what, or propose it where it takes two. Whatever it is, on a customer who is escalated a lead must do it. */
export const actRoles: Readonly<Record<ActName, Role>> = {
  accept: 'reviewer',
  reject: 'reviewer',
  'accept-field': 'reviewer',
  'reject-field': 'reviewer',
  'ask-again': 'reviewer',
  reopen: 'reviewer',
  escalate: 'reviewer',
  return: 'lead',
  'set-risk': 'reviewer',
  erase: 'lead',
};

/** The rule of an act on a customer who is as seen. @throws KycError when it makes no sense there */
export function ruleOf(act: Act, seen: Seen): ActRule {
  switch (act.act) {
    case 'accept':
      return accept(act, seen);
    case 'reject':
      return reject(act, seen);
    case 'accept-field':
      return acceptField(act, seen);
    case 'reject-field':
    case 'ask-again':
      return rejectField(act, seen);
    case 'reopen':
      return reopen(act, seen);
    case 'escalate':
    case 'return':
      return movesNobody;
    case 'set-risk':
      return setRisk(act, seen);
    case 'erase':
      return erase;
  }
}
