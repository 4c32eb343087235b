import { isIP } from 'node:net';
import { clabe } from 'clabe-validator';
import { alpha2ToAlpha3, alpha3ToAlpha2 } from 'i18n-iso-countries/index.js';
import { electronicFormatIBAN, isValidIBAN } from 'ibantools';
import languages from 'iso-639-1';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import emailModule from 'validator/lib/isEmail.js';
import luhnModule from 'validator/lib/isLuhnNumber.js';
import type { FormatName } from './catalogue.ts';

/** How one format is read from clean text. */
export interface Format {
  /** What a refusal says is expected. */
  readonly expected: string;
  /** The value as it is stored, or nothing if the text is none. Reading what was read changes nothing. */
  read(text: string): string | undefined;
  /** In UTF-16 code units, 200 unless given. */
  readonly maxLength?: number;
  readonly multiline?: boolean;
}

const phone: Format = { expected: 'a phone number in E.164, such as +14155550100', read: readPhone };

/** The formats that come as text. @see SEP-9 § Encodings */
export const formats: Readonly<Record<Exclude<FormatName, 'file'>, Format>> = {
  text: { expected: 'text', read: (text) => text },
  multiline_text: { expected: 'text', read: (text) => text, maxLength: 1000, multiline: true },
  date: { expected: 'YYYY-MM-DD', read: readDate },
  number: { expected: 'a number in decimal digits', read: readNumber },
  count: { expected: 'a whole number', read: readCount },
  country_alpha3: { expected: 'an ISO 3166-1 alpha-3 country code', read: readCountryAlpha3 },
  country_alpha2: { expected: 'an ISO 3166-1 alpha-2 country code', read: readCountryAlpha2 },
  language: { expected: 'an ISO 639-1 language code', read: readLanguage },
  occupation: { expected: 'an ISCO-08 code of 1 to 4 digits', read: (text) => matching(/^\d{1,4}$/, text) },
  email: { expected: 'an email address', read: readEmail, maxLength: 254 },
  phone,
  mobile_phone: phone,
  url: { expected: 'a URL that starts with https:// or http://', read: readUrl, maxLength: 1000 },
  ip_address: { expected: 'an IPv4 or IPv6 address', read: (text) => (isIP(text) ? text.toLowerCase() : undefined) },
  bank_account: { expected: 'text', read: readBankAccount },
  clabe: { expected: 'a CLABE of 18 digits with a correct check digit', read: readClabe },
  cbu: { expected: 'a CBU or CVU of 22 digits with correct check digits', read: readCbu },
  cbu_alias: {
    expected: '6 to 20 letters, digits, dots and dashes',
    read: (text) => matching(/^[A-Za-z\d.-]{6,20}$/, text),
  },
  card_number: { expected: 'a card number of 12 to 19 digits with a correct check digit', read: readCardNumber },
  card_expiration: { expected: 'YY-MM', read: (text) => matching(/^\d{2}-(?:0[1-9]|1[0-2])$/, text) },
  card_cvc: { expected: '3 or 4 digits', read: (text) => matching(/^\d{3,4}$/, text) },
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
