import { isIP } from 'node:net';
import { clabe } from 'clabe-validator';
import { alpha2ToAlpha3, alpha3ToAlpha2 } from 'i18n-iso-countries/index.js';
import { electronicFormatIBAN, isValidIBAN } from 'ibantools';
import languages from 'iso-639-1';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import emailModule from 'validator/lib/isEmail.js';
import luhnModule from 'validator/lib/isLuhnNumber.js';
import type { Phrase } from '../messages/phrase.ts';
import type { FormatName } from './catalogue.ts';

/** How one format is read from clean text. */
export interface Format {
  /** What a refusal says is expected. */
  readonly expected: Phrase;
  /** The value as it is stored, or nothing if the text is none. Reading what was read changes nothing. */
  read(text: string): string | undefined;
  /** In UTF-16 code units, 200 unless given. */
  readonly maxLength?: number;
  readonly multiline?: boolean;
}

const phone: Format = { expected: { key: 'rule.phone' }, read: readPhone };

/** The formats that come as text. @see SEP-9 § Encodings */
export const formats: Readonly<Record<Exclude<FormatName, 'file'>, Format>> = {
  text: { expected: { key: 'rule.text' }, read: (text) => text },
  multiline_text: { expected: { key: 'rule.text' }, read: (text) => text, maxLength: 1000, multiline: true },
  date: { expected: { key: 'rule.date' }, read: readDate },
  number: { expected: { key: 'rule.number' }, read: readNumber },
  count: { expected: { key: 'rule.count' }, read: readCount },
  country_alpha3: { expected: { key: 'rule.country_alpha3' }, read: readCountryAlpha3 },
  country_alpha2: { expected: { key: 'rule.country_alpha2' }, read: readCountryAlpha2 },
  language: { expected: { key: 'rule.language' }, read: readLanguage },
  occupation: { expected: { key: 'rule.occupation' }, read: (text) => matching(/^\d{1,4}$/, text) },
  email: { expected: { key: 'rule.email' }, read: readEmail, maxLength: 254 },
  phone,
  mobile_phone: phone,
  url: { expected: { key: 'rule.url' }, read: readUrl, maxLength: 1000 },
  ip_address: { expected: { key: 'rule.ip_address' }, read: (text) => (isIP(text) ? text.toLowerCase() : undefined) },
  bank_account: { expected: { key: 'rule.text' }, read: readBankAccount },
  clabe: { expected: { key: 'rule.clabe' }, read: readClabe },
  cbu: { expected: { key: 'rule.cbu' }, read: readCbu },
  cbu_alias: {
    expected: { key: 'rule.cbu_alias' },
    read: (text) => matching(/^[A-Za-z\d.-]{6,20}$/, text),
  },
  card_number: { expected: { key: 'rule.card_number' }, read: readCardNumber },
  card_expiration: {
    expected: { key: 'rule.card_expiration' },
    read: (text) => matching(/^\d{2}-(?:0[1-9]|1[0-2])$/, text),
  },
  card_cvc: { expected: { key: 'rule.card_cvc' }, read: (text) => matching(/^\d{3,4}$/, text) },
};

function matching(pattern: RegExp, text: string): string | undefined {
  return pattern.test(text) ? text : undefined;
}

function withoutSeparators(text: string): string {
  return text.replace(/[\s-]/g, '');
}

const dateOrDatetime =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+ -]\d{2}:?\d{2})?)?$/i;

/**
 * Choice: the date part is taken as written, whatever the time zone: a birth date is no instant (ruling 18).
 * The zone may start with a space, which is what form decoding makes of an unescaped plus.
 */
function readDate(text: string): string | undefined {
  const date = dateOrDatetime.exec(text)?.[1];
  return date !== undefined && isCalendarDate(date) ? date : undefined;
}

function isCalendarDate(date: string): boolean {
  const instant = new Date(`${date}T00:00:00Z`);
  return date >= '1000' && !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(date);
}

function readNumber(text: string): string | undefined {
  const parts = /^([+-]?)(\d{1,30})(\.\d{1,30})?$/.exec(text);
  if (parts === null) return undefined;
  const [, sign = '', whole = '', fraction = ''] = parts;
  const negative = sign === '-' && /[1-9]/.test(text);
  return (negative ? '-' : '') + BigInt(whole) + fraction;
}

function readCount(text: string): string | undefined {
  return /^\+?\d{1,15}$/.test(text) ? String(Number(text)) : undefined;
}

/** Choice: ISO has no code for Kosovo; XKX, from the range it leaves to users, is what banks write for it. */
function readCountryAlpha3(text: string): string | undefined {
  const code = text.toUpperCase();
  const known = code === 'XKX' || alpha3ToAlpha2(code) !== undefined;
  return /^[a-z]{3}$/i.test(text) && known ? code : undefined;
}

function readCountryAlpha2(text: string): string | undefined {
  const code = text.toUpperCase();
  return /^[a-z]{2}$/i.test(text) && alpha2ToAlpha3(code) !== undefined ? code : undefined;
}

function readLanguage(text: string): string | undefined {
  const code = text.toLowerCase();
  return /^[a-z]{2}$/i.test(text) && languages.validate(code) ? code : undefined;
}

/** Choice: the domain is stored in lower case, the part before it as typed: only its own server knows whether case matters. */
function readEmail(text: string): string | undefined {
  if (!emailModule.default(text)) return undefined;
  const at = text.lastIndexOf('@');
  return text.slice(0, at) + text.slice(at).toLowerCase();
}

/**
 * Choice: the country code must exist and the length be possible there, but the range need not be in the tables of today:
 * new ranges are given out all the time, and whether the number rings is for the confirmation code to find out.
 */
function readPhone(text: string): string | undefined {
  if (!/^\+[\d\s().\p{Pd}]+$/u.test(text)) return undefined;
  const parsed = parsePhoneNumberFromString(text);
  return parsed?.isPossible() ? parsed.number : undefined;
}

function readUrl(text: string): string | undefined {
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? text : undefined;
}

/** Choice: an IBAN is stored without spaces; what is none is kept as sent, since no rule holds for all the world's accounts. */
function readBankAccount(text: string): string {
  const electronic = electronicFormatIBAN(text);
  return electronic !== null && isValidIBAN(electronic) ? electronic : text;
}

/** Choice: the check digit decides; the library's lists of banks and cities age, and a new bank's customer is no mistake. */
function readClabe(text: string): string | undefined {
  const digits = withoutSeparators(text);
  return clabe.validate(digits).valid.format ? digits : undefined;
}

function readCbu(text: string): string | undefined {
  const digits = withoutSeparators(text);
  if (!/^\d{22}$/.test(digits)) return undefined;
  return endsInCbuCheckDigit(digits.slice(0, 8)) && endsInCbuCheckDigit(digits.slice(8)) ? digits : undefined;
}

const cbuWeights = [3, 1, 7, 9];

/** From the right, after the check digit: the digits times 3, 1, 7, 9 over and over, plus the check digit, end in 0. */
function endsInCbuCheckDigit(block: string): boolean {
  const [check, ...digits] = Array.from(block, Number).reverse();
  const weighted = digits.map((digit, i) => digit * (cbuWeights[i % cbuWeights.length] ?? 0));
  return weighted.reduce((sum, product) => sum + product, check ?? 0) % 10 === 0;
}

function readCardNumber(text: string): string | undefined {
  const digits = withoutSeparators(text);
  return /^[1-9]\d{11,18}$/.test(digits) && luhnModule.default(digits) ? digits : undefined;
}
