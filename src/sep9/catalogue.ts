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
  /** In UTF-16 code units, where the format's own bound does not fit. */
  readonly maxLength?: number;
  readonly choices?: readonly string[];
}

const naturalPersonFields: readonly Sep9Field[] = [
  { name: 'family_name', type: 'string', format: 'text', description: 'Family or last name' },
  { name: 'given_name', type: 'string', format: 'text', description: 'Given or first name' },
  { name: 'additional_name', type: 'string', format: 'text', description: 'Middle name or other additional name' },
  {
    name: 'address_country_code',
    type: 'string',
    format: 'country_alpha3',
    description: 'Country of residence, as a three-letter code such as USA',
  },
  { name: 'state_or_province', type: 'string', format: 'text', description: 'State, province or region of residence' },
  { name: 'city', type: 'string', format: 'text', description: 'City or town of residence' },
  { name: 'postal_code', type: 'string', format: 'text', description: 'Postal code of the home address' },
  {
    name: 'address',
    type: 'string',
    format: 'multiline_text',
    description: 'Full home address: street, postal code, city, state and country',
  },
  {
    name: 'mobile_number',
    type: 'string',
    format: 'mobile_phone',
    description: 'Mobile phone number with country code, such as +14155550100',
  },
  {
    name: 'mobile_number_format',
    type: 'string',
    format: 'text',
    description: 'How the mobile phone number is written: E.164 unless stated, or for example hash',
  },
  { name: 'email_address', type: 'string', format: 'email', description: 'Email address' },
  { name: 'birth_date', type: 'date', format: 'date', description: 'Date of birth' },
  {
    name: 'birth_place',
    type: 'string',
    format: 'text',
    description: 'Place of birth as in the passport: city, state and country',
  },
  {
    name: 'birth_country_code',
    type: 'string',
    format: 'country_alpha3',
    description: 'Country of birth, as a three-letter code such as USA',
  },
  {
    name: 'tax_id',
    type: 'string',
    format: 'text',
    description: 'Tax identifier in the country of residence, such as the social security number in the US',
  },
  { name: 'tax_id_name', type: 'string', format: 'text', description: 'Kind of tax identifier, such as SSN or ITIN' },
  {
    name: 'occupation',
    type: 'number',
    format: 'occupation',
    description: 'Occupation, as an ISCO-08 code of one to four digits',
  },
  { name: 'employer_name', type: 'string', format: 'text', description: 'Name of the employer' },
  { name: 'employer_address', type: 'string', format: 'multiline_text', description: 'Address of the employer' },
  {
    name: 'language_code',
    type: 'string',
    format: 'language',
    description: 'Primary language, as a two-letter code such as en',
  },
  {
    name: 'id_type',
    type: 'string',
    format: 'text',
    description: 'Kind of identity document, such as passport, drivers_license or id_card',
  },
  {
    name: 'id_country_code',
    type: 'string',
    format: 'country_alpha3',
    description: 'Country that issued the identity document, as a three-letter code such as USA',
  },
  { name: 'id_issue_date', type: 'date', format: 'date', description: 'Date the identity document was issued' },
  { name: 'id_expiration_date', type: 'date', format: 'date', description: 'Date the identity document expires' },
  { name: 'id_number', type: 'string', format: 'text', description: 'Number of the passport or identity document' },
  {
    name: 'photo_id_front',
    type: 'binary',
    format: 'file',
    description: 'Image of the front of the identity document, or of the passport',
  },
  {
    name: 'photo_id_back',
    type: 'binary',
    format: 'file',
    description: 'Image of the back of the identity document, or of the passport',
  },
  {
    name: 'notary_approval_of_photo_id',
    type: 'binary',
    format: 'file',
    description: "Image of the notary's approval of the identity document",
  },
  { name: 'ip_address', type: 'string', format: 'ip_address', description: "IP address of the customer's computer" },
  {
    name: 'photo_proof_residence',
    type: 'binary',
    format: 'file',
    description: 'Image of a utility bill, bank statement or the like that shows name and address',
  },
  {
    name: 'sex',
    type: 'string',
    format: 'text',
    description: 'Sex, as in the identity document',
    choices: ['male', 'female', 'other'],
  },
  {
    name: 'proof_of_income',
    type: 'binary',
    format: 'file',
    description: 'Image of a document that proves the income',
  },
  {
    name: 'proof_of_liveness',
    type: 'binary',
    format: 'file',
    description: 'Video or image that proves the customer is present',
  },
  {
    name: 'referral_id',
    type: 'string',
    format: 'text',
    description: 'Where the customer comes from: an id in another application, or a referral code',
  },
];

const financialAccountFields: readonly Sep9Field[] = [
  { name: 'bank_name', type: 'string', format: 'text', description: 'Name of the bank' },
  {
    name: 'bank_account_type',
    type: 'string',
    format: 'text',
    description: 'Kind of bank account',
    choices: ['checking', 'savings'],
  },
  { name: 'bank_account_number', type: 'string', format: 'bank_account', description: 'Bank account number or IBAN' },
  {
    name: 'bank_number',
    type: 'string',
    format: 'text',
    description: 'Number of the bank in the national banking system, such as the routing number in the US',
  },
  {
    name: 'bank_phone_number',
    type: 'string',
    format: 'phone',
    description: 'Phone number of the bank with country code',
  },
  { name: 'bank_branch_number', type: 'string', format: 'text', description: 'Number of the bank branch' },
  {
    name: 'external_transfer_memo',
    type: 'string',
    format: 'text',
    description: 'Destination tag or memo that identifies a transfer to the account',
  },
  {
    name: 'clabe_number',
    type: 'string',
    format: 'clabe',
    description: 'CLABE: the 18-digit bank account number of Mexico',
  },
  {
    name: 'cbu_number',
    type: 'string',
    format: 'cbu',
    description: 'CBU or CVU: the 22-digit account number of Argentina',
  },
  { name: 'cbu_alias', type: 'string', format: 'cbu_alias', description: 'Alias of the CBU or CVU' },
  {
    name: 'mobile_money_number',
    type: 'string',
    format: 'phone',
    description: 'Phone number of the mobile money account with country code',
  },
  {
    name: 'mobile_money_provider',
    type: 'string',
    format: 'text',
    description: 'Name of the provider of the mobile money account',
  },
  { name: 'crypto_address', type: 'string', format: 'text', description: 'Address of the cryptocurrency account' },
  {
    name: 'crypto_memo',
    type: 'string',
    format: 'text',
    description: 'Destination tag or memo of the cryptocurrency account',
  },
];

const organizationFields: readonly Sep9Field[] = [
  {
    name: 'organization.name',
    type: 'string',
    format: 'text',
    description: 'Full name of the organization as incorporated',
  },
  { name: 'organization.VAT_number', type: 'string', format: 'text', description: 'VAT number of the organization' },
  {
    name: 'organization.registration_number',
    type: 'string',
    format: 'text',
    description: 'Registration number of the organization',
  },
  // Choice: a string in the SEP's table, but what it holds is a date; the type says string and the value is read as a date.
  {
    name: 'organization.registration_date',
    type: 'string',
    format: 'date',
    description: 'Date the organization was registered',
  },
  {
    name: 'organization.registered_address',
    type: 'string',
    format: 'multiline_text',
    description: 'Registered address of the organization',
  },
  {
    name: 'organization.number_of_shareholders',
    type: 'number',
    format: 'count',
    description: 'Number of shareholders of the organization',
  },
  {
    name: 'organization.shareholder_name',
    type: 'string',
    format: 'text',
    description: 'Name of the shareholder, a person or an organization',
  },
  {
    name: 'organization.photo_incorporation_doc',
    type: 'binary',
    format: 'file',
    description: 'Image of the incorporation documents',
  },
  {
    name: 'organization.photo_proof_address',
    type: 'binary',
    format: 'file',
    description: "Image of a utility bill or bank statement that shows the organization's name and address",
  },
  {
    name: 'organization.address_country_code',
    type: 'string',
    format: 'country_alpha3',
    description: 'Country of the organization, as a three-letter code such as USA',
  },
  {
    name: 'organization.state_or_province',
    type: 'string',
    format: 'text',
    description: 'State, province or region of the organization',
  },
  { name: 'organization.city', type: 'string', format: 'text', description: 'City or town of the organization' },
  { name: 'organization.postal_code', type: 'string', format: 'text', description: 'Postal code of the organization' },
  {
    name: 'organization.director_name',
    type: 'string',
    format: 'text',
    description: 'Name of the registered managing director',
  },
  { name: 'organization.website', type: 'string', format: 'url', description: 'Website of the organization' },
  { name: 'organization.email', type: 'string', format: 'email', description: 'Contact email of the organization' },
  {
    name: 'organization.phone',
    type: 'string',
    format: 'phone',
    description: 'Contact phone number of the organization with country code',
  },
];

const cardFields: readonly Sep9Field[] = [
  { name: 'card.number', type: 'string', format: 'card_number', description: 'Card number' },
  {
    name: 'card.expiration_date',
    type: 'date',
    format: 'card_expiration',
    description: 'Year and month the card expires, as YY-MM: 29-11 is November 2029',
  },
  { name: 'card.cvc', type: 'string', format: 'card_cvc', description: 'Security code of the card' },
  { name: 'card.holder_name', type: 'string', format: 'text', description: 'Name of the card holder' },
  { name: 'card.network', type: 'string', format: 'text', description: 'Brand of the card, such as Visa' },
  { name: 'card.postal_code', type: 'string', format: 'text', description: 'Postal code of the billing address' },
  {
    name: 'card.country_code',
    type: 'string',
    format: 'country_alpha2',
    description: 'Country of the billing address, as a two-letter code such as US',
  },
  // Choice: ISO 3166-2 by the SEP, but read as text: clients send names, and a billing address is the card issuer's to judge.
  {
    name: 'card.state_or_province',
    type: 'string',
    format: 'text',
    description: 'State, province or region of the billing address, such as US-CA',
  },
  { name: 'card.city', type: 'string', format: 'text', description: 'City or town of the billing address' },
  { name: 'card.address', type: 'string', format: 'multiline_text', description: 'Full billing address' },
  {
    name: 'card.token',
    type: 'string',
    format: 'text',
    description: 'Token that stands for the card in a payment system',
    maxLength: 4000,
  },
];

const ofOrganization = (field: Sep9Field): Sep9Field => ({
  ...field,
  name: `organization.${field.name}`,
  description: `${field.description} (of the organization)`,
});

/** The objects whose fields are named with a dot. @see SEP-9 § Dot Notation */
export const fieldGroups = ['organization', 'card'] as const;

/** Every field of SEP-9 by its canonical name. @see SEP-9 § Natural Person Fields and after */
export const sep9Fields: ReadonlyMap<string, Sep9Field> = new Map(
  [
    ...naturalPersonFields,
    ...financialAccountFields,
    ...organizationFields,
    ...financialAccountFields.map(ofOrganization),
    ...cardFields,
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
