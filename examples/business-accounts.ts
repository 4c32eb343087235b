import { defineProgram } from 'anchor-kyc';

/** Accounts for businesses: a person always decides, and what screening found takes two people to pass over. */
export default defineProgram({
  types: {
    business: {
      description: { en: 'A business that pays and is paid', pt: 'Uma empresa que paga e recebe' },
      decision: 'review',
      subject: 'organization',
      risk: 'medium',
      processingMessage: {
        en: 'We look at the documents of the business. This takes up to three working days.',
        pt: 'Estamos analisando os documentos da empresa. Isso leva até três dias úteis.',
      },
      fields: {
        'organization.name': {},
        'organization.registration_number': {},
        'organization.registration_date': {},
        'organization.VAT_number': { optional: true },
        'organization.address_country_code': {},
        'organization.registered_address': {},
        'organization.number_of_shareholders': {},
        'organization.director_name': {},
        'organization.photo_incorporation_doc': {},
        'organization.email': { verify: true },
        billing_phone: {
          type: 'string',
          description: { en: 'Phone number of the accounts department', pt: 'Telefone do departamento financeiro' },
          verify: 'phone',
          optional: true,
        },
      },
      checks: ['no-virus', 'documents-readable', 'screening'],
    },
    'business-plus': {
      extends: 'business',
      description: { en: 'A business with high turnover', pt: 'Uma empresa de alto faturamento' },
      risk: 'high',
      fields: {
        'organization.photo_proof_address': {},
        annual_accounts: {
          type: 'binary',
          description: { en: 'The last annual accounts', pt: 'As últimas demonstrações financeiras anuais' },
        },
      },
    },
  },
  rules: {
    'several-owners': {
      when: { field: 'organization.number_of_shareholders', isNot: ['0', '1'] },
      ask: {
        ownership_chart: {
          type: 'binary',
          description: {
            en: 'Who owns the business, as a chart',
            pt: 'Quem são os donos da empresa, em um organograma',
          },
        },
        'organization.shareholder_name': {},
      },
    },
    'large-amount': {
      types: ['business'],
      when: { amount: { above: '50000.00', asset: 'USDC' } },
      ask: { 'organization.photo_proof_address': {} },
      risk: 'high',
    },
  },
  checks: {
    'no-virus': {
      use: 'clamav',
      fields: [
        'organization.photo_incorporation_doc',
        'organization.photo_proof_address',
        'annual_accounts',
        'ownership_chart',
      ],
      settings: { socket: '/run/clamav/clamd.ctl' },
    },
    'documents-readable': {
      use: 'image',
      fields: ['organization.photo_incorporation_doc', 'organization.photo_proof_address'],
      settings: { minWidth: 800, minHeight: 800 },
    },
    screening: {
      use: 'watchman',
      again: 'weekly',
      settings: { url: 'http://watchman:8084', minMatch: 0.9 },
    },
  },
  review: {
    slaHours: 72,
    reasons: {
      'owners-unclear': {
        kind: 'retry',
        text: {
          en: 'The chart must show every owner of a quarter or more.',
          pt: 'O organograma deve mostrar todos os donos de um quarto ou mais.',
        },
      },
    },
  },
  expiry: { reviewMonths: { high: 12, medium: 24 } },
});
