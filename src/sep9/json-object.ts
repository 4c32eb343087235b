import { InvalidRequest, invalidField, KycError } from '../errors.ts';
import type { Phrase } from '../messages/phrase.ts';
import { fieldGroups, findField } from './catalogue.ts';
import { readFieldName } from './field-name.ts';

const maxNesting = 2;
const maxNameLength = 100;

/**
 * Reads a JSON body as wire names and their texts, the digits of numbers exactly as sent: 10638330804770506835 stays itself.
 * Choice: blank text is an empty object (ruling 30), and a field sent both dotted and nested must say the same twice.
 * @throws KycError `invalid_request` for what is not a JSON object, `invalid_field` naming a field that is not one value
 * @see SEP-9 § Dot Notation
 */
export function parseJsonObject(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  if (text.trim() === '') return fields;
  for (const [name, value] of Object.entries(parseJsonDigits(text, maxNesting))) {
    for (const [flatName, flatText] of flatten(name, value)) {
      if (fields.has(flatName) && fields.get(flatName) !== flatText)
        throw invalidMember(flatName, { key: 'rule.two_values' });
      fields.set(flatName, flatText);
    }
  }
  return fields;
}

/**
 * The fields that one member of a JSON object stands for: itself, or the members of `organization` and `card`.
 * Choice: numbers and booleans are taken as their text, null as '' (ruling 17).
 * @throws KycError `invalid_field` for a list, for any other object and for what is nested deeper
 * @see SEP-9 § Dot Notation
 */
export function flatten(name: string, value: unknown): ReadonlyArray<readonly [name: string, text: string]> {
  if (!isGroup(name) || !isPlainObject(value)) return [[checkedName(name), scalarText(name, value)]];
  return Object.entries(value).map(([key, inner]) => {
    const dotted = checkedName(`${name}.${key}`);
    return [dotted, scalarText(dotted, inner)];
  });
}

/**
 * A JSON object whose numbers are the texts of their digits, exactly as sent unless they are to be written in another way. Parsed twice: only the second pass knows the digits, and it recurses, so
 * the first has to bound the depth.
 * @throws KycError `invalid_request` for what is not an object, or nested deeper
 */
export function parseJsonDigits(text: string, max: number, write?: (digits: string) => string): object {
  const parsed = parse(text);
  if (!isPlainObject(parsed)) throw new InvalidRequest({ key: 'error.json_not_object' });
  if (nestsDeeper(parsed, max)) throw new InvalidRequest({ key: 'error.json_too_deep', params: { max } });
  return JSON.parse(text, write === undefined ? digitsAsSent : writtenBy(write));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidJson();
  }
}

/** Without a cause: what the parser says quotes the body. */
function invalidJson(): KycError {
  return new InvalidRequest({ key: 'error.json_invalid' });
}

function digitsAsSent(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? context?.source : value;
}

function writtenBy(write: (digits: string) => string): typeof digitsAsSent {
  return (_key, value, context) => (typeof value === 'number' ? write(context?.source ?? '') : value);
}

function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => nestsDeeper(inner, levels - 1));
}

function scalarText(name: string, value: unknown): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw invalidMember(name, { key: 'rule.single_value' });
}

/** A name that only the sender knows is not repeated: some clients put values where names belong. */
function invalidMember(name: string, rule: Phrase): KycError {
  const { field } = readFieldName(name);
  if (isGroup(name) || findField(field) !== undefined) return invalidField(name, rule);
  return new KycError('invalid_field', { key: 'error.invalid_unknown_field', params: { rule } }, { field: name });
}

function checkedName(name: string): string {
  if (name.length > maxNameLength)
    throw new InvalidRequest({ key: 'error.field_name_length', params: { max: maxNameLength } });
  return name;
}

function isGroup(name: string): boolean {
  return fieldGroups.some((group) => group === name);
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
