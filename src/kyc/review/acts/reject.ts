import { withTypeRuling } from '../../facts.ts';
import type { Act } from '../act.ts';
import { requireFinalReason } from '../act-reasons.ts';
import { type ActRule, notPossible, type Seen, type SeenStanding, standingsFor } from '../rule.ts';

/** Rejects a customer for good, for one type or for all that the program has. The reason is one that cannot be mended. */
export function reject({ type, reason }: Act & { readonly act: 'reject' }, seen: Seen): ActRule {
  const { program } = seen;
  requireFinalReason(program, reason);
  const types = type === undefined ? [...program.types.keys()] : [type];
  const concerned = ({ standings }: Seen): readonly SeenStanding[] =>
    standings.filter(({ standing }) => types.includes(standing.type));
  return {
    approver: () => {
      const standings = type === undefined ? concerned(seen) : standingsFor(seen, type);
      const isOver = standings.every(({ assessment }) => assessment.state === 'rejected');
      if (isOver && standings.length > 0) throw notPossible('the customer is rejected already');
      return undefined;
    },
    learn: (dossier, by, at) =>
      types.reduce((known, name) => withTypeRuling(known, name, { outcome: 'rejected', reason, by, at }), dossier),
    verify: (after) => {
      const isDone = concerned(after).every(({ assessment }) => assessment.state === 'rejected');
      if (!isDone) throw notPossible('the customer would not be rejected');
    },
  };
}
