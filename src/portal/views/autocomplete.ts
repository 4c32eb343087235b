/**
 * What browsers know to fill in, by canonical field name.
 * @see WCAG 2.2 § 1.3.5 Identify Input Purpose
 */
const tokens: Readonly<Record<string, string>> = {
  family_name: 'family-name',
  given_name: 'given-name',
  additional_name: 'additional-name',
  address_country_code: 'country',
  state_or_province: 'address-level1',
  city: 'address-level2',
  postal_code: 'postal-code',
  address: 'street-address',
  mobile_number: 'tel',
  email_address: 'email',
  birth_date: 'bday',
  sex: 'sex',
  language_code: 'language',
  employer_name: 'organization',
  'organization.name': 'organization',
  'organization.registered_address': 'work street-address',
  'organization.email': 'work email',
  'organization.phone': 'work tel',
  'organization.website': 'work url',
  'card.holder_name': 'cc-name',
  'card.postal_code': 'billing postal-code',
  'card.country_code': 'billing country',
  'card.state_or_province': 'billing address-level1',
  'card.city': 'billing address-level2',
  'card.address': 'billing street-address',
};

/** The token for the field; `off` for the data of cards, which no browser need keep for this; undefined where there is none. */
export function autocompleteOf(name: string): string | undefined {
  return tokens[name] ?? (name.startsWith('card.') ? 'off' : undefined);
}
