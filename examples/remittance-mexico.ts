import { defineProgram } from 'anchor-kyc';

/** Remittances to Mexico: the receiver is known by name and document, and paid out to a CLABE; above 1,000 USDC the income is shown. */
export default defineProgram({
  types: {
    'sep31-receiver': {
      description: { en: 'The person who receives a payment', es: 'La persona que recibe un pago' },
      decision: 'automatic',
      subject: 'person',
      fields: {
        first_name: {},
        last_name: {},
        birth_date: {},
        mobile_number: { verify: true },
        email_address: { optional: true },
        id_country_code: {},
        id_type: {
          choices: [
            { value: 'passport', label: { en: 'Passport', es: 'Pasaporte' } },
            { value: 'id_card', label: { en: 'Identity card (INE)', es: 'Credencial para votar (INE)' } },
          ],
        },
        id_number: {},
        id_expiration_date: {},
        photo_id_front: {},
      },
      checks: ['of-age', 'document-valid', 'photo-readable', 'one-account', 'sanctions'],
    },
  },
  // #region rules
  rules: {
    'paid-in-mexico': {
      when: { field: 'id_country_code', is: 'MEX' },
      ask: { clabe_number: { description: { en: 'CLABE, 18 digits', es: 'CLABE, 18 dígitos' } } },
    },
    'paid-elsewhere': {
      when: { field: 'id_country_code', isNot: 'MEX' },
      ask: { bank_account_number: {}, bank_number: {} },
    },
    'card-has-a-back': {
      when: { field: 'id_type', is: 'id_card' },
      ask: { photo_id_back: {} },
    },
    'large-amount': {
      when: { amount: { above: '1000', asset: 'USDC' } },
      ask: { proof_of_income: {}, occupation: {} },
      risk: 'medium',
    },
    'very-large-amount': {
      when: { amount: { above: '10000', asset: 'USDC' } },
      review: true,
      risk: 'high',
    },
  },
  // #endregion
  checks: {
    'of-age': { use: 'minimum-age', settings: { years: 18 } },
    'document-valid': { use: 'document-expiry' },
    'photo-readable': { use: 'image', settings: { minWidth: 600, minHeight: 400 } },
    'one-account': { use: 'duplicate' },
    sanctions: { use: 'watchman', again: 'daily', settings: { url: 'http://watchman:8084', minMatch: 0.85 } },
  },
  expiry: {
    documents: { id_expiration_date: ['id_number', 'photo_id_front', 'photo_id_back'] },
    reviewMonths: { high: 12, medium: 24 },
  },
});
