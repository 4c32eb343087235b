import { fieldAliases, findField, type Sep9Field, sep9Fields } from '../../sep9/catalogue.ts';
import type { BodyLimits } from '../body-limits.ts';
import { asProperties } from './parameters.ts';
import { type Json, refTo } from './schemas.ts';

/** What the bodies depend on. */
export interface BodySettings {
  readonly limits: BodyLimits;
  /** What the anchor's own fields hold, by name; SEP-9's are known. */
  readonly ownFields: ReadonlyMap<string, 'file' | 'text'>;
}

/** The kinds of request bodies. */
export type BodyName =
  | 'customer'
  | 'user'
  | 'callback'
  | 'codes'
  | 'file'
  | 'signed_challenge'
  | 'sep31_callback'
  | OwnBody;

/** Those of operators and of sending anchors, each by its schema. */
type OwnBody = keyof typeof ownBodies;

/** The schema of each body that operators send. */
export const operatorBodies = {
  operator_act: 'OperatorAct',
  operator_word: 'OperatorWord',
  operator_search: 'OperatorSearch',
  operator_unmask: 'OperatorUnmask',
  operator_redeliver: 'OperatorRedeliver',
  operator_enable: 'OperatorEnable',
  operator_export: 'OperatorExportOrder',
  operator_gate: 'OperatorGateRequest',
  operator_payment_act: 'OperatorPaymentAct',
  operator_link: 'OperatorLinkFor',
} as const;

/** The schema of each body that wallets and sending anchors send about payments. */
const paymentBodies = {
  sep6_fields: 'Sep6Fields',
  sep31_transaction: 'Sep31Request',
  sep31_fields: 'Sep31Fields',
} as const;

const ownBodies: typeof operatorBodies & typeof paymentBodies = { ...operatorBodies, ...paymentBodies };

/** How every body without a file may be sent. */
const textTypes = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'] as const;

const whom = ['id', 'account', 'memo', 'memo_type', 'type', 'transaction_id', 'lang'] as const;
const file: Json = { type: 'string', format: 'binary', contentMediaType: 'application/octet-stream' };
const code: Json = { type: 'string', description: 'The code that was sent to the customer to confirm the field.' };
const fileId: Json = { type: 'string', description: 'The id of a file sent before, which fills the field.' };

/** The schemas that the bodies refer to. */
export function bodySchemas(settings: BodySettings): Record<string, Json> {
  const fields = fieldsOf(settings);
  const pick = (isFile: boolean): Json =>
    Object.fromEntries(fields.filter((field) => field.isFile === isFile).map(({ name, schema }) => [name, schema]));
  return {
    CustomerValues: {
      type: 'object',
      description:
        'All of it is optional: nothing but whom it is about registers a customer. `first_name` and `last_name` are the same as `given_name` and `family_name`. An empty value withdraws an optional field. Numbers and booleans count as text. A JSON object may hold the fields of `organization` and `card` in an object of that name.',
      properties: { ...asProperties(...whom), ...pick(false) },
      patternProperties: { _verification$: code, _file_id$: fileId },
    },
    CustomerFiles: { type: 'object', description: 'Photos and documents, as parts of a form.', properties: pick(true) },
  };
}

/** The request body of that kind. */
export function requestBody(name: BodyName, settings: BodySettings): Json {
  switch (name) {
    case 'customer':
      return customerBody(settings.limits);
    case 'file':
      return fileBody(settings.limits);
    case 'user':
      return inAnyType(objectOf(asProperties('memo', 'memo_type', 'account', 'lang')), false);
    case 'callback':
      return inAnyType(objectOf(asProperties('url', ...whom), 'url'), true);
    case 'codes':
      return inAnyType({ ...objectOf(asProperties(...whom), 'id'), patternProperties: { _verification$: code } }, true);
    case 'operator_act':
    case 'operator_word':
    case 'operator_search':
    case 'operator_unmask':
    case 'operator_redeliver':
    case 'operator_enable':
    case 'operator_export':
    case 'operator_link':
    case 'operator_gate':
    case 'operator_payment_act':
    case 'sep6_fields':
    case 'sep31_transaction':
    case 'sep31_fields':
      return inJson(refTo(ownBodies[name]));
    case 'sep31_callback':
      return inJson(objectOf(asProperties('url'), 'url'));
    case 'signed_challenge':
      return inAnyType(
        objectOf(
          { transaction: { type: 'string', description: 'The challenge with its signatures, XDR in base64.' } },
          'transaction',
        ),
        true,
      );
  }
}

function customerBody(limits: BodyLimits): Json {
  const [json, form, multipart] = textTypes;
  return {
    description: `Files come in a form only, at most ${limits.files} of ${limits.fileBytes} bytes; their type is told by their bytes.`,
    content: {
      [json]: { schema: refTo('CustomerValues') },
      [form]: { schema: refTo('CustomerValues') },
      [multipart]: { schema: { allOf: [refTo('CustomerValues'), refTo('CustomerFiles')] } },
    },
  };
}

function fileBody({ fileBytes }: BodyLimits): Json {
  const described = { ...file, description: `At most ${fileBytes} bytes; its type is told by its bytes.` };
  const schema = objectOf({ file: described, ...asProperties('lang') }, 'file');
  return { required: true, content: { 'multipart/form-data': { schema } } };
}

function inJson(schema: Json): Json {
  return { required: true, content: { [textTypes[0]]: { schema } } };
}

function inAnyType(schema: Json, required: boolean): Json {
  return { required, content: Object.fromEntries(textTypes.map((type) => [type, { schema }])) };
}

function objectOf(properties: Json, ...required: readonly string[]): Json {
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

interface BodyField {
  readonly name: string;
  readonly isFile: boolean;
  readonly schema: Json;
}

/** SEP-9's fields in every spelling, and the anchor's own. */
function fieldsOf({ ownFields }: BodySettings): BodyField[] {
  const standard = [...sep9Fields.values()].map((field) => sep9Field(field.name, field));
  const aliases = [...fieldAliases.keys()].flatMap((alias) => {
    const field = findField(alias);
    return field === undefined ? [] : [sep9Field(alias, field)];
  });
  const own = [...ownFields].filter(([name]) => findField(name) === undefined);
  return [
    ...standard,
    ...aliases,
    ...own.map(([name, kind]) => ({
      name,
      isFile: kind === 'file',
      schema: kind === 'file' ? file : { type: 'string' },
    })),
  ];
}

function sep9Field(name: string, { type, description, choices, maxLength }: Sep9Field): BodyField {
  if (type === 'binary') return { name, isFile: true, schema: { ...file, description } };
  const schema = {
    type: type === 'number' ? ['string', 'number'] : 'string',
    description,
    ...(maxLength !== undefined && { maxLength }),
    ...(choices !== undefined && { examples: choices }),
  };
  return { name, isFile: false, schema };
}
