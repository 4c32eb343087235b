import type { FieldDefinition, ProgramDefinition } from './program.ts';

const person: Readonly<Record<string, FieldDefinition>> = {
  first_name: {},
  last_name: {},
  email_address: {},
  birth_date: { optional: true },
};

const idTypes: FieldDefinition = {
  choices: [
    { value: 'passport', label: { en: 'Passport', es: 'Pasaporte', pt: 'Passaporte', fr: 'Passeport' } },
    {
      value: 'id_card',
      label: { en: 'ID card', es: 'Cédula de identidad', pt: 'Carteira de identidade', fr: "Carte d'identité" },
    },
    {
      value: 'drivers_license',
      label: {
        en: "Driver's license",
        es: 'Licencia de conducir',
        pt: 'Carteira de motorista',
        fr: 'Permis de conduire',
      },
    },
  ],
};

const bankAccount: Readonly<Record<string, FieldDefinition>> = {
  bank_account_number: {},
  bank_number: {},
  bank_account_type: { optional: true },
};

/** The program of an anchor that has not written its own: sensible for a first look, a start for a real one. */
export const defaultProgram: ProgramDefinition = {
  defaultType: 'sep31-sender',
  types: {
    'sep31-sender': {
      description: 'The person who sends a payment',
      decision: 'automatic',
      fields: { ...person, address: { optional: true } },
    },
    'sep31-receiver': {
      description: 'The person who receives a payment into a bank account',
      decision: 'automatic',
      fields: { ...person, ...bankAccount },
    },
    'sep6-deposit': {
      description: 'A customer who deposits money',
      decision: 'automatic',
      fields: { ...person, address_country_code: {}, mobile_number: { optional: true } },
    },
    'sep6-withdraw': {
      description: 'A customer who withdraws money, with a photo of an identity document that is reviewed',
      decision: 'review',
      fields: {
        ...person,
        ...bankAccount,
        id_type: idTypes,
        id_number: {},
        photo_id_front: {},
        photo_id_back: { optional: true },
      },
    },
  },
};
