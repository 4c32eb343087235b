import { withTypeRuling } from '../../facts.ts';
import type { Act } from '../act.ts';
import { type ActRule, notPossible, type Seen, standingFor, standingsFor } from '../rule.ts';

/**
 * Accepts a customer for a type. It ends in `accepted` or is refused: nobody is accepted whose data is missing, whose checks are unfinished or
 * have failed. What a check of four eyes found, in any standing that the word would cover, takes two.
 */
export function accept({ type, transactionId }: Act & { readonly act: 'accept' }, seen: Seen): ActRule {
  const standings = standingsFor(seen, type);
  const asked = [...new Set(standings.flatMap((standing) => standing.asked.checks))];
  const failed = standings.flatMap(({ assessment }) => assessment.unmendable);
  const rules = seen.program.types.get(type)?.rules ?? [];
  const everAsked = [...asked, ...rules.flatMap(({ checks }) => checks)];
  return {
    approver: () => {
      const { state } = standingFor(seen, type, transactionId).assessment;
      if (state !== 'in-review')
        throw notPossible(`the customer cannot be accepted: the state is ${state}, not in-review`);
      return standings.some(({ assessment }) => assessment.needsTwo) ? 'lead' : undefined;
    },
    learn: (dossier, by, at) =>
      withTypeRuling(dossier, type, { outcome: 'accepted', by, at }, { asked, everAsked, failed }),
    verify: (after) => {
      const { state } = standingFor(after, type, transactionId).assessment;
      if (state !== 'accepted') throw notPossible(`the customer cannot be accepted: the state would be ${state}`);
    },
  };
}
