import type { CustomerType, Rule, TypeField } from '../program.ts';

/**
 * The type with rules that refuse what it does not take and another type does: a field's value is one for all types, and one that was given for the
 * other was never held to the choices of this.
 * @param everywhere by key, the field as each type and rule asks for it
 */
export function withChoiceRules(
  type: CustomerType,
  everywhere: ReadonlyMap<string, readonly TypeField[]>,
): CustomerType {
  const rules = askedFields(type).flatMap((field): Rule[] => {
    const { key, format } = field;
    const { choices } = format;
    const isNarrower = choices && everywhere.get(key)?.some((other) => takesMore(other, choices));
    return isNarrower ? [choiceRule(key, choices)] : [];
  });
  return rules.length === 0 ? type : { ...type, rules: [...type.rules, ...rules] };
}

/** As the type asks for them, else the first of its rules that does. */
function askedFields({ fields, rules }: CustomerType): readonly TypeField[] {
  const asked = [...fields.values(), ...rules.flatMap((rule) => [...rule.fields.values()])];
  return [...Map.groupBy(asked, ({ key }) => key).values()].flatMap(([first]) => first ?? []);
}

function takesMore({ format }: TypeField, choices: readonly string[]): boolean {
  return format.choices?.every((choice) => choices.includes(choice)) !== true;
}

/** No rule of a program has a blank in its name. */
function choiceRule(key: string, choices: readonly string[]): Rule {
  const when = { field: key, isNot: choices };
  const nothingElse = { fields: new Map(), checks: [], review: false, risk: undefined };
  return { name: `choices of ${key}`, when, refuses: key, ...nothingElse };
}
