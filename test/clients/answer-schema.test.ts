import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AnswerKind, assertAnswer, assertKind } from '../support/answer-schema.ts';

const field = { type: 'string', description: 'Name' };
const file = { file_id: 'f', content_type: 'image/jpeg', size: 1, customer_id: null };

/** What one client or another could not decode. */
const broken: readonly (readonly [kind: AnswerKind, body: unknown, why: string])[] = [
  ['customer', { status: 'VERIFICATION_REQUIRED', fields: {} }, 'a status of fields, not of customers'],
  ['customer', { status: 'NEEDS_INFO' }, 'no fields'],
  ['customer', { status: 'NEEDS_INFO', fields: [] }, 'fields as a list'],
  ['customer', { status: 'NEEDS_INFO', fields: { name: { type: 'string' } } }, 'no description'],
  ['customer', { status: 'NEEDS_INFO', fields: { name: { ...field, type: 'file' } } }, 'a type of its own'],
  [
    'customer',
    { status: 'NEEDS_INFO', fields: { name: { ...field, choices: [{ value: 'x' }] } } },
    'choices that are objects',
  ],
  ['customer', { status: 'NEEDS_INFO', fields: { name: { ...field, optional: 'true' } } }, 'optional as text'],
  ['customer', { status: 'NEEDS_INFO', fields: { name: { ...field, status: 'ACCEPTED' } } }, 'a status among fields'],
  [
    'customer',
    { status: 'PROCESSING', provided_fields: { name: { ...field, status: 'NEEDS_INFO' } } },
    'a customer status',
  ],
  ['customer', { status: 'ACCEPTED', fields: { name: field } }, 'accepted, and still asked'],
  ['customer', { status: 'REJECTED' }, 'rejected without a message'],
  ['customer', { status: 'PROCESSING', id: 7 }, 'an id that is a number'],
  ['customer', { status: 'PROCESSING', provided: {} }, 'a word of our own'],
  ['verification', { status: 'PROCESSING' }, 'no id'],
  ['put', { id: '' }, 'an empty id'],
  ['put', { id: 'x', status: 'ACCEPTED' }, 'more than an id'],
  ['file', { ...file, size: '1' }, 'a size that is text'],
  ['file', { ...file, expires_at: '2026-01-01T00:00:00+00:00' }, 'an offset, which iOS cannot read'],
  ['files', [file], 'a bare list'],
  ['error', { error: { message: 'x' } }, 'an error that is an object'],
  ['error', { error: 'x', status: 400 }, 'a value that is no string'],
];

test('[client.schema] the schemas refuse what some client could not decode', () => {
  for (const [kind, body, why] of broken) assert.throws(() => assertKind(kind, body), why);
});

test('[client.schema] the schemas take what the SEP shows', () => {
  const provided = { email_address: { ...field, status: 'REJECTED', error: 'bounced' } };
  assertKind('customer', {
    id: 'x',
    status: 'NEEDS_INFO',
    fields: { n: { ...field, choices: ['a'] } },
    provided_fields: provided,
  });
  assertKind('customer', { id: 'x', status: 'ACCEPTED', fields: { n: { ...field, optional: true } } });
  assertKind('customer', { id: 'x', status: 'REJECTED', message: 'no' });
  assertKind('files', { files: [file, { ...file, customer_id: 'x', expires_at: new Date(0).toISOString() }] });
});

test('[client.schema] a status or a content type that some client stumbles over is no answer', () => {
  const contentType = 'application/json; charset=utf-8';
  const put = (status: number, text: string, type = contentType): void =>
    assertAnswer('PUT', '//customer/?x', { status, contentType: type, text });
  put(202, '{"id":"x"}');
  put(400, '{"error":"x"}');
  assert.throws(() => put(200, '{"id":"x"}'));
  assert.throws(() => put(409, '{"error":"x"}'));
  assert.throws(() => put(202, '{"id":"x"}', 'application/json'));
});
