import { fieldTypes } from '../../sep9/catalogue.ts';
import { customerStatuses, providedFieldStatuses } from '../../sep12/integration.ts';

/** A JSON Schema of draft 2020-12, or a part of an OpenAPI document. */
export type Json = Readonly<Record<string, unknown>>;

const text: Json = { type: 'string', minLength: 1 };

const fieldProperties = {
  type: { type: 'string', enum: fieldTypes },
  description: { type: 'string', description: 'For the customer to read, in the language of the request.' },
  choices: { type: 'array', items: { type: 'string' }, description: 'The values to choose from.' },
  optional: { type: 'boolean', description: 'Whether the customer may do without it; false unless said.' },
} satisfies Json;

/** @see SEP-12 § Customer GET, Response, and § Customer Statuses */
const customer: Json = {
  ...closed(
    {
      id: { ...text, description: 'The id of the customer; absent while nobody is registered.' },
      status: { type: 'string', enum: customerStatuses },
      fields: mapOf('Field', 'What is asked, by SEP-9 name. With ACCEPTED, all of it is optional.'),
      provided_fields: mapOf('ProvidedField', 'What was received, by SEP-9 name. Values are never told.'),
      message: { type: 'string', description: 'For the customer to read, in the language of the request.' },
    },
    ['status'],
  ),
  allOf: [requires('NEEDS_INFO', 'fields'), requires('REJECTED', 'message')],
};

/** The kinds of replies and of what they are made of. */
export type ReplySchema = PublicSchema | OperatorReply | Sep31Reply | Sep6Reply;

/** What operators are answered. */
export type OperatorReply =
  | 'OperatorQueue'
  | 'OperatorCustomer'
  | 'OperatorActed'
  | 'OperatorFound'
  | 'OperatorValue'
  | 'OperatorProposals'
  | 'OperatorAudit'
  | 'OperatorReasons'
  | 'OperatorRetained'
  | 'OperatorExport'
  | 'OperatorDeliveries'
  | 'OperatorDelivery'
  | 'OperatorRedelivered'
  | 'OperatorTargets'
  | 'OperatorEnabled'
  | 'OperatorLink'
  | 'OperatorGate'
  | 'OperatorPayment';

/** What wallets that deposit and withdraw are answered. */
export type Sep6Reply =
  | 'Sep6Info'
  | 'Sep6Deposit'
  | 'Sep6Withdraw'
  | 'Sep6Refusal'
  | 'Sep6Transaction'
  | 'Sep6Transactions';

/** What sending anchors are answered. */
export type Sep31Reply = 'Sep31Info' | 'Sep31Taken' | 'Sep31Needed' | 'Sep31Transaction';

/** What wallets and whoever runs the server are answered. */
export type PublicSchema =
  | 'Customer'
  | 'Field'
  | 'ProvidedField'
  | 'CustomerId'
  | 'Nothing'
  | 'File'
  | 'Files'
  | 'Challenge'
  | 'Token'
  | 'Alive'
  | 'Health'
  | 'Error'
  | 'OpenApi'
  | 'Text';

/** What replies hold: nothing but this ever leaves. `Customer` and the fields take their words from the port. */
export const replySchemas: Readonly<Record<PublicSchema, Json>> = {
  Customer: customer,
  Field: closed(fieldProperties, ['type', 'description']),
  ProvidedField: closed(
    {
      ...fieldProperties,
      status: { type: 'string', enum: providedFieldStatuses },
      error: { type: 'string', description: 'Why the field was rejected, for the customer to read.' },
    },
    ['type', 'description'],
  ),
  CustomerId: closed({ id: { ...text, description: 'The same id for the same customer.' } }, ['id']),
  Nothing: closed({}, []),
  File: closed(
    {
      file_id: { ...text, description: 'Fills a field when sent back as `<field>_file_id`.' },
      content_type: { ...text, description: 'As the bytes say.' },
      size: { type: 'integer', minimum: 0, description: 'In bytes.' },
      expires_at: {
        type: 'string',
        format: 'date-time',
        description: 'When the file is given up unless a field refers to it by then; absent once one does.',
      },
      customer_id: { type: ['string', 'null'], description: 'The customer whose field refers to it.' },
    },
    ['file_id', 'content_type', 'size', 'customer_id'],
  ),
  Files: closed({ files: { type: 'array', items: refTo('File') } }, ['files']),
  Challenge: closed(
    {
      transaction: { ...text, description: 'A Stellar transaction to sign, XDR in base64. It is never submitted.' },
      network_passphrase: text,
    },
    ['transaction', 'network_passphrase'],
  ),
  Token: closed({ token: { ...text, description: 'A JWT to send as `Authorization: Bearer <token>`.' } }, ['token']),
  Alive: closed({ alive: { type: 'boolean', const: true } }, ['alive']),
  Health: closed({ alive: { type: 'boolean', const: true }, ready: { type: 'boolean' } }, ['alive', 'ready']),
  Error: closed({ error: { ...text, description: 'Names the field and the rule, never the value.' } }, ['error']),
  OpenApi: { type: 'object', properties: { openapi: { type: 'string' } }, required: ['openapi', 'info', 'paths'] },
  Text: { type: 'string' },
};

/** A reference to one of the document's schemas. */
export function refTo(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** An object that has these properties and no others. */
export function closed(properties: Json, required: readonly string[]): Json {
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false };
}

function mapOf(name: ReplySchema, description: string): Json {
  return { type: 'object', description, additionalProperties: refTo(name) };
}

/** A customer of that status has that property. */
function requires(status: (typeof customerStatuses)[number], property: string): Json {
  const other: Json = { type: 'object', properties: { status: { not: { const: status } } } };
  return { anyOf: [other, { type: 'object', required: [property] }] };
}
