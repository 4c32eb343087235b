import { inEveryLanguage } from '../messages/translate.ts';
import type { FieldDefinition, ProgramDefinition } from './program.ts';

const person: Readonly<Record<string, FieldDefinition>> = {
  first_name: {},
  last_name: {},
  email_address: {},
  birth_date: { optional: true },
};

const idTypes: FieldDefinition = {
  choices: [
    { value: 'passport', label: inEveryLanguage({ key: 'choice.id_type.passport' }) },
    { value: 'id_card', label: inEveryLanguage({ key: 'choice.id_type.id_card' }) },
    { value: 'drivers_license', label: inEveryLanguage({ key: 'choice.id_type.drivers_license' }) },
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
      description: inEveryLanguage({ key: 'type.sep31-sender' }),
      decision: 'automatic',
      fields: { ...person, address: { optional: true } },
    },
    'sep31-receiver': {
      description: inEveryLanguage({ key: 'type.sep31-receiver' }),
      decision: 'automatic',
      fields: { ...person, ...bankAccount },
    },
    'sep6-deposit': {
      description: inEveryLanguage({ key: 'type.sep6-deposit' }),
      decision: 'automatic',
      fields: { ...person, address_country_code: {}, mobile_number: { optional: true } },
    },
    'sep6-withdraw': {
      description: inEveryLanguage({ key: 'type.sep6-withdraw' }),
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
