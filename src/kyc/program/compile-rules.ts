import { canonicalName, findField } from '../../sep9/catalogue.ts';
import type { Condition, FieldDefinition, Rule, RuleDefinition } from '../program.ts';
import { type AskedField, checkFields } from './check-fields.ts';
import type { InheritedType } from './inherit-types.ts';
import { overField } from './inherit-types.ts';
import type { Report } from './shape.ts';
import { toField } from './to-field.ts';

/** A rule, and which types it may apply to. */
export interface CompiledRule {
  readonly rule: Rule;
  /** As it is written, with names as the program spells them; undefined when it is none, which was reported. */
  readonly when: Condition | undefined;
  readonly path: string;
  readonly types: readonly InheritedType[];
  readonly asked: readonly AskedField[];
}

/** A condition that never holds, in place of one that is none. */
const never: Condition = { any: [] };

/** Makes rules ready and reports what is wrong with them, conditions aside. */
export function compileRules(
  definitions: Readonly<Record<string, Partial<RuleDefinition>>>,
  types: ReadonlyMap<string, InheritedType>,
  report: Report,
): readonly CompiledRule[] {
  return Object.entries(definitions).map(([name, definition]) => {
    const path = `rules.${name}`;
    const concerned = typesOf(definition, types, path, report);
    const asked = Object.entries(definition.ask ?? {}).map(([field, own]): AskedField => {
      return { name: field, path: `${path}.ask.${field}`, own, whole: wholeField(field, own, concerned) };
    });
    checkFields(asked, `${path}.ask`, report);
    checkChoicesAgree(asked, concerned, report);
    checkDoesSomething(definition, path, report);
    return { rule: toRule(name, definition, asked), when: definition.when, path, types: concerned, asked };
  });
}

/** A rule that is for a type is for those that start from it, too. */
function typesOf(
  { types: named }: Partial<RuleDefinition>,
  types: ReadonlyMap<string, InheritedType>,
  path: string,
  report: Report,
): readonly InheritedType[] {
  for (const [index, name] of (named ?? []).entries()) {
    if (!types.has(name)) report(`${path}.types[${index}]`, `one of ${[...types.keys()].join(', ')}`);
  }
  return [...types.values()].filter(
    ({ lineage }) => named === undefined || named.some((name) => lineage.includes(name)),
  );
}

/** A field of the anchor's own need not be described again where every type that the rule is for asks for it. */
function wholeField(name: string, own: FieldDefinition, types: readonly InheritedType[]): FieldDefinition {
  if (findField(name) !== undefined) return own;
  const known = types.map((type) => findAsked(type, name));
  return known.every((field) => field !== undefined) ? overField(known[0], own) : own;
}

/** Choice: a rule does not narrow what a type takes, since what was taken before would stay. */
function checkChoicesAgree(asked: readonly AskedField[], types: readonly InheritedType[], report: Report): void {
  for (const { name, path, own } of asked) {
    if (own.choices === undefined) continue;
    const type = types.find((type) => {
      const known = findAsked(type, name);
      return known !== undefined && JSON.stringify(known.choices) !== JSON.stringify(own.choices);
    });
    if (type !== undefined)
      report(`${path}.choices`, `to be left out: types.${type.name} asks for the field, and says what it may be`);
  }
}

function checkDoesSomething(definition: Partial<RuleDefinition>, path: string, report: Report): void {
  const { ask = {}, checks = [], review = false, risk } = definition;
  const isIdle = Object.keys(ask).length === 0 && checks.length === 0 && !review && risk === undefined;
  if (isIdle) report(path, 'something that it does: ask, checks, review or risk');
}

function toRule(name: string, definition: Partial<RuleDefinition>, asked: readonly AskedField[]): Rule {
  const fields = asked.map((field) => toField(field.name, field.whole));
  return {
    name,
    when: withKeys(definition.when ?? never),
    fields: new Map(fields.map((field) => [field.key, field])),
    checks: definition.checks ?? [],
    review: definition.review ?? false,
    risk: definition.risk,
  };
}

/** The condition with the names under which values are held. */
function withKeys(condition: Condition): Condition {
  if ('all' in condition) return { all: condition.all.map(withKeys) };
  if ('any' in condition) return { any: condition.any.map(withKeys) };
  if ('not' in condition) return { not: withKeys(condition.not) };
  return 'field' in condition ? { ...condition, field: canonicalName(condition.field) } : condition;
}

function findAsked(type: InheritedType, name: string): FieldDefinition | undefined {
  const key = canonicalName(name);
  return Object.entries(type.whole.fields ?? {}).find(([field]) => canonicalName(field) === key)?.[1];
}
