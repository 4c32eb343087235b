import type { Condition, ProgramDefinition } from '../../src/kyc/program.ts';

/** What a type asks of one customer, as a plain reading of the program has it. */
export interface Asked {
  /** Every field that is asked for, and whether it is required. */
  readonly required: ReadonlyMap<string, boolean>;
  readonly checks: readonly string[];
  /** What would be asked if every rule held. */
  readonly ever: { readonly fields: readonly string[]; readonly checks: readonly string[] };
  readonly review: boolean;
}

interface Known {
  readonly amount: string | undefined;
  text(name: string): string | undefined;
}

/** It knows conditions on a field's value and on the amount, and no others. */
export function askedOf(program: ProgramDefinition, type: string, known: Known): Asked {
  const line = lineOf(program, type);
  const rules = Object.values(program.rules ?? {}).filter(({ types = line }) =>
    types.some((each) => line.includes(each)),
  );
  const holding = rules.filter(({ when }) => holds(when, known));
  const required = new Map<string, boolean>();
  // A type that names a field again says anew whether it is required; a rule only ever makes it so.
  for (const each of line)
    for (const [name, { optional = false }] of Object.entries(program.types[each]?.fields ?? {}))
      required.set(name, !optional);
  for (const { ask = {} } of holding)
    for (const [name, { optional = false }] of Object.entries(ask))
      required.set(name, required.get(name) === true || !optional);
  const own = line.flatMap((each) => program.types[each]?.checks ?? []);
  const checksOf = (some: typeof rules): string[] => [
    ...new Set([...own, ...some.flatMap(({ checks = [] }) => checks)]),
  ];
  const everAsked = rules.flatMap(({ ask = {} }) => Object.keys(ask));
  return {
    required,
    checks: checksOf(holding),
    ever: { fields: [...new Set([...required.keys(), ...everAsked])], checks: checksOf(rules) },
    review:
      line.map((each) => program.types[each]?.decision).findLast(Boolean) === 'review' ||
      holding.some(({ review }) => review),
  };
}

function holds(when: Condition, { amount, text }: Known): boolean {
  if ('amount' in when) return amount !== undefined && Number(amount) > Number(when.amount.above);
  return 'field' in when && 'is' in when && text(when.field) === when.is;
}

/** The type and what it starts from, the first of them first. */
function lineOf(program: ProgramDefinition, type: string): string[] {
  const from = program.types[type]?.extends;
  return [...(from === undefined ? [] : lineOf(program, from)), type];
}
