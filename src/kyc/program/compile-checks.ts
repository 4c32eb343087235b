import { canonicalName } from '../../sep9/catalogue.ts';
import type { CheckKind } from '../checks/check.ts';
import type { CheckDefinition, CheckPlan } from '../program.ts';
import { askedField } from './check-fields.ts';
import type { CompiledRule } from './compile-rules.ts';
import type { InheritedType } from './inherit-types.ts';
import type { Report } from './shape.ts';
import { shortHash } from './short-hash.ts';

const dayMs = 86_400_000;
const againAfterMs: Readonly<Record<NonNullable<CheckDefinition['again']>, number>> = {
  daily: dayMs,
  weekly: 7 * dayMs,
  monthly: 30 * dayMs,
};

/** The kinds that a program may use. */
export interface KnownKinds {
  readonly kinds: ReadonlyMap<string, CheckKind>;
  /** Whether there may be others, so that the name of none of them is a fault yet. */
  readonly mayBeMore: boolean;
}

/** Makes checks ready to be planned; reports what is wrong with each by itself. `fields` are those the program asks for, by key. */
export function compileChecks(
  definitions: Readonly<Record<string, Partial<CheckDefinition>>>,
  fields: { has(key: string): boolean },
  { kinds, mayBeMore }: KnownKinds,
  report: Report,
): ReadonlyMap<string, CheckPlan> {
  const plans = new Map<string, CheckPlan>();
  for (const [name, definition] of Object.entries(definitions)) {
    const { use, settings = {} } = definition;
    const path = `checks.${name}`;
    const kind = use === undefined ? undefined : kinds.get(use);
    const inputs = inputsOf(definition, kind, fields, path, report);
    if (kind === undefined) {
      if (use !== undefined && !mayBeMore) report(`${path}.use`, `one of ${[...kinds.keys()].join(', ')}`);
      continue;
    }
    for (const fault of kind.faultsOf(settings)) reportSetting(fault, path, report);
    plans.set(name, { name, inputs, settings, ...planOf(kind, settings, definition.again) });
  }
  return plans;
}

function planOf(
  kind: CheckKind,
  settings: CheckPlan['settings'],
  again: CheckDefinition['again'],
): Omit<CheckPlan, 'name' | 'inputs' | 'settings'> {
  const { name, early, fourEyes, isLasting = fourEyes, needsInput = true, findsOthers = false } = kind;
  return {
    kind: name,
    early,
    fourEyes,
    isLasting,
    needsInput,
    findsOthers,
    againAfterMs: again && againAfterMs[again],
    terms: termsOf(kind, settings),
  };
}

function termsOf({ name, whereabouts = [] }: CheckKind, settings: CheckPlan['settings']): string {
  const said = Object.entries(settings).filter(([setting]) => !whereabouts.includes(setting));
  return shortHash({ name, said: Object.fromEntries(said) });
}

/** A kind tells its faults whole, as `settings.years: expected …`. */
function reportSetting(fault: string, path: string, report: Report): void {
  const [place = ''] = fault.split(':', 1);
  report(`${path}.${place}`, fault.slice(place.length));
}

/** What the check looks at: the fields it names, or its kind's own as far as the program asks for them. */
function inputsOf(
  { fields: named }: Partial<CheckDefinition>,
  kind: CheckKind | undefined,
  fields: { has(key: string): boolean },
  path: string,
  report: Report,
): readonly string[] {
  for (const [index, name] of (named ?? []).entries()) {
    if (!fields.has(canonicalName(name))) report(`${path}.fields[${index}]`, askedField(name));
  }
  const inputs = (named ?? kind?.inputs ?? []).map(canonicalName).filter((key) => fields.has(key));
  if (named === undefined && kind !== undefined && inputs.length === 0) report(`${path}.fields`, expectedInputs(kind));
  return [...new Set(inputs)];
}

function expectedInputs({ inputs }: CheckKind): string {
  return inputs.length === 0
    ? 'the fields it looks at'
    : `fields that a type or rule asks for; by itself it looks at ${inputs.join(', ')}, and none of them is asked for`;
}

/** A list of checks, and the types for which they are to pass. */
interface Listing {
  readonly path: string;
  readonly checks: readonly string[];
  readonly types: readonly InheritedType[];
}

/** Reports lists of checks that name one there is none of, or one that has nothing to look at; and checks that nobody lists. */
export function checkListings(
  defined: readonly string[],
  plans: ReadonlyMap<string, CheckPlan>,
  { types, rules }: { readonly types: Iterable<InheritedType>; readonly rules: readonly CompiledRule[] },
  report: Report,
): void {
  const listings: readonly Listing[] = [
    ...[...types].map((type) => ({ path: `types.${type.name}`, checks: type.own.checks ?? [], types: [type] })),
    ...rules.map(({ path, rule, types: concerned }) => ({ path, checks: rule.checks, types: concerned })),
  ];
  for (const listing of listings) {
    for (const [index, name] of listing.checks.entries()) {
      const fault = defined.includes(name) ? blindness(plans.get(name), listing, rules) : unknownCheck(defined);
      if (fault !== undefined) report(`${listing.path}.checks[${index}]`, fault);
    }
  }
  for (const name of defined) {
    if (!listings.some(({ checks }) => checks.includes(name)))
      report(`checks.${name}`, 'to be listed by a type or a rule; as it is, it never runs');
  }
}

function unknownCheck(defined: readonly string[]): string {
  return defined.length === 0 ? 'a check that is defined under checks' : `one of ${defined.join(', ')}`;
}

/** What to tell of a check that would see nothing in one of the types it is for. */
function blindness(
  plan: CheckPlan | undefined,
  { types }: Listing,
  rules: readonly CompiledRule[],
): string | undefined {
  if (plan === undefined || plan.inputs.length === 0) return undefined;
  const blind = types.find((type) => !asksForSome(type, rules, plan.inputs));
  return blind && `a check of something that types.${blind.name} asks for; this one looks at ${plan.inputs.join(', ')}`;
}

/** Whether the type, or a rule that may apply to it, asks for one of the fields. */
function asksForSome(type: InheritedType, rules: readonly CompiledRule[], keys: readonly string[]): boolean {
  const names = [
    ...Object.keys(type.whole.fields ?? {}),
    ...rules.filter(({ types }) => types.includes(type)).flatMap(({ rule }) => [...rule.fields.keys()]),
  ];
  return names.some((name) => keys.includes(canonicalName(name)));
}
