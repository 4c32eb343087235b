import { withTypeRuling } from '../../facts.ts';
import type { Act } from '../act.ts';
import { type ActRule, notPossible, type Seen, standingsFor } from '../rule.ts';

/** Has decided again what was decided. A person accepts from then on, also where the type would by itself. A final rejection takes two. */
export function reopen({ type }: Act & { readonly act: 'reopen' }, seen: Seen): ActRule {
  const decided = ['accepted', 'rejected'];
  const standings = standingsFor(seen, type);
  return {
    approver: () => {
      const states = standings.map(({ assessment }) => assessment.state);
      if (!states.some((state) => decided.includes(state))) throw notPossible('nothing is decided yet');
      return states.includes('rejected') ? 'lead' : undefined;
    },
    learn: (dossier, by, at) => withTypeRuling(dossier, type, { outcome: 'reopened', by, at }),
    verify: (after) => {
      const isOpen = standingsFor(after, type).every(({ assessment }) => !decided.includes(assessment.state));
      if (!isOpen) throw notPossible('the customer would stay decided');
    },
  };
}
