import type { Phrase, PlainKey } from '../messages/phrase.ts';
import { translate } from '../messages/translate.ts';

/** What a value is on the wire. @see SEP-12 § Fields, type */
export const fieldTypes = ['string', 'binary', 'number', 'date'] as const;

/** @see fieldTypes */
export type FieldType = (typeof fieldTypes)[number];

/** How a value is written; `formats.ts` reads all of them but `file`, which never comes as text. @see SEP-9 § Encodings */
export const formatNames = [
  'text',
  'multiline_text',
  'date',
  'number',
  'count',
  'country_alpha3',
  'country_alpha2',
  'language',
  'occupation',
  'email',
  'phone',
  'mobile_phone',
  'url',
  'ip_address',
  'bank_account',
  'clabe',
  'cbu',
  'cbu_alias',
  'card_number',
  'card_expiration',
  'card_cvc',
  'file',
] as const;

/** @see formatNames */
export type FormatName = (typeof formatNames)[number];

/** One field of SEP-9. */
export interface Sep9Field {
  /** Its canonical name, `organization.` and `card.` prefixes included. */
  readonly name: string;
  readonly type: FieldType;
  readonly format: FormatName;
  /** English, for the customer to read. */
  readonly description: string;
  /** What `description` says, in every language. */
  readonly phrase: Phrase;
  /** In UTF-16 code units, where the format's own bound does not fit. */
  readonly maxLength?: number;
  readonly choices?: readonly string[];
}

/** The fields that a message describes: one without a description does not compile. */
type DescribedName = PlainKey extends infer Key ? (Key extends `field.${infer Name}` ? Name : never) : never;

/** A line of SEP-9's tables. */
type Row = Omit<Sep9Field, 'name' | 'description' | 'phrase'> & { readonly name: DescribedName };

const naturalPersonFields: readonly Row[] = [
  { name: 'family_name', type: 'string', format: 'text' },
  { name: 'given_name', type: 'string', format: 'text' },
  { name: 'additional_name', type: 'string', format: 'text' },
  { name: 'address_country_code', type: 'string', format: 'country_alpha3' },
  { name: 'state_or_province', type: 'string', format: 'text' },
  { name: 'city', type: 'string', format: 'text' },
  { name: 'postal_code', type: 'string', format: 'text' },
  { name: 'address', type: 'string', format: 'multiline_text' },
  { name: 'mobile_number', type: 'string', format: 'mobile_phone' },
  { name: 'mobile_number_format', type: 'string', format: 'text' },
  { name: 'email_address', type: 'string', format: 'email' },
  { name: 'birth_date', type: 'date', format: 'date' },
  { name: 'birth_place', type: 'string', format: 'text' },
  { name: 'birth_country_code', type: 'string', format: 'country_alpha3' },
  { name: 'tax_id', type: 'string', format: 'text' },
  { name: 'tax_id_name', type: 'string', format: 'text' },
  { name: 'occupation', type: 'number', format: 'occupation' },
  { name: 'employer_name', type: 'string', format: 'text' },
  { name: 'employer_address', type: 'string', format: 'multiline_text' },
  { name: 'language_code', type: 'string', format: 'language' },
  { name: 'id_type', type: 'string', format: 'text' },
  { name: 'id_country_code', type: 'string', format: 'country_alpha3' },
  { name: 'id_issue_date', type: 'date', format: 'date' },
  { name: 'id_expiration_date', type: 'date', format: 'date' },
  { name: 'id_number', type: 'string', format: 'text' },
  { name: 'photo_id_front', type: 'binary', format: 'file' },
  { name: 'photo_id_back', type: 'binary', format: 'file' },
  { name: 'notary_approval_of_photo_id', type: 'binary', format: 'file' },
  { name: 'ip_address', type: 'string', format: 'ip_address' },
  { name: 'photo_proof_residence', type: 'binary', format: 'file' },
  {
    name: 'sex',
    type: 'string',
    format: 'text',
    choices: ['male', 'female', 'other'],
  },
  { name: 'proof_of_income', type: 'binary', format: 'file' },
  { name: 'proof_of_liveness', type: 'binary', format: 'file' },
  { name: 'referral_id', type: 'string', format: 'text' },
];

const financialAccountFields: readonly Row[] = [
  { name: 'bank_name', type: 'string', format: 'text' },
  {
    name: 'bank_account_type',
    type: 'string',
    format: 'text',
    choices: ['checking', 'savings'],
  },
  { name: 'bank_account_number', type: 'string', format: 'bank_account' },
  { name: 'bank_number', type: 'string', format: 'text' },
  { name: 'bank_phone_number', type: 'string', format: 'phone' },
  { name: 'bank_branch_number', type: 'string', format: 'text' },
  { name: 'external_transfer_memo', type: 'string', format: 'text' },
  { name: 'clabe_number', type: 'string', format: 'clabe' },
  { name: 'cbu_number', type: 'string', format: 'cbu' },
  { name: 'cbu_alias', type: 'string', format: 'cbu_alias' },
  { name: 'mobile_money_number', type: 'string', format: 'phone' },
  { name: 'mobile_money_provider', type: 'string', format: 'text' },
  { name: 'crypto_address', type: 'string', format: 'text' },
  { name: 'crypto_memo', type: 'string', format: 'text' },
];

const organizationFields: readonly Row[] = [
  { name: 'organization.name', type: 'string', format: 'text' },
  { name: 'organization.VAT_number', type: 'string', format: 'text' },
  { name: 'organization.registration_number', type: 'string', format: 'text' },
  // Choice: a string in the SEP's table, but what it holds is a date; the type says string and the value is read as a date.
  { name: 'organization.registration_date', type: 'string', format: 'date' },
  { name: 'organization.registered_address', type: 'string', format: 'multiline_text' },
  { name: 'organization.number_of_shareholders', type: 'number', format: 'count' },
  { name: 'organization.shareholder_name', type: 'string', format: 'text' },
  { name: 'organization.photo_incorporation_doc', type: 'binary', format: 'file' },
  { name: 'organization.photo_proof_address', type: 'binary', format: 'file' },
  { name: 'organization.address_country_code', type: 'string', format: 'country_alpha3' },
  { name: 'organization.state_or_province', type: 'string', format: 'text' },
  { name: 'organization.city', type: 'string', format: 'text' },
  { name: 'organization.postal_code', type: 'string', format: 'text' },
  { name: 'organization.director_name', type: 'string', format: 'text' },
  { name: 'organization.website', type: 'string', format: 'url' },
  { name: 'organization.email', type: 'string', format: 'email' },
  { name: 'organization.phone', type: 'string', format: 'phone' },
];

const cardFields: readonly Row[] = [
  { name: 'card.number', type: 'string', format: 'card_number' },
  { name: 'card.expiration_date', type: 'date', format: 'card_expiration' },
  { name: 'card.cvc', type: 'string', format: 'card_cvc' },
  { name: 'card.holder_name', type: 'string', format: 'text' },
  { name: 'card.network', type: 'string', format: 'text' },
  { name: 'card.postal_code', type: 'string', format: 'text' },
  { name: 'card.country_code', type: 'string', format: 'country_alpha2' },
  // Choice: ISO 3166-2 by the SEP, but read as text: clients send names, and a billing address is the card issuer's to judge.
  { name: 'card.state_or_province', type: 'string', format: 'text' },
  { name: 'card.city', type: 'string', format: 'text' },
  { name: 'card.address', type: 'string', format: 'multiline_text' },
  {
    name: 'card.token',
    type: 'string',
    format: 'text',
    maxLength: 4000,
  },
];

const described = (row: Row): Sep9Field => withPhrase(row, { key: `field.${row.name}` });

const ofOrganization = (row: Row): Sep9Field => {
  const description: Phrase = { key: `field.${row.name}` };
  return withPhrase(
    { ...row, name: `organization.${row.name}` },
    { key: 'field.of_organization', params: { description } },
  );
};

function withPhrase(field: Omit<Sep9Field, 'description' | 'phrase'>, phrase: Phrase): Sep9Field {
  return { ...field, phrase, description: translate(phrase, 'en') };
}

/** The objects whose fields are named with a dot. @see SEP-9 § Dot Notation */
export const fieldGroups = ['organization', 'card'] as const;

/** Every field of SEP-9 by its canonical name. @see SEP-9 § Natural Person Fields and after */
export const sep9Fields: ReadonlyMap<string, Sep9Field> = new Map(
  [
    ...naturalPersonFields.map(described),
    ...financialAccountFields.map(described),
    ...organizationFields.map(described),
    ...financialAccountFields.map(ofOrganization),
    ...cardFields.map(described),
  ].map((field) => [field.name, field]),
);

/** Second spellings and the canonical name of each. @see SEP-9 § Natural Person Fields */
export const fieldAliases: ReadonlyMap<string, string> = new Map([
  ['last_name', 'family_name'],
  ['first_name', 'given_name'],
]);

/** The one name under which a field is known, whichever of its spellings was used. */
export function canonicalName(name: string): string {
  return fieldAliases.get(name) ?? name;
}

/** The SEP-9 field of this name, in either spelling. */
export function findField(name: string): Sep9Field | undefined {
  return sep9Fields.get(canonicalName(name));
}
