import type { FormatName } from '../../sep9/catalogue.ts';
import { findField } from '../../sep9/catalogue.ts';
import type { NameRule, Report } from './shape.ts';

/** Names of types, rules and checks. They stand in stored facts between separators, none of which they can hold. */
export const name: NameRule = {
  pattern: /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/,
  expected: 'a name of up to 64 letters, digits, dots, dashes, underscores',
};

/** Codes of reasons, as they are stored and as operators' tools spell them. */
export const reasonCode: NameRule = {
  pattern: /^[a-z][a-z0-9-]{0,63}$/,
  expected: 'a code of up to 64 small letters, digits and dashes, such as document-unreadable',
};

/** Language tags. @see BCP 47 */
export const languageTag: NameRule = {
  pattern: /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/,
  expected: 'a language tag, such as en or pt-BR',
};

/** Names of fields, as a whole; {@link checkFieldName} says what is wrong with one. */
export const fieldName: NameRule = {
  pattern: /^(?!card\.cvc$|callback_url$|.*_(verification|file_id)$)[a-zA-Z][a-zA-Z0-9_.]{0,63}$/,
  expected: 'a name of up to 64 letters, digits, dots, underscores',
};

/** Formats to which a code can be sent. */
const sendableFormats: ReadonlySet<FormatName> = new Set(['email', 'phone', 'mobile_phone']);

/** Whether a code can be sent to what the field holds, as SEP-9 says. */
export function isSendable(name: string): boolean {
  const format = findField(name)?.format;
  return format !== undefined && sendableFormats.has(format);
}

/** Choice: asking for the card verification code is refused, because what may never be stored could never be complete. (ruling 20) */
export function checkFieldName(name: string, path: string, report: Report): void {
  if (fieldName.pattern.test(name)) return;
  if (name === 'card.cvc') report(path, ': no such field: a card verification code is never stored (PCI DSS 3.3.1)');
  else if (/_(verification|file_id)$|^callback_url$/.test(name))
    report(path, 'another name; callback_url and the endings _verification and _file_id are taken');
  else report(path, fieldName.expected);
}
