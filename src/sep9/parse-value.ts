import { invalidField } from '../errors.ts';
import type { Sep9Field } from './catalogue.ts';
import { cleanText } from './clean-text.ts';
import { formats } from './formats.ts';

/** What reading a value needs to know of its field; a field of the anchor's own will do as well as one of SEP-9. */
export type ParsedField = Pick<Sep9Field, 'name' | 'type' | 'format' | 'maxLength' | 'choices'>;

/** What came along with a value. */
export interface ParseContext {
  /** The spelling the client used, for the message; the field's own name unless given. */
  readonly wireName?: string | undefined;
  /** The customer's `mobile_number_format`. */
  readonly mobileNumberFormat?: string | undefined;
}

const defaultMaxLength = 200;

/**
 * Reads the text of one field into the form in which it is stored; reading that form again changes nothing.
 * @throws KycError `invalid_field` that names the field and what is expected, never the value
 * @see SEP-9 § Encodings
 */
export function parseValue(field: ParsedField, text: string, context: ParseContext = {}): string {
  const name = context.wireName ?? field.name;
  // Choice: a file that arrives as text is a client's mistake (`[object File]`), never a file (ruling 19).
  if (field.type === 'binary' || field.format === 'file') throw invalidField(name, { key: 'rule.file' });
  const format = formats[isOtherwiseFormatted(field, context) ? 'text' : field.format];
  const { maxLength = defaultMaxLength, multiline = false } = format;
  const clean = cleanText(name, text, { maxLength: field.maxLength ?? maxLength, multiline });
  const value = format.read(clean);
  if (value === undefined) throw invalidField(name, format.expected);
  return field.choices === undefined ? value : parseChoice(name, value, field.choices);
}

/** @see SEP-9 § Natural Person Fields, mobile_number_format */
function isOtherwiseFormatted(field: ParsedField, { mobileNumberFormat = '' }: ParseContext): boolean {
  return field.format === 'mobile_phone' && !['', 'e.164'].includes(mobileNumberFormat.trim().toLowerCase());
}

/** Choice: `Male` is taken for `male`; a choice that differs from another by case alone must be sent exactly. */
function parseChoice(name: string, value: string, choices: readonly string[]): string {
  const choice = choices.find((known) => known === value) ?? choices.find((known) => fold(known) === fold(value));
  if (choice === undefined) throw invalidField(name, { key: 'rule.choices', params: { choices: quoted(choices) } });
  return choice;
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** Values as a message lists them: `'passport', 'id_card'`. */
export function quoted(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(', ');
}
