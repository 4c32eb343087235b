import { canonicalName } from '../../sep9/catalogue.ts';
import type { Condition, TypeField } from '../program.ts';
import { askedField } from './check-fields.ts';
import type { CompiledRule } from './compile-rules.ts';
import type { InheritedType } from './inherit-types.ts';
import type { Report } from './shape.ts';
import { storedForm } from './to-field.ts';

/** A field that somebody asks for. */
export interface Asking {
  readonly field: TypeField;
  /** The rule that asks, undefined when a type does. */
  readonly rule: string | undefined;
}

/** What conditions can be about. */
interface Ground {
  readonly report: Report;
  /** What is asked for by others than the rule itself: nobody gives what is asked for only after it was given. */
  readonly asked: (name: string) => readonly TypeField[];
  /** The types that the rule is for. */
  readonly types: readonly InheritedType[];
}

/** Reports conditions that can never hold, or that are about what nobody asks for. */
export function checkConditions(rules: readonly CompiledRule[], askings: readonly Asking[], report: Report): void {
  for (const { rule, when, path, types } of rules) {
    const asked = (name: string): readonly TypeField[] =>
      askings
        .filter((asking) => asking.rule !== rule.name && asking.field.key === canonicalName(name))
        .map(({ field }) => field);
    if (when !== undefined) checkCondition(when, `${path}.when`, { report, asked, types });
  }
}

function checkCondition(condition: Condition, path: string, ground: Ground): void {
  if ('all' in condition) checkEach(condition.all, `${path}.all`, ground);
  else if ('any' in condition) checkEach(condition.any, `${path}.any`, ground);
  else if ('not' in condition) checkCondition(condition.not, `${path}.not`, ground);
  else if ('subject' in condition) checkSubject(condition, path, ground);
  // What is left of a condition that was no good has been reported.
  else if ('field' in condition) checkField(condition, path, ground);
}

function checkEach(conditions: readonly Condition[], path: string, ground: Ground): void {
  for (const [index, condition] of conditions.entries()) checkCondition(condition, `${path}[${index}]`, ground);
}

function checkField(condition: Extract<Condition, { readonly field: string }>, path: string, ground: Ground): void {
  const fields = ground.asked(condition.field);
  if (fields.length === 0) ground.report(`${path}.field`, askedField(condition.field, 'a type or another rule'));
  else if ('is' in condition) checkValues(condition.is, `${path}.is`, fields, ground.report);
  else if ('isNot' in condition) checkValues(condition.isNot, `${path}.isNot`, fields, ground.report);
}

function checkValues(
  values: string | readonly string[],
  path: string,
  fields: readonly TypeField[],
  report: Report,
): void {
  if (fields.every(({ format }) => format.type === 'binary')) {
    report(path, '{ field, given }: a file has no value to compare');
    return;
  }
  const entries =
    typeof values === 'string'
      ? [[path, values] as const]
      : values.map((value, index) => [`${path}[${index}]`, value] as const);
  for (const [at, value] of entries) {
    const fault = faultOf(value, fields);
    if (fault !== undefined) report(at, fault);
  }
}

/** Why the field can never hold that value, undefined when it can. */
function faultOf(value: string, fields: readonly TypeField[]): string | undefined {
  const stored = fields.map(({ format }) => storedForm(format, value));
  if (stored.includes(value)) return undefined;
  const known = stored.find((form) => form !== undefined);
  if (known !== undefined) return `'${known}', as it is stored`;
  const choices = [...new Set(fields.flatMap(({ format }) => format.choices ?? []))];
  return choices.length > 0
    ? `one of the field's choices, ${choices.map((choice) => `'${choice}'`).join(', ')}`
    : `a value that the field can hold (${fields[0]?.format.format})`;
}

/** Whom the customer is is said by the type, else by whether there is an organization's name. */
function checkSubject({ subject }: Extract<Condition, { subject: unknown }>, path: string, ground: Ground): void {
  const named = ground.asked('organization.name').length > 0;
  const possible = ground.types.some(({ whole }) =>
    whole.subject === undefined ? subject === 'person' || named : whole.subject === subject,
  );
  if (!possible && ground.types.length > 0)
    ground.report(
      `${path}.subject`,
      `what a type that the rule is for can be about; none of them is about ${subject === 'person' ? 'a person' : 'an organization'}`,
    );
}
