import assert from 'node:assert/strict';

const statuses = ['ACCEPTED', 'PROCESSING', 'NEEDS_INFO', 'REJECTED'];
const fieldStatuses = ['ACCEPTED', 'PROCESSING', 'REJECTED', 'VERIFICATION_REQUIRED'];
const types = ['string', 'binary', 'number', 'date'];
const fieldKeys = ['type', 'description', 'choices', 'optional'];

type Json = Readonly<Record<string, unknown>>;

/** Checks a GET body the way a wallet with closed enums reads it. @see SEP-12 § Customer GET, Response (ruling 11) */
export function assertSepAnswer(body: Json): void {
  const { status } = body;
  assertKeys(body, ['id', 'status', 'fields', 'provided_fields', 'message']);
  assert.ok(statuses.includes(String(status)), `status ${status}`);
  if (status === 'NEEDS_INFO') assert.ok(isObject(body['fields']), 'NEEDS_INFO has fields');
  if (status === 'REJECTED') assert.ok(body['message'], 'REJECTED has a message');
  if (body['message'] !== undefined) assert.equal(typeof body['message'], 'string');
  for (const [name, field] of entries(body['fields'])) {
    assertField(name, field, fieldKeys);
    if (status === 'ACCEPTED') assert.equal(field['optional'], true, `ACCEPTED does not require ${name}`);
  }
  for (const [name, field] of entries(body['provided_fields'])) {
    assertField(name, field, [...fieldKeys, 'status', 'error']);
    assert.ok(fieldStatuses.includes(String(field['status'] ?? 'ACCEPTED')), `${name} has status ${field['status']}`);
  }
}

function assertField(name: string, field: Json, keys: readonly string[]): void {
  assertKeys(field, keys);
  assert.ok(types.includes(String(field['type'])), `${name} has type ${field['type']}`);
  assert.ok(typeof field['description'] === 'string' && field['description'] !== '', `${name} has a description`);
  assert.ok(['boolean', 'undefined'].includes(typeof field['optional']), `${name} is optional or not`);
  const choices = field['choices'] ?? [];
  assert.ok(Array.isArray(choices) && choices.every((choice) => typeof choice === 'string'), `${name} has choices`);
}

function assertKeys(object: Json, known: readonly string[]): void {
  assert.deepEqual(
    Object.keys(object).filter((key) => !known.includes(key)),
    [],
    'no key the SEP does not know',
  );
}

function entries(fields: unknown): [string, Json][] {
  if (fields === undefined) return [];
  assert.ok(isObject(fields), 'fields are an object, never a list');
  return Object.entries(fields) as [string, Json][];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
