import { createHash } from 'node:crypto';
import { inEveryLanguage, isPlainKey } from '../messages/translate.ts';
import { canonicalName, type FieldType, type FormatName, fieldTypes, findField } from '../sep9/catalogue.ts';
import { type LocalizedText, languagesOf } from './localized-text.ts';
import {
  type ChoiceDefinition,
  type CustomerType,
  decisionModes,
  type FieldDefinition,
  type Program,
  type ProgramDefinition,
  type TypeDefinition,
  type TypeField,
} from './program.ts';

/** What the customer reads while a review is pending, unless the program says it better. */
const defaultProcessingMessage: LocalizedText = inEveryLanguage({ key: 'status.processing' });

const programKeys = ['types', 'defaultType', 'unknownFields'];
const typeKeys = ['description', 'decision', 'fields', 'processingMessage'];
const fieldKeys = ['optional', 'description', 'choices', 'type'];

/** How values of the anchor's own fields are read. */
const formatByType: Readonly<Record<FieldType, FormatName>> = {
  string: 'text',
  binary: 'file',
  number: 'number',
  date: 'date',
};

/** Notes what is wrong and where; goes on, so that all faults are told at once. */
type Report = (path: string, expected: string) => void;

/**
 * A program in TypeScript, checked where it is written: `export default defineProgram({ types: … })`.
 * @throws TypeError naming every fault with its path
 */
export function defineProgram(definition: ProgramDefinition): ProgramDefinition {
  compileProgram(definition);
  return definition;
}

/**
 * Checks a definition, from TypeScript or parsed from JSON, and makes it ready to be used.
 * @throws TypeError naming every fault with its path (`types.sep6-deposit.fields.email: …`)
 */
export function compileProgram(definition: unknown): Program {
  const faults: string[] = [];
  checkProgram(definition, (path, expected) => faults.push(`${path}: expected ${expected}`));
  if (faults.length > 0) throw new TypeError(`The KYC program is not usable:\n  ${faults.join('\n  ')}`);
  return toProgram(definition as ProgramDefinition);
}

function checkProgram(program: unknown, report: Report): void {
  if (!isObject(program)) {
    report('program', 'an object with types');
    return;
  }
  checkKeys(program, programKeys, '', report);
  const { types, defaultType, unknownFields } = program;
  if (unknownFields !== undefined && unknownFields !== 'drop' && unknownFields !== 'reject') {
    report('unknownFields', "'drop' or 'reject'");
  }
  if (!isObject(types) || Object.keys(types).length === 0) {
    report('types', 'at least one customer type');
    return;
  }
  for (const [name, type] of Object.entries(types)) checkType(type, name, report);
  if (defaultType !== undefined && (typeof defaultType !== 'string' || !Object.hasOwn(types, defaultType))) {
    report('defaultType', `one of ${Object.keys(types).join(', ')}`);
  }
}

function checkType(type: unknown, name: string, report: Report): void {
  const path = `types.${name}`;
  if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/.test(name))
    report(path, 'a name of up to 64 letters, digits, dots, dashes, underscores');
  if (!isObject(type)) {
    report(path, 'an object with decision and fields');
    return;
  }
  checkKeys(type, typeKeys, path, report);
  if (!decisionModes.some((mode) => mode === type['decision'])) report(`${path}.decision`, "'automatic' or 'review'");
  checkText(type['description'], `${path}.description`, report);
  checkText(type['processingMessage'], `${path}.processingMessage`, report);
  const fields = type['fields'];
  if (!isObject(fields)) {
    report(`${path}.fields`, 'an object of fields by name');
    return;
  }
  for (const [field, asked] of Object.entries(fields)) checkField(asked, field, `${path}.fields.${field}`, report);
  checkSpellings(Object.keys(fields), path, report);
}

function checkField(field: unknown, name: string, path: string, report: Report): void {
  if (!isObject(field)) {
    report(path, 'an object, {} for a required field');
    return;
  }
  checkKeys(field, fieldKeys, path, report);
  checkText(field['description'], `${path}.description`, report);
  if (field['optional'] !== undefined && typeof field['optional'] !== 'boolean')
    report(`${path}.optional`, 'true or false');
  if (field['choices'] !== undefined) checkChoices(field['choices'], `${path}.choices`, report);
  // Choice: asking for the card verification code is refused, because what may never be stored could never be complete. (ruling 20)
  if (name === 'card.cvc') report(path, 'no such field: a card verification code is never stored (PCI DSS 3.3.1)');
  if (/_(verification|file_id)$|^callback_url$/.test(name))
    report(path, 'another name; callback_url and the endings _verification and _file_id are taken');
  if (findField(name) === undefined) checkOwnField(field, name, path, report);
  else if (field['type'] !== undefined) report(`${path}.type`, 'to be left out: SEP-9 says the type of this field');
}

function checkOwnField(field: Record<string, unknown>, name: string, path: string, report: Report): void {
  if (!/^[a-zA-Z][a-zA-Z0-9_.]{0,63}$/.test(name))
    report(path, 'a name of up to 64 letters, digits, dots, underscores');
  if (!fieldTypes.some((type) => type === field['type'])) {
    report(`${path}.type`, `one of ${fieldTypes.join(', ')}, because this is not a SEP-9 field`);
  }
  if (field['description'] === undefined) report(`${path}.description`, 'a text, because this is not a SEP-9 field');
}

function checkChoices(choices: unknown, path: string, report: Report): void {
  if (!Array.isArray(choices) || choices.length === 0) {
    report(path, 'a list of at least one choice');
    return;
  }
  for (const [index, choice] of choices.entries()) {
    if (typeof choice === 'string' && choice !== '') continue;
    if (!isObject(choice) || typeof choice['value'] !== 'string')
      report(`${path}[${index}]`, 'a text, or { value, label }');
    else checkText(choice['label'] ?? null, `${path}[${index}].label`, report);
  }
}

function checkText(text: unknown, path: string, report: Report): void {
  if (text === undefined || typeof text === 'string') return;
  if (isObject(text) && Object.keys(text).length > 0 && Object.values(text).every((value) => typeof value === 'string'))
    return;
  report(path, 'a text, or texts by language: { "en": "…" }');
}

/** Both spellings of one field (first_name and given_name) would be one value asked for twice. */
function checkSpellings(names: readonly string[], path: string, report: Report): void {
  const byKey = Map.groupBy(names, canonicalName);
  for (const same of byKey.values()) {
    if (same.length > 1) report(`${path}.fields`, `only one of ${same.join(', ')}, which are the same field`);
  }
}

function checkKeys(object: Record<string, unknown>, known: readonly string[], path: string, report: Report): void {
  for (const key of Object.keys(object)) {
    if (!known.includes(key)) report(path === '' ? key : `${path}.${key}`, `one of ${known.join(', ')}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toProgram(definition: ProgramDefinition): Program {
  const types = new Map(Object.entries(definition.types).map(([name, type]) => [name, toType(name, type)]));
  const [first] = types.values();
  const defaultType = types.get(definition.defaultType ?? '') ?? first;
  if (defaultType === undefined) throw new TypeError('The KYC program has no types');
  const all = [...types.values()].flatMap((type) => [...type.fields.values()]);
  return {
    revision: createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 16),
    defaultType,
    types,
    unknownFields: definition.unknownFields ?? 'drop',
    fields: Map.groupBy([...all, ...impliedBy(all)], (field) => field.key),
    languages: new Set([...types.values()].flatMap(textsOf).flatMap(languagesOf)),
    checks: new Map(),
    review: { maxResubmissions: 9, slaMs: 86_400_000, reasons: new Map() },
    expiry: { documents: new Map(), warnMs: 30 * 86_400_000, reviewMonths: {} },
  };
}

/**
 * Choice: whoever is asked for a mobile number may say how it is written, asked or not.
 * @see SEP-9 § Natural Person Fields, mobile_number_format
 */
function impliedBy(fields: readonly TypeField[]): TypeField[] {
  const asks = (key: string): boolean => fields.some((field) => field.key === key);
  const isImplied = asks('mobile_number') && !asks('mobile_number_format');
  return isImplied ? [toField('mobile_number_format', { optional: true })] : [];
}

function textsOf(type: CustomerType): LocalizedText[] {
  const fields = [...type.fields.values()];
  const labels = fields
    .flatMap((field) => field.choices ?? [])
    .map((choice) => (typeof choice === 'string' ? choice : choice.label));
  return [type.description, type.processingMessage, ...fields.map((field) => field.description), ...labels];
}

function toType(name: string, definition: TypeDefinition): CustomerType {
  const fields = Object.entries(definition.fields ?? {}).map(([field, asked]) => toField(field, asked));
  return {
    name,
    description: definition.description ?? name,
    decision: definition.decision ?? 'review',
    processingMessage: definition.processingMessage ?? defaultProcessingMessage,
    fields: new Map(fields.map((field) => [field.key, field])),
    rules: [],
    checks: definition.checks ?? [],
    subject: definition.subject,
    risk: definition.risk ?? 'low',
    release: definition.release ?? 'when-accepted',
  };
}

/** A field ready to be asked for: what the definition says over what SEP-9 says. */
export function toField(name: string, asked: FieldDefinition): TypeField {
  const standard = findField(name);
  const choices = asked.choices ?? standard?.choices?.map((value) => standardChoice(name, value));
  const values = choices?.map((choice) => (typeof choice === 'string' ? choice : choice.value));
  const type = asked.type ?? 'string';
  const format = standard ?? { name, type, format: formatByType[type] };
  return {
    key: canonicalName(name),
    name,
    optional: asked.optional ?? false,
    description: asked.description ?? (standard ? inEveryLanguage(standard.phrase) : name),
    choices,
    format: { ...format, ...(values && { choices: values }) },
    verify: asked.verify ?? false,
  };
}

/** A choice of SEP-9's own, with its label in every language; the English label is the value. */
function standardChoice(field: string, value: string): ChoiceDefinition {
  const key = `choice.${field.replace(/^organization\./, '')}.${value}`;
  return isPlainKey(key) ? { value, label: inEveryLanguage({ key }) } : value;
}
