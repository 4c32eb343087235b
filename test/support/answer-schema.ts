import assert from 'node:assert/strict';
import { Ajv2020, type SchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';

/** The endpoint an answer came from, whatever slashes and parameters the request had. */
export type Endpoint = `${string} /${string}`;

/** An answer as a schema can judge it. */
export interface JudgedAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly text: string;
}

const text: SchemaObject = { type: 'string', minLength: 1 };

/** @see SEP-12 § Fields */
const fieldProperties: Readonly<Record<string, SchemaObject>> = {
  type: { enum: ['string', 'binary', 'number', 'date'] },
  description: text,
  choices: { type: 'array', items: { type: 'string' } },
  optional: { type: 'boolean' },
};

const field = closed(fieldProperties, ['type', 'description']);

/** @see SEP-12 § Provided Fields and § Provided Field Statuses */
const providedField = closed(
  {
    ...fieldProperties,
    status: { enum: ['ACCEPTED', 'PROCESSING', 'REJECTED', 'VERIFICATION_REQUIRED'] },
    error: { type: 'string' },
  },
  ['type', 'description'],
);

/** @see SEP-12 § Customer GET, Response, and § Customer Statuses (ruling 11) */
const customer: SchemaObject = {
  ...closed(
    {
      id: text,
      status: { enum: ['ACCEPTED', 'PROCESSING', 'NEEDS_INFO', 'REJECTED'] },
      fields: mapOf(field),
      provided_fields: mapOf(providedField),
      message: { type: 'string' },
    },
    ['status'],
  ),
  allOf: [
    when('NEEDS_INFO', { required: ['fields'] }),
    when('REJECTED', { required: ['message'], properties: { message: text } }),
    when('ACCEPTED', {
      properties: { fields: mapOf({ properties: { optional: { const: true } }, required: ['optional'] }) },
    }),
  ],
};

/** @see SEP-12 § Customer Files, POST Response; `expires_at` in the one spelling every client can parse */
const file = closed(
  {
    file_id: text,
    content_type: { type: 'string', pattern: '^[a-z]+/[a-z0-9.+-]+$' },
    size: { type: 'integer', minimum: 1 },
    expires_at: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' },
    customer_id: { type: ['string', 'null'], minLength: 1 },
  },
  ['file_id', 'content_type', 'size'],
);

const nothing = closed({}, []);

/** What each kind of answer holds: nothing but what the SEPs name. */
const schemas = {
  customer,
  put: closed({ id: text }, ['id']),
  delete: nothing,
  callback: nothing,
  verification: { ...customer, required: ['id', 'status'] },
  file,
  files: closed({ files: { type: 'array', items: file } }, ['files']),
  error: closed({ error: text }, ['error']),
  /** @see SEP-10 § Challenge, Response */
  challenge: closed({ transaction: { type: 'string', pattern: '^[A-Za-z0-9+/]+={0,2}$' }, network_passphrase: text }, [
    'transaction',
    'network_passphrase',
  ]),
  /** @see SEP-10 § Token, Response */
  token: closed({ token: { type: 'string', pattern: '^[\\w-]+\\.[\\w-]+\\.[\\w-]+$' } }, ['token']),
} satisfies Readonly<Record<string, SchemaObject>>;

/** @see schemas */
export type AnswerKind = keyof typeof schemas;

/** The one status of success and the body that comes with it. (ruling 15) */
const successes: Readonly<Record<Endpoint, readonly [status: number, kind: AnswerKind]>> = {
  'GET /customer': [200, 'customer'],
  'PUT /customer': [202, 'put'],
  'PUT /customer/callback': [200, 'callback'],
  'PUT /customer/verification': [200, 'verification'],
  'POST /customer/files': [200, 'file'],
  'GET /customer/files': [200, 'files'],
  'DELETE /customer/:account': [200, 'delete'],
  'GET /auth': [200, 'challenge'],
  'POST /auth': [200, 'token'],
};

const errorStatuses = [400, 401, 403, 404, 405, 413, 500, 501, 503];

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
const compiled = new Map<AnswerKind, ValidateFunction>();

/** Holds a body to the schema of its kind, as a wallet with closed enums and strict types would. */
export function assertKind(kind: AnswerKind, body: unknown): void {
  const validate = compiled.get(kind) ?? ajv.compile(schemas[kind]);
  compiled.set(kind, validate);
  assert.ok(
    validate(body),
    `is no answer of the kind ${kind}: ${ajv.errorsText(validate.errors)}: ${JSON.stringify(body)}`,
  );
}

/** Holds an answer of SEP-12 or SEP-10 to status, content type and schema; a preflight's to having no body. */
export function assertAnswer(method: string, target: string, answer: JudgedAnswer): void {
  const { status, contentType, text } = answer;
  if (method === 'OPTIONS') {
    assert.deepEqual([status, text], [204, '']);
    return;
  }
  assert.equal(contentType, 'application/json; charset=utf-8', `${method} ${target}: ${status} ${text}`);
  if (status >= 300) {
    assert.ok(errorStatuses.includes(status), `${method} ${target}: ${status} is no status that clients know`);
    assertKind('error', JSON.parse(text));
    return;
  }
  const [wanted, kind] = successes[endpointOf(method, target)] ?? assert.fail(`${method} ${target} is no endpoint`);
  assert.equal(status, wanted, `${method} ${target}`);
  assertKind(kind, JSON.parse(text));
}

function endpointOf(method: string, target: string): Endpoint {
  const path = target
    .replace(/\?.*$/, '')
    .replace(/\/{2,}/g, '/')
    .replace(/(.)\/$/, '$1');
  return `${method} ${path.replace(/^\/customer\/[GMC][A-Z2-7]{55,}$/, '/customer/:account')}` as Endpoint;
}

function closed(properties: Readonly<Record<string, SchemaObject>>, required: readonly string[]): SchemaObject {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** An object, never a list, whose values are all of one kind. */
function mapOf(value: SchemaObject): SchemaObject {
  return { type: 'object', additionalProperties: { type: 'object', ...value } };
}

/** A rule for the customers of one status. */
function when(status: string, rule: SchemaObject): SchemaObject {
  const other: SchemaObject = { type: 'object', properties: { status: { not: { const: status } } } };
  return { anyOf: [other, { type: 'object', ...rule }] };
}
