import { alpha3ToAlpha2 } from 'i18n-iso-countries/index.js';
import { seenText } from '../identifying-values.ts';

/** In which part somebody stands in a customer's data. */
export type ScreeningRole = 'person' | 'organization' | 'director' | 'shareholder';

/** What a number identifies somebody by. */
export type IdentifierKind = 'passport' | 'drivers-license' | 'national-id' | 'tax-id' | 'vat' | 'registration';

/** A number that somebody else gave out. */
export interface Identifier {
  readonly kind: IdentifierKind;
  readonly value: string;
  /** Of whoever gave it out, ISO 3166-1 alpha-2. */
  readonly country: string | undefined;
}

/** Somebody to be looked for on lists. */
export interface ScreeningSubject {
  readonly role: ScreeningRole;
  /** What it may be; a shareholder may be either. */
  readonly is: 'person' | 'organization' | 'either';
  /** As it may be written, the fullest first; at least one. */
  readonly names: readonly [string, ...string[]];
  readonly firstName?: string | undefined;
  readonly middleName?: string | undefined;
  readonly lastName?: string | undefined;
  /** `YYYY-MM-DD`. */
  readonly birthDate?: string | undefined;
  /** ISO 3166-1 alpha-2: where a person was born. */
  readonly birthCountry?: string | undefined;
  /** ISO 3166-1 alpha-2: who gave a person the document; where an organization is. */
  readonly country?: string | undefined;
  readonly identifiers: readonly Identifier[];
}

/** Keys of the fields that say who somebody is, for checks that look for them on lists. */
export const screeningInputs: readonly string[] = [
  'given_name',
  'additional_name',
  'family_name',
  'birth_date',
  'birth_country_code',
  'id_type',
  'id_number',
  'id_country_code',
  'tax_id',
  'address_country_code',
  'organization.name',
  'organization.registration_number',
  'organization.VAT_number',
  'organization.address_country_code',
  'organization.director_name',
  'organization.shareholder_name',
];

/**
 * Everybody named in a customer's data: the person, the organization, its director and its shareholder. Empty when nobody is. In letters as lists have them: an
 * engine finds nobody whose name has a character in it that nobody sees.
 * Choice: where a person lives is not taken for where the person is from. Engines lower a score when countries differ, and sanctioned
 * people live abroad.
 */
export function screeningSubjects(values: ReadonlyMap<string, string>): readonly ScreeningSubject[] {
  const get = (key: string): string | undefined => seenText(values.get(key) ?? '').trim() || undefined;
  const director = get('organization.director_name');
  const shareholder = get('organization.shareholder_name');
  return [
    personOf(get),
    organizationOf(get),
    director && ({ role: 'director', is: 'person', names: [director], identifiers: [] } as const),
    shareholder && ({ role: 'shareholder', is: 'either', names: [shareholder], identifiers: [] } as const),
  ].filter((subject) => subject !== undefined && subject !== '');
}

type Get = (key: string) => string | undefined;

function personOf(get: Get): ScreeningSubject | undefined {
  const [firstName, middleName, lastName] = [get('given_name'), get('additional_name'), get('family_name')];
  if (firstName === undefined && lastName === undefined) return undefined;
  const full = joined([firstName, middleName, lastName]);
  const short = joined([firstName, lastName]);
  return {
    role: 'person',
    is: 'person',
    names: full === short ? [full] : [full, short],
    firstName,
    middleName,
    lastName,
    birthDate: get('birth_date'),
    birthCountry: alpha2(get('birth_country_code')),
    country: alpha2(get('id_country_code')),
    identifiers: present([
      identifier(documentKind(get('id_type')), get('id_number'), get('id_country_code')),
      identifier('tax-id', get('tax_id'), get('address_country_code')),
    ]),
  };
}

function organizationOf(get: Get): ScreeningSubject | undefined {
  const name = get('organization.name');
  if (name === undefined) return undefined;
  const country = get('organization.address_country_code');
  return {
    role: 'organization',
    is: 'organization',
    names: [name],
    country: alpha2(country),
    identifiers: present([
      identifier('registration', get('organization.registration_number'), country),
      identifier('vat', get('organization.VAT_number'), country),
    ]),
  };
}

/** What SEP-9's free text for the type of a document means: `passport`, `drivers_license`, `id_card` and their like. */
export function documentKind(idType: string | undefined): 'passport' | 'drivers-license' | 'national-id' {
  const words = (idType ?? '').toLowerCase();
  if (words.includes('passport')) return 'passport';
  return /driv|licen[cs]e/.test(words) ? 'drivers-license' : 'national-id';
}

function alpha2(country: string | undefined): string | undefined {
  return country === undefined ? undefined : alpha3ToAlpha2(country);
}

function identifier(
  kind: IdentifierKind,
  value: string | undefined,
  country: string | undefined,
): Identifier | undefined {
  return value === undefined ? undefined : { kind, value, country: alpha2(country) };
}

function present<T>(items: readonly (T | undefined)[]): readonly T[] {
  return items.filter((item) => item !== undefined);
}

function joined(parts: readonly (string | undefined)[]): string {
  return present(parts).join(' ');
}
