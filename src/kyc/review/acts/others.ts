import type { Act } from '../act.ts';
import { type ActRule, notPossible, type Seen } from '../rule.ts';

/** What moves nobody: handing a customer to a lead and back, and erasing them, of whom nothing stays. */
export const movesNobody: ActRule = { approver: () => undefined, learn: (dossier) => dossier };

/** All goes. @see SEP-12 § Customer DELETE, which the customer may ask for by themselves */
export const erase: ActRule = { ...movesNobody, approver: () => 'admin' };

/** The risk class, unless the program says a higher one. It changes when somebody is reviewed again, and is no way of accepting them. */
export function setRisk({ risk }: Act & { readonly act: 'set-risk' }, seen: Seen): ActRule {
  const accepted = ({ standings }: Seen): number =>
    standings.filter(({ assessment }) => assessment.state === 'accepted').length;
  return {
    ...movesNobody,
    learn: (dossier) => ({ ...dossier, risk }),
    verify: (after) => {
      if (accepted(after) > accepted(seen)) throw notPossible('the customer waits to be reviewed: accept them first');
    },
  };
}
