import assert from 'node:assert/strict';
import { clabe } from 'clabe-validator';
import { findField } from '../../src/sep9/catalogue.ts';
import type { ParsedField } from '../../src/sep9/parse-value.ts';

/** What one format takes and what it refuses. */
export interface FormatCase {
  readonly title: string;
  /** A field of the format. */
  readonly field: string;
  /** What is accepted, and what is stored for it. */
  readonly accepts: ReadonlyArray<readonly [text: string, stored: string]>;
  readonly refuses: readonly string[];
  readonly expected: string;
}

/** Texts that are stored as they come. */
export const same = (...texts: string[]): ReadonlyArray<readonly [string, string]> => texts.map((text) => [text, text]);

const phoneCases = {
  accepts: [
    ...same('+14155552671', '+15551234567', '+4915112345678', '+883510012345'),
    [' +1 (415) 555-2671 ', '+14155552671'],
    ['+1.415.555\u20112671', '+14155552671'],
    ['+49 (0) 151 12345678', '+4915112345678'],
  ],
  refuses: ['4155552671', '004915112345678', '+123', '+9991234567', '+1 415 555 2671 ext. 5', '+1415CALLNOW', '+', 'x'],
  expected: 'a phone number in E.164, such as +14155550100',
} as const;

/** A table per format. */
export const formatCases: readonly FormatCase[] = [
  {
    title: '[ruling.18] a date is YYYY-MM-DD, or the date part of a datetime as written',
    field: 'birth_date',
    accepts: [
      ...same('1976-07-04', '2024-02-29', '1000-01-01', '9999-12-31'),
      ['1990-01-31T00:00:00Z', '1990-01-31'],
      ['1990-01-31T00:00:00+00:00', '1990-01-31'],
      ['1990-01-31T00:00:00 00:00', '1990-01-31'],
      ['1990-01-31T23:59:59.999-11:00', '1990-01-31'],
      ['1990-01-31 23:59', '1990-01-31'],
    ],
    refuses: [
      '2023-02-29',
      '2024-13-01',
      '2024-00-10',
      '2024-04-31',
      '0999-01-01',
      '10000-01-01',
      '1990-1-31',
      '19900131',
    ],
    expected: 'YYYY-MM-DD',
  },
  {
    title: '[ruling.18] what follows the date of a datetime must be a time',
    field: 'id_expiration_date',
    accepts: [['2030-01-31T10:20', '2030-01-31']],
    refuses: ['31.01.1990', '01/31/1990', '1990-01-31T', '1990-01-31T25:00:00Z', '1990-01-31x', '١٩٩٠-01-31', 'today'],
    expected: 'YYYY-MM-DD',
  },
  {
    title: '[sep9.organization.registration_date] the date of registration is a string that holds a date',
    field: 'organization.registration_date',
    accepts: [['2001-02-03T00:00:00Z', '2001-02-03']],
    refuses: ['February 2001'],
    expected: 'YYYY-MM-DD',
  },
  {
    title: '[ruling.18] a card expires in a month, written YY-MM',
    field: 'card.expiration_date',
    accepts: same('29-11', '30-01'),
    refuses: ['29-13', '29-00', '2029-11', '29/11', '2911', '29-11-01'],
    expected: 'YY-MM',
  },
  {
    title: '[ruling.18] a phone number is stored in E.164',
    field: 'mobile_number',
    ...phoneCases,
  },
  {
    title: '[sep9.financial.mobile_money] so is the number of mobile money',
    field: 'mobile_money_number',
    ...phoneCases,
  },
  {
    title: '[ruling.18] a country is a code of ISO 3166-1 alpha-3',
    field: 'address_country_code',
    accepts: [...same('USA', 'DEU', 'XKX'), ['bra', 'BRA']],
    refuses: ['US', 'UK', 'XXX', '840', 'Germany', 'DEUX', 'ıta'],
    expected: 'an ISO 3166-1 alpha-3 country code',
  },
  {
    title: '[sep9.card.country_code] the country of a card is a code of ISO 3166-1 alpha-2',
    field: 'card.country_code',
    accepts: [...same('US'), ['br', 'BR']],
    refuses: ['USA', 'UK', 'XX', '_p'],
    expected: 'an ISO 3166-1 alpha-2 country code',
  },
  {
    title: '[ruling.18] a language is a code of ISO 639-1',
    field: 'language_code',
    accepts: [...same('en', 'pt'), ['ES', 'es']],
    refuses: ['eng', 'xx', 'en-US', 'English'],
    expected: 'an ISO 639-1 language code',
  },
  {
    title: '[ruling.18] an occupation is a code of ISCO-08, leading zeros kept',
    field: 'occupation',
    accepts: same('2', '25', '251', '2512', '0110'),
    refuses: ['25121', '-251', '2.5', 'programmer'],
    expected: 'an ISCO-08 code of 1 to 4 digits',
  },
  {
    title: '[sep9.natural.email_address] an email address keeps its local part as typed',
    field: 'email_address',
    accepts: [...same('a@example.org', 'jörg+x@example.org'), [' Jane.Doe@EXAMPLE.Org\n', 'Jane.Doe@example.org']],
    refuses: [
      'a',
      'a@',
      '@example.org',
      'a@localhost',
      'a b@example.org',
      'A <a@example.org>',
      `${'a'.repeat(65)}@b.org`,
    ],
    expected: 'an email address',
  },
  {
    title: '[sep9.organization.website] a website is a URL of the web',
    field: 'organization.website',
    accepts: same('https://example.org', 'HTTP://example.org:8080/a?b=c#d', 'https://münchen.example/'),
    refuses: [
      'example.org',
      'javascript:alert(1)',
      'https:example.org',
      'https://',
      'https://a b',
      'ftp://example.org',
    ],
    expected: 'a URL that starts with https:// or http://',
  },
  {
    title: '[sep9.natural.ip_address] an IP address is one of version 4 or 6',
    field: 'ip_address',
    accepts: [...same('192.0.2.1', '2001:db8::1'), ['2001:DB8::A', '2001:db8::a']],
    refuses: ['192.0.2.256', '192.0.2', '192.0.2.1:80', '[::1]', 'localhost'],
    expected: 'an IPv4 or IPv6 address',
  },
  {
    title: '[sep9.organization.number_of_shareholders] a count is a whole number',
    field: 'organization.number_of_shareholders',
    accepts: [...same('0', '12'), ['+7', '7'], ['007', '7']],
    refuses: ['-1', '1.5', '1e3', 'Infinity', '0x10', 'two', '9'.repeat(16)],
    expected: 'a whole number',
  },
  {
    title: '[sep9.financial.clabe_number] a CLABE has a correct check digit, of a bank known today or not',
    field: 'clabe_number',
    accepts: [
      ...same('032180000118359719', clabe.calculate(999, 180, 11835971)),
      ['032-180-00011835971-9', '032180000118359719'],
    ],
    refuses: ['032180000118359718', '03218000011835971', '0321800001183597190', '03218000011835971x'],
    expected: 'a CLABE of 18 digits with a correct check digit',
  },
  {
    title: '[sep9.financial.cbu_number] a CBU has two correct check digits',
    field: 'cbu_number',
    accepts: [
      ...same('2850590940090418135201', '0170099220000067797370'),
      ['28505909 40090418135201', '2850590940090418135201'],
    ],
    refuses: ['2850590840090418135201', '2850590940090418135211', '285059094009041813520', '285059094009041813520x'],
    expected: 'a CBU or CVU of 22 digits with correct check digits',
  },
  {
    title: '[sep9.financial.cbu_alias] the alias of a CBU is 6 to 20 letters, digits, dots and dashes',
    field: 'cbu_alias',
    accepts: same('PERRO.gato-1', 'abcdef', 'a'.repeat(20)),
    refuses: ['abcde', 'a'.repeat(21), 'perro_gato', 'perró.gato'],
    expected: '6 to 20 letters, digits, dots and dashes',
  },
  {
    title: '[sep9.card.number] a card number has a correct check digit',
    field: 'card.number',
    accepts: [...same('4242424242424242', '378282246310005'), ['4111 1111-1111 1111', '4111111111111111']],
    refuses: ['4242424242424241', '42424242424', '0'.repeat(16), '4242x424242424242'],
    expected: 'a card number of 12 to 19 digits with a correct check digit',
  },
  {
    title: '[sep9.card.cvc] the security code of a card has 3 or 4 digits',
    field: 'card.cvc',
    accepts: same('123', '0000'),
    refuses: ['12', '12345', '12a'],
    expected: '3 or 4 digits',
  },
  {
    title: '[sep9.natural.sex] a choice is one of the choices, in any case',
    field: 'sex',
    accepts: [...same('male', 'female', 'other'), ['Female', 'female']],
    refuses: ['m', 'males', 'toString'],
    expected: "one of 'male', 'female', 'other'",
  },
  {
    title: '[sep9.financial.bank_account_type] an account is checking or savings',
    field: 'organization.bank_account_type',
    accepts: [...same('checking'), ['SAVINGS', 'savings']],
    refuses: ['current'],
    expected: "one of 'checking', 'savings'",
  },
];

/** The SEP-9 field of this name. */
export function fieldOf(name: string): ParsedField {
  const field = findField(name);
  assert.ok(field, name);
  return field;
}
