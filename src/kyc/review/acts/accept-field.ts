import { readInputs } from '../../dossier.ts';
import { withFieldRuling } from '../../facts.ts';
import type { Act } from '../act.ts';
import { type ActRule, notPossible, type Seen, standingsFor } from '../rule.ts';
import { requireHeld } from './reject-field.ts';

/** Accepts values as they are, whatever a check said of them. What a check of four eyes said of one takes two. */
export function acceptField({ type, fields }: Act & { readonly act: 'accept-field' }, seen: Seen): ActRule {
  return {
    approver: () => {
      requireHeld(seen, type, fields);
      return fields.some((key) => isGuarded(seen, key)) ? 'lead' : undefined;
    },
    learn: (dossier, by, at) =>
      fields.reduce((known, key) => withFieldRuling(known, key, { accepted: true, by, at }), dossier),
    verify: (after) => {
      const held = standingsFor(after, type).map(({ assessment }) => assessment.held);
      const refused = fields.find((key) => held.some((standings) => standings.get(key)?.status === 'REJECTED'));
      if (refused !== undefined)
        throw notPossible(`'${refused}' would still be refused: it is too old, or not at fault by itself`);
    },
  };
}

/** Whether a check that two people answer for has found the present value at fault. */
function isGuarded({ program, dossier }: Seen, key: string): boolean {
  return Object.entries(dossier.checks).some(([name, facts]) => {
    const looked = readInputs(facts.inputs);
    const isAbout = looked.get(key) === dossier.fields[key]?.rev && (facts.fields?.includes(key) ?? true);
    return program.checks.get(name)?.fourEyes === true && facts.outcome === 'fail' && isAbout;
  });
}
