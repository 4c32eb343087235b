import type { ReasonCode } from '../../reasons.ts';

/** What some of Sumsub's rejection labels mean here. */
export interface LabelMeaning {
  readonly reason: ReasonCode;
  /**
   * Whether a person must look, whatever Sumsub says of trying again: findings on lists are no fault of a document, and a customer who
   * sends data again is a duplicate to Sumsub.
   */
  readonly review?: true;
  /** Keys of the fields at fault. Default: all that were handed over. */
  readonly fields?: readonly string[];
  readonly labels: readonly string[];
}

const identity = ['photo_id_front', 'photo_id_back'];
const photos = [...identity, 'photo_proof_residence', 'proof_of_income', 'proof_of_liveness'];
const selfie = ['proof_of_liveness'];
const names = ['given_name', 'additional_name', 'family_name', 'birth_date', ...identity];

/**
 * From the gravest to the slightest: of a rejection with several labels the first meaning counts. Labels that are not here mean
 * `provider-declined`.
 * @see https://docs.sumsub.com/docs/rejection-labels
 */
export const labelMeanings: readonly LabelMeaning[] = [
  {
    reason: 'sanctions',
    review: true,
    labels: ['SANCTIONS', 'PEP', 'ADVERSE_MEDIA', 'COMPROMISED_PERSONS', 'CRIMINAL'],
  },
  {
    reason: 'suspected-fraud',
    labels: [
      'FORGERY',
      'DOCUMENT_TEMPLATE',
      'FRAUDULENT_PATTERNS',
      'FRAUDULENT_LIVENESS',
      'SUSPICIOUS_PATTERNS',
      'STOLEN_DOCS',
      'THIRD_PARTY_INVOLVED',
      'BLACKLIST',
      'BLOCKLIST',
      'SPAM',
    ],
  },
  { reason: 'duplicate', review: true, labels: ['DUPLICATE'] },
  { reason: 'under-age', fields: ['birth_date', ...identity], labels: ['AGE_REQUIREMENT_MISMATCH'] },
  {
    reason: 'unsupported-country',
    fields: ['address_country_code', 'id_country_code', ...identity],
    labels: ['WRONG_USER_REGION', 'FOREIGNER'],
  },
  { reason: 'document-expired', fields: identity, labels: ['EXPIRATION_DATE', 'DOCUMENT_DEPRIVED', 'ID_INVALID'] },
  { reason: 'photo-of-screen', fields: photos, labels: ['SCREENSHOTS', 'DIGITAL_DOCUMENT', 'GRAPHIC_EDITOR'] },
  {
    reason: 'document-wrong-type',
    fields: photos,
    labels: ['NOT_DOCUMENT', 'UNSUITABLE_DOCUMENT', 'OUTDATED_DOCUMENT_VERSION', 'INCOMPATIBLE_LANGUAGE'],
  },
  {
    reason: 'document-mismatch',
    fields: [...selfie, ...identity],
    labels: ['SELFIE_MISMATCH', 'BAD_FACE_MATCHING', 'INCONSISTENT_PROFILE'],
  },
  {
    reason: 'name-mismatch',
    fields: names,
    labels: ['PROBLEMATIC_APPLICANT_DATA', 'REQUESTED_DATA_MISMATCH', 'DB_DATA_MISMATCH', 'INCORRECT_SOCIAL_NUMBER'],
  },
  {
    reason: 'document-mismatch',
    fields: ['address', 'city', 'postal_code', 'state_or_province', 'address_country_code', 'photo_proof_residence'],
    labels: ['WRONG_ADDRESS'],
  },
  { reason: 'document-unreadable', fields: selfie, labels: ['BAD_SELFIE', 'BAD_VIDEO_SELFIE', 'BAD_AVATAR'] },
  { reason: 'document-unreadable', fields: ['photo_proof_residence'], labels: ['BAD_PROOF_OF_ADDRESS'] },
  {
    reason: 'document-unreadable',
    fields: identity,
    labels: ['BAD_PROOF_OF_IDENTITY', 'FRONT_SIDE_MISSING', 'BACK_SIDE_MISSING', 'UNFILLED_ID'],
  },
  {
    reason: 'document-unreadable',
    fields: photos,
    labels: [
      'UNSATISFACTORY_PHOTOS',
      'LOW_QUALITY',
      'INCOMPLETE_DOCUMENT',
      'DOCUMENT_PAGE_MISSING',
      'DOCUMENT_DAMAGED',
      'BLACK_AND_WHITE',
    ],
  },
];

/** What a rejection with these labels means. */
export function meaningOf(labels: readonly string[]): LabelMeaning {
  const found = labelMeanings.find((meaning) => meaning.labels.some((label) => labels.includes(label)));
  return found ?? { reason: 'provider-declined', labels: [] };
}
