import { defineProgram } from 'anchor-kyc';

const yesOrNo = [
  { value: 'yes', label: { en: 'Yes', fr: 'Oui', es: 'Sí' } },
  { value: 'no', label: { en: 'No', fr: 'Non', es: 'No' } },
];

/** A wallet in the EU with three tiers, each starting from the one below. */
export default defineProgram({
  defaultType: 'basic',
  types: {
    basic: {
      description: { en: 'A wallet for small amounts', fr: 'Un portefeuille pour de petits montants' },
      decision: 'automatic',
      subject: 'person',
      fields: {
        first_name: {},
        last_name: {},
        birth_date: {},
        email_address: { verify: true },
        address_country_code: {},
        politically_exposed: {
          type: 'string',
          description: {
            en: 'Whether you, your family or a close associate hold a prominent public office',
            fr: 'Si vous, un membre de votre famille ou un proche exercez une fonction publique importante',
          },
          choices: yesOrNo,
        },
      },
      checks: ['of-age', 'one-account', 'screening'],
    },
    // #region standard
    standard: {
      extends: 'basic',
      description: { en: 'A wallet with the usual limits', fr: 'Un portefeuille avec les limites habituelles' },
      fields: {
        mobile_number: { verify: true },
        address: {},
        city: {},
        postal_code: {},
        id_type: {},
        id_number: {},
        id_country_code: {},
        id_expiration_date: {},
        photo_id_front: {},
        photo_id_back: { optional: true },
      },
      checks: ['document-valid', 'photo-readable', 'no-virus'],
    },
    // #endregion
    plus: {
      extends: 'standard',
      description: { en: 'A wallet without limits', fr: 'Un portefeuille sans limites' },
      decision: 'review',
      risk: 'medium',
      processingMessage: {
        en: 'We look at your documents. This takes one working day.',
        fr: 'Nous examinons vos documents. Cela prend un jour ouvrable.',
      },
      fields: {
        photo_proof_residence: {},
        proof_of_income: {},
        source_of_funds: {
          type: 'string',
          description: { en: 'Where the money comes from', fr: "D'où vient l'argent" },
          choices: [
            { value: 'salary', label: { en: 'Salary', fr: 'Salaire' } },
            { value: 'business', label: { en: 'Business', fr: 'Activité professionnelle' } },
            { value: 'inheritance', label: { en: 'Inheritance', fr: 'Héritage' } },
          ],
        },
      },
    },
  },
  rules: {
    'public-office': {
      when: { field: 'politically_exposed', is: 'yes' },
      ask: { employer_name: {}, occupation: {} },
      review: true,
      risk: 'high',
    },
    'living-abroad': {
      types: ['standard'],
      when: { field: 'address_country_code', isNot: ['AUT', 'BEL', 'DEU', 'ESP', 'FRA', 'ITA', 'NLD', 'PRT'] },
      ask: { photo_proof_residence: {} },
      risk: 'medium',
    },
    'large-amount': {
      types: ['standard'],
      when: { any: [{ amount: { above: '10000', asset: 'EURC' } }, { amount: { above: '11000', asset: 'USDC' } }] },
      ask: { proof_of_income: {} },
      risk: 'medium',
    },
  },
  // #region checks
  checks: {
    'of-age': { use: 'minimum-age', settings: { years: 18 } },
    'one-account': { use: 'duplicate' },
    screening: {
      use: 'yente',
      again: 'daily',
      settings: { url: 'http://yente:8000', dataset: 'sanctions', threshold: 0.7 },
    },
    'document-valid': { use: 'document-expiry' },
    'photo-readable': { use: 'image', settings: { minWidth: 800, minHeight: 500 } },
    'no-virus': { use: 'clamav', settings: { host: 'clamav', port: 3310 } },
  },
  // #endregion
  // #region policies
  review: {
    maxResubmissions: 5,
    slaHours: 8,
    reasons: {
      'residence-outdated': {
        kind: 'retry',
        text: {
          en: 'The proof of residence must not be older than three months.',
          fr: 'Le justificatif de domicile doit dater de moins de trois mois.',
        },
      },
    },
  },
  expiry: {
    documents: { id_expiration_date: ['id_number', 'photo_id_front', 'photo_id_back'] },
    warnDays: 30,
    reviewMonths: { high: 12, medium: 24, low: 36 },
  },
  // #endregion
  // #region erasure
  erasure: {
    retention: { years: 5, ground: 'AMLR Art. 77' },
    tombstones: { reasons: ['sanctions', 'suspected-fraud'], years: 5, values: 'review' },
  },
  // #endregion
});
