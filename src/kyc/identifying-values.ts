import { domainToASCII } from 'node:url';

const unseen = /\p{Default_Ignorable_Code_Point}/gu;

/** A text as it is compared with others: letters in their usual form, without what nobody sees between them, such as a soft hyphen. */
export function seenText(value: string): string {
  return value.normalize('NFKC').replace(unseen, '').normalize('NFKC');
}

/** A number of a document or register as it is compared: capitals and digits, whatever stands between them. */
export function identifier(value: string): string {
  return asciiDigits(seenText(value))
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .normalize('NFKC');
}

/** A phone number as it is compared: `+` and digits where it is international, else its digits. */
export function phoneNumber(value: string): string {
  const plain = asciiDigits(value.normalize('NFKC')).trim();
  const digits = plain.replace(/\D/g, '');
  return digits !== '' && plain.startsWith('+') ? `+${digits}` : digits;
}

/**
 * An e-mail address as it is compared: small letters, the domain as the network knows it; '' for what is none.
 * Choice: `a.b+c@…` stays itself: which characters a provider passes over is its own affair.
 */
export function emailAddress(value: string): string {
  const small = seenText(value).trim().toLowerCase().normalize('NFKC');
  const at = small.lastIndexOf('@');
  const domain = domainToASCII(small.slice(at + 1));
  return at > 0 && domain !== '' ? `${small.slice(0, at)}@${domain}` : '';
}

/**
 * The words of a person's name as they are compared, in whatever order people write them: small letters without their accents and marks; '' when there is none.
 */
export function nameWords(value: string): string {
  const plain = seenText(value)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '');
  const words = plain.replace(/['’ʼ`´]/gu, '').match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.sort().join(' ');
}

/** Digits of every script as 0 to 9: people type the ones of their keyboard. */
function asciiDigits(text: string): string {
  return text.replace(/[^\P{Nd}0-9]/gu, digitValue);
}

/** Unicode gives each script its ten digits in a row, from zero, and some scripts follow one upon another. */
function digitValue(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before++;
  return String(before % 10);
}
