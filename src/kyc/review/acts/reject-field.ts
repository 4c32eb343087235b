import { withFieldRuling } from '../../facts.ts';
import type { Act } from '../act.ts';
import { requireRetryReason } from '../act-reasons.ts';
import { type ActRule, notPossible, type Seen, standingsFor } from '../rule.ts';

/**
 * Has values sent again, each with a reason that can be mended. What was sent again too often is over: the program's cap on
 * resubmissions may make this the last word.
 */
export function rejectField(
  { type, fields, reason }: Act & { readonly act: 'reject-field' | 'ask-again' },
  seen: Seen,
): ActRule {
  requireRetryReason(seen.program, reason);
  return {
    approver: () => {
      requireHeld(seen, type, fields);
      return undefined;
    },
    learn: (dossier, by, at) =>
      fields.reduce((known, key) => withFieldRuling(known, key, { accepted: false, reason, by, at }), dossier),
    verify: (after) => {
      const lawful = ['resubmission-asked', 'rejected'];
      const concerned = standingsFor(after, type).filter(({ asked }) => fields.some((key) => asked.fields.has(key)));
      const other = concerned.find(({ assessment }) => !lawful.includes(assessment.state));
      if (other !== undefined) throw notPossible(`the state would be ${other.assessment.state}`);
    },
  };
}

/** @throws KycError unless all these fields are asked for by the type and held, and the customer is not rejected for good */
export function requireHeld(seen: Seen, type: string, fields: readonly string[]): void {
  const standings = standingsFor(seen, type);
  if (standings.some(({ assessment }) => assessment.state === 'rejected'))
    throw notPossible('the customer is rejected for good');
  for (const key of fields) {
    if (!standings.some(({ asked }) => asked.fields.has(key)))
      throw notPossible(`'${key}' is not asked for by this type`);
    if (seen.dossier.fields[key] === undefined) throw notPossible(`'${key}' is not held`);
  }
}
