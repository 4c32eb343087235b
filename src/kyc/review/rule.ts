import { KycError } from '../../errors.ts';
import { type Assessment, assess } from '../assess.ts';
import { type Dossier, type Standing, standingKey } from '../dossier.ts';
import type { Program } from '../program.ts';
import { type ResolvedType, resolveByNames } from '../resolve-type.ts';
import type { Role } from './operator.ts';

/** A standing with what follows from it now. */
export interface SeenStanding {
  readonly standing: Standing;
  readonly asked: ResolvedType;
  readonly assessment: Assessment;
}

/** A customer as an operator has seen them. */
export interface Seen {
  readonly program: Program;
  readonly dossier: Dossier;
  readonly standings: readonly SeenStanding[];
  /** Unix milliseconds. */
  readonly now: number;
}

/** What an act is, and when it may be done. */
export interface ActRule {
  /** Who must approve of it; undefined where one operator is enough. @throws KycError when the act cannot be done as things are */
  readonly approver: () => Role | undefined;
  /** The facts after it. */
  readonly learn: (dossier: Dossier, by: string, now: number) => Dossier;
  /** Looks at what it leads to. @throws KycError when that is not what the act says */
  readonly verify?: (after: Seen) => void;
}

/** Everything that a customer's standings say by this dossier. Those of types that the program has lost are left out. */
export function see(program: Program, dossier: Dossier, now: number): Seen {
  const standings = Object.values(dossier.standings).flatMap((standing) => {
    const type = program.types.get(standing.type);
    if (type === undefined) return [];
    const asked = resolveByNames(type, standing.rules, standing.transaction?.fields);
    return [{ standing, asked, assessment: assess({ program, asked, dossier, last: standing, now }) }];
  });
  return { program, dossier, standings, now };
}

/** The standings for a type, whatever the transaction. @throws KycError when there are none */
export function standingsFor({ standings }: Seen, type: string): readonly SeenStanding[] {
  const found = standings.filter(({ standing }) => standing.type === type);
  if (found.length === 0) throw notPossible('the customer was never asked about this type');
  return found;
}

/** One standing. @throws KycError when there is none of that type and transaction */
export function standingFor(seen: Seen, type: string, transactionId: string): SeenStanding {
  const key = standingKey(type, transactionId);
  const found = standingsFor(seen, type).find(({ standing }) => standingKey(type, standing.transactionId) === key);
  if (found === undefined) throw notPossible('the customer was never asked about this transaction');
  return found;
}

/** The refusal of what cannot be done as things are. `told` names fields and states, never values. */
export function notPossible(told: string): KycError {
  return new KycError('not_possible', told);
}
