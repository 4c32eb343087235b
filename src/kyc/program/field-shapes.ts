import { fieldAliases, fieldTypes, findField, sep9Fields } from '../../sep9/catalogue.ts';
import type { LocalizedText } from '../localized-text.ts';
import { type ChoiceDefinition, type FieldDefinition, verifiedFormats } from '../program.ts';
import { checkFieldName, fieldName, isSendable, languageTag } from './names.ts';
import {
  boolean,
  either,
  isObject,
  join,
  listOf,
  mapOf,
  named,
  object,
  oneOf,
  type Shape,
  text,
  value,
} from './shape.ts';

const texts: Shape<Readonly<Record<string, string>>> = mapOf(languageTag, text, false);
const anyText: Shape<LocalizedText> = text;
const noText: Shape<LocalizedText> = value('a text, or texts by language: { "en": "…" }', {}, () => false);

/** A text to read: one, or by language. */
export const localizedText: Shape<LocalizedText> = named('LocalizedText', () =>
  either<LocalizedText>([anyText, texts], (given) => {
    if (typeof given === 'string') return anyText;
    return isObject(given) && Object.keys(given).length > 0 ? texts : noText;
  }),
);

const plainChoice: Shape<ChoiceDefinition> = text;
const labelledChoice: Shape<ChoiceDefinition> = object<Exclude<ChoiceDefinition, string>>(
  { value: text, label: localizedText },
  { required: ['value', 'label'], expected: 'a text, or { value, label }' },
);

const choice: Shape<ChoiceDefinition> = named('ChoiceDefinition', () =>
  either<ChoiceDefinition>([plainChoice, labelledChoice], (given) =>
    typeof given === 'string' ? plainChoice : labelledChoice,
  ),
);

/** What all fields may say of themselves. */
const common = { optional: boolean, description: localizedText, choices: listOf(choice) };
const objectRule = { expected: 'an object, {} for a required field' };
const noType: Shape<never> = value('to be left out: SEP-9 says the type of this field', { not: {} }, () => false);

const ownField: Shape<FieldDefinition> = named('FieldDefinition', () => {
  const verify = oneOf([false, ...verifiedFormats]);
  return object<FieldDefinition>({ ...common, type: oneOf(fieldTypes), verify }, objectRule);
});

const sep9Field: Shape<FieldDefinition> = named('Sep9FieldDefinition', () => {
  const verify: Shape<boolean> = value(
    'to be left out: no code can be sent to what this field holds',
    { const: false },
    (given) => given === false,
  );
  return object<FieldDefinition>({ ...common, type: noType, verify }, objectRule);
});

const sep9Contact: Shape<FieldDefinition> = named('Sep9ContactDefinition', () =>
  object<FieldDefinition>({ ...common, type: noType, verify: boolean }, objectRule),
);

function shapeOf(name: string): Shape<FieldDefinition> {
  if (findField(name) === undefined) return ownField;
  return isSendable(name) ? sep9Contact : sep9Field;
}

const fields: Shape<Readonly<Record<string, FieldDefinition>>> = {
  schema: (schemas) => ({
    type: 'object',
    propertyNames: { pattern: fieldName.pattern.source },
    properties: Object.fromEntries(
      [...fieldAliases.keys(), ...sep9Fields.keys()]
        .filter((name) => fieldName.pattern.test(name))
        .map((name) => [name, shapeOf(name).schema(schemas)]),
    ),
    additionalProperties: ownField.schema(schemas),
  }),
  read: (given, path, report) => {
    if (!isObject(given)) {
      report(path, 'an object of fields by name');
      return undefined;
    }
    const read = Object.entries(given).map(([name, asked]) => {
      checkFieldName(name, join(path, name), report);
      return [name, shapeOf(name).read(asked, join(path, name), report)] as const;
    });
    return Object.fromEntries(read.filter(([, asked]) => asked !== undefined));
  },
};

/** Fields by name. The schema names those of SEP-9, so that an editor offers them. */
export const fieldMap: Shape<Readonly<Record<string, FieldDefinition>>> = named('FieldDefinitions', () => fields);
