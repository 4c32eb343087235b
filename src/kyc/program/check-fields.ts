import { canonicalName, fieldTypes, findField } from '../../sep9/catalogue.ts';
import { nearestField } from '../../sep9/nearest-name.ts';
import type { FieldDefinition } from '../program.ts';
import type { Report } from './shape.ts';
import { choiceValue, storedForm, toField } from './to-field.ts';

/** A field as somebody asks for it. */
export interface AskedField {
  readonly name: string;
  readonly path: string;
  /** What stands there. */
  readonly own: FieldDefinition;
  /** The same over what it inherits. */
  readonly whole: FieldDefinition;
}

/** Reports what is wrong with fields asked for in one place, beyond how they look. */
export function checkFields(fields: readonly AskedField[], path: string, report: Report): void {
  checkSpellings(
    fields.map(({ name }) => name),
    path,
    report,
  );
  for (const field of fields) {
    if (findField(field.name) === undefined) checkOwnField(field, report);
    if (field.own.choices !== undefined) checkChoices(field, report);
  }
}

/**
 * Reports fields of the anchor's own that are not the same thing wherever they are asked for: what is held is one value, and must do for
 * all of them.
 */
export function checkAgreement(fields: readonly AskedField[], report: Report): void {
  const first = new Map<string, { readonly format: string; readonly path: string }>();
  for (const { name, path, whole } of fields) {
    const { key, format } = toField(name, whole);
    const known = first.get(key);
    if (known === undefined) first.set(key, { format: format.format, path });
    else if (known.format !== format.format)
      report(path, `a field of the same type and format as ${known.path}: they are one value`);
  }
}

/** Both spellings of one field (first_name and given_name) would be one value asked for twice. */
function checkSpellings(names: readonly string[], path: string, report: Report): void {
  for (const same of Map.groupBy(names, canonicalName).values()) {
    if (same.length > 1) report(path, `only one of ${same.join(', ')}, which are the same field`);
  }
}

function checkOwnField({ name, path, whole }: AskedField, report: Report): void {
  const because = `because this is not a SEP-9 field${hint(name)}`;
  if (whole.type === undefined) report(`${path}.type`, `one of ${fieldTypes.join(', ')}, ${because}`);
  if (whole.description === undefined) report(`${path}.description`, `a text, ${because}`);
  if (typeof whole.verify === 'string' && whole.type !== undefined && whole.type !== 'string')
    report(`${path}.verify`, `to be left out: no code can be sent to a ${whole.type}`);
}

/** What is expected in place of the name of a field that nobody asks for. */
export function askedField(name: string, asker = 'a type or rule'): string {
  return `a field that ${asker} asks for${findField(name) === undefined ? hint(name) : ''}`;
}

/** The slip of a finger is seldom seen by whoever made it. */
function hint(name: string): string {
  const near = nearestField(name);
  return near === undefined ? '' : `; was '${near}' meant?`;
}

/** Choices that nobody could send, or that are two times the same. */
function checkChoices({ name, path, own, whole }: AskedField, report: Report): void {
  const { choices: _, ...plain } = whole;
  const { choices: __, ...format } = toField(name, plain).format;
  if (format.type === 'binary') {
    report(`${path}.choices`, 'to be left out: a file is no choice');
    return;
  }
  const values = (own.choices ?? []).map(choiceValue);
  for (const [index, value] of values.entries()) {
    const at = `${path}.choices[${index}]`;
    const stored = storedForm(format, value);
    if (values.indexOf(value) !== index) report(at, `another value than choices[${values.indexOf(value)}]`);
    else if (stored !== value)
      report(at, stored === undefined ? `a value of the format ${format.format}` : `'${stored}', as it is stored`);
  }
}
