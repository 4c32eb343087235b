import type { CheckInput } from '../check.ts';

/** A person as Sumsub takes one; `fixedInfo` is what the documents are held against. @see https://docs.sumsub.com/reference/create-applicant */
export interface SumsubApplicant {
  readonly externalUserId: string;
  readonly type: 'individual';
  readonly email?: string;
  readonly phone?: string;
  readonly fixedInfo: Readonly<Record<string, unknown>>;
}

/** Our fields by the names of `fixedInfo`. Countries are alpha-3 on both sides. */
const info = {
  firstName: 'given_name',
  middleName: 'additional_name',
  lastName: 'family_name',
  dob: 'birth_date',
  placeOfBirth: 'birth_place',
  countryOfBirth: 'birth_country_code',
  country: 'address_country_code',
} as const;

const addressInfo = {
  country: 'address_country_code',
  postCode: 'postal_code',
  town: 'city',
  street: 'address',
  state: 'state_or_province',
} as const;

/** The customer as an applicant. */
export function sumsubApplicant({ values }: CheckInput, externalUserId: string): SumsubApplicant {
  const address = picked(addressInfo, values);
  const [email, phone] = [values.get('email_address'), values.get('mobile_number')];
  return {
    externalUserId,
    type: 'individual',
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    fixedInfo: {
      ...picked(info, values),
      ...(Object.keys(address).length === 0 ? {} : { addresses: [address] }),
    },
  };
}

function picked(
  names: Readonly<Record<string, string>>,
  values: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const entries = Object.entries(names).map(([theirs, ours]) => [theirs, values.get(ours)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
