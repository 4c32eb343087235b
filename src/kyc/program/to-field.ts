import { inEveryLanguage, isPlainKey } from '../../messages/translate.ts';
import { canonicalName, type FieldType, type FormatName, findField } from '../../sep9/catalogue.ts';
import { type ParsedField, parseValue } from '../../sep9/parse-value.ts';
import type { ChoiceDefinition, FieldDefinition, TypeField } from '../program.ts';

/** How values of the anchor's own fields are read. */
const formatByType: Readonly<Record<FieldType, FormatName>> = {
  string: 'text',
  binary: 'file',
  number: 'number',
  date: 'date',
};

/** A field ready to be asked for: what the definition says over what SEP-9 says. */
export function toField(name: string, asked: FieldDefinition): TypeField {
  const standard = findField(name);
  const choices = asked.choices ?? standard?.choices?.map((value) => standardChoice(name, value));
  const values = choices?.map(choiceValue);
  return {
    key: canonicalName(name),
    name,
    optional: asked.optional ?? false,
    description: asked.description ?? (standard ? inEveryLanguage(standard.phrase) : name),
    choices,
    format: { ...(standard ?? ownFormat(name, asked)), ...(values && { choices: values }) },
    verify: asked.verify !== undefined && asked.verify !== false,
  };
}

/** A field that is asked for twice at once: required unless both leave it, confirmed if either wants it, in the words of the first. */
export function bothFields(first: TypeField | undefined, second: TypeField): TypeField {
  if (first === undefined) return second;
  const optional = first.optional && second.optional;
  const verify = first.verify || second.verify;
  return optional === first.optional && verify === first.verify ? first : { ...first, optional, verify };
}

/** The value of a choice, labelled or not. */
export function choiceValue(choice: ChoiceDefinition): string {
  return typeof choice === 'string' ? choice : choice.value;
}

/** How the field's value would be stored; undefined when it is none of the field's. */
export function storedForm(field: ParsedField, text: string): string | undefined {
  try {
    return parseValue(field, text);
  } catch {
    return undefined;
  }
}

function ownFormat(name: string, { type = 'string', verify }: FieldDefinition): ParsedField {
  return { name, type, format: typeof verify === 'string' ? verify : formatByType[type] };
}

/** A choice of SEP-9's own, with its label in every language; the English label is the value. */
function standardChoice(field: string, value: string): ChoiceDefinition {
  const key = `choice.${field.replace(/^organization\./, '')}.${value}`;
  return isPlainKey(key) ? { value, label: inEveryLanguage({ key }) } : value;
}
