import { defineProgram } from 'anchor-kyc';

export default defineProgram({
  defaultType: 'sep31-sender',
  unknownFields: 'drop',
  types: {
    'sep31-sender': {
      description: { en: 'The person who sends a payment', es: 'La persona que envía un pago' },
      decision: 'automatic',
      fields: {
        first_name: {},
        last_name: {},
        birth_date: { optional: true },
        address_country_code: { choices: ['MEX', 'USA'] },
      },
    },
    'sep31-receiver': {
      description: { en: 'The person who receives a payment', es: 'La persona que recibe un pago' },
      decision: 'automatic',
      fields: {
        first_name: {},
        last_name: {},
        clabe_number: { description: { en: 'CLABE, 18 digits', es: 'CLABE, 18 dígitos' } },
      },
    },
    'large-sender': {
      description: { en: 'A sender of large amounts', es: 'Remitente de montos altos' },
      decision: 'review',
      processingMessage: {
        en: 'We look at your documents. This takes one working day.',
        es: 'Revisamos sus documentos. Tarda un día hábil.',
      },
      fields: {
        first_name: {},
        last_name: {},
        photo_id_front: {},
        source_of_funds: {
          type: 'string',
          description: { en: 'Where the money comes from', es: 'De dónde viene el dinero' },
          choices: [
            { value: 'salary', label: { en: 'Salary', es: 'Salario' } },
            { value: 'savings', label: { en: 'Savings', es: 'Ahorros' } },
            { value: 'sale', label: { en: 'Sale of property', es: 'Venta de un bien' } },
          ],
        },
        monthly_amount: { type: 'number', description: 'Expected amount in a month, in USD', optional: true },
        employed_since: { type: 'date', description: 'First day at the present employer', optional: true },
        tax_return: { type: 'binary', description: 'The last tax return, as a PDF or a photo', optional: true },
      },
    },
  },
});
