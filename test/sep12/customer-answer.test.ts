import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomerAnswer } from '../../src/sep12/integration.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { openPort } from './port.ts';
import { assertSepAnswer } from './sep-answer.ts';

const secret = 'Lovelace';
const field = { type: 'string', description: 'Name' };

function withField(extra: object): object {
  return { status: 'NEEDS_INFO', fields: { last_name: { ...field, ...extra } } };
}

function withProvided(extra: object): object {
  return { status: 'PROCESSING', providedFields: { last_name: { ...field, ...extra } } };
}

/** Answers that break the SEP, and what the log says of each. */
const broken: readonly (readonly [answer: unknown, fault: string])[] = [
  [undefined, 'the answer is not an object'],
  [null, 'the answer is not an object'],
  [secret, 'the answer is not an object'],
  [[secret], 'the answer is not an object'],
  [{}, 'status is none of the SEP'],
  [{ status: secret }, 'status is none of the SEP'],
  [{ status: 'accepted' }, 'status is none of the SEP'],
  [{ status: 'PENDING' }, 'status is none of the SEP'],
  [{ status: 'VERIFICATION_REQUIRED' }, 'status is none of the SEP'],
  [{ id: '', status: 'ACCEPTED' }, 'id is not a non-empty string'],
  [{ id: 7, status: 'ACCEPTED' }, 'id is not a non-empty string'],
  [{ status: 'ACCEPTED', message: { en: secret } }, 'message is not a string'],
  [{ status: 'REJECTED' }, 'REJECTED has no message'],
  [{ status: 'REJECTED', message: '' }, 'REJECTED has no message'],
  [{ status: 'NEEDS_INFO' }, 'NEEDS_INFO has no fields'],
  [{ status: 'NEEDS_INFO', fields: null }, 'fields is not an object'],
  [{ status: 'NEEDS_INFO', fields: [] }, 'fields is not an object'],
  [{ status: 'PROCESSING', fields: secret }, 'fields is not an object'],
  [{ status: 'NEEDS_INFO', fields: { last_name: secret } }, 'fields.last_name is not an object'],
  [{ status: 'NEEDS_INFO', fields: { last_name: null } }, 'fields.last_name is not an object'],
  [withField({ status: 'ACCEPTED' }), 'fields.last_name has a status or an error, which only providedFields have'],
  [withField({ error: secret }), 'fields.last_name has a status or an error, which only providedFields have'],
  [withField({ type: 'text' }), 'fields.last_name has a type that is none of the SEP'],
  [withField({ type: undefined }), 'fields.last_name has a type that is none of the SEP'],
  [withField({ description: undefined }), 'fields.last_name has no description'],
  [withField({ description: { en: secret } }), 'fields.last_name has no description'],
  [withField({ choices: secret }), 'fields.last_name has choices that are not a list of strings'],
  [withField({ choices: [secret, 7] }), 'fields.last_name has choices that are not a list of strings'],
  [withField({ optional: 'no' }), 'fields.last_name has an optional that is not true or false'],
  [{ status: 'PROCESSING', providedFields: [field] }, 'providedFields is not an object'],
  [{ status: 'PROCESSING', providedFields: { last_name: [] } }, 'providedFields.last_name is not an object'],
  [withProvided({ status: 'PENDING' }), 'providedFields.last_name has a status that is none of the SEP'],
  [withProvided({ status: 'NEEDS_INFO' }), 'providedFields.last_name has a status that is none of the SEP'],
  [withProvided({ error: { text: secret } }), 'providedFields.last_name has an error that is not a string'],
  [withProvided({ type: 'number[]' }), 'providedFields.last_name has a type that is none of the SEP'],
  [withProvided({ optional: 0 }), 'providedFields.last_name has an optional that is not true or false'],
  [{ status: 'ACCEPTED', fields: { last_name: field } }, 'ACCEPTED asks for the required field last_name'],
  [
    { status: 'ACCEPTED', fields: { last_name: { ...field, optional: false } } },
    'ACCEPTED asks for the required field last_name',
  ],
];

test('[ruling.11] [seed.s5] an answer that breaks the SEP is 500 on every endpoint that gives it, and the log says what is wrong', async () => {
  for (const [answer, fault] of broken) {
    const give = async (): Promise<CustomerAnswer> => answer as CustomerAnswer;
    await using anchor = await openPort({ get: give, putVerification: give });
    const replies = [
      await anchor.json(randomAccount(), 'GET', '/customer'),
      await anchor.json(randomAccount(), 'PUT', '/customer/verification', {
        id: 'c-1',
        email_address_verification: '1',
      }),
    ];
    for (const { status, body } of replies) {
      assert.equal(status, 500, JSON.stringify(answer));
      assert.match(body.error, /^internal error; the log knows more of request \S+$/);
    }
    const faults = anchor.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields['fault']);
    assert.deepEqual(faults, [fault, fault], JSON.stringify(answer));
    assert.equal(JSON.stringify(anchor.lines).includes(secret), false, 'no value reaches the log');
  }
});

/** Answers the SEP allows. */
const sound: readonly CustomerAnswer[] = [
  { status: 'NEEDS_INFO', fields: {} },
  { id: 'c-1', status: 'ACCEPTED' },
  { id: 'c-1', status: 'ACCEPTED', fields: { last_name: { type: 'string', description: 'Name', optional: true } } },
  { id: 'c-1', status: 'PROCESSING', message: 'Wait.' },
  { id: 'c-1', status: 'REJECTED', message: 'We cannot serve you.' },
  {
    id: 'c-1',
    status: 'NEEDS_INFO',
    message: 'Try again.',
    fields: { photo_id_front: { type: 'binary', description: 'Photo', choices: [] } },
    providedFields: {
      mobile_number: { type: 'string', description: 'Phone', status: 'VERIFICATION_REQUIRED' },
      photo_id_front: { type: 'binary', description: 'Photo', status: 'REJECTED', error: 'Too dark.' },
      occupation: { type: 'number', description: 'Job', status: 'PROCESSING', choices: ['2512'], optional: false },
      birth_date: { type: 'date', description: 'Birth' },
    },
  },
];

test('[ruling.11] [sep12.status.rejected] [sep12.provided.status] an answer the SEP allows leaves as it is, in the wire spelling', async () => {
  for (const answer of sound) {
    await using anchor = await openPort({ get: async () => answer });
    const got = await anchor.json(randomAccount(), 'GET', '/customer');
    const { providedFields, ...rest } = answer;
    assert.equal(got.status, 200);
    assert.deepEqual(got.body, { ...rest, ...(providedFields && { provided_fields: providedFields }) });
    assertSepAnswer(got.body);
  }
});

test('[ruling.11] [seed.s5] keys the SEP does not know do not leave, wherever they stand', async () => {
  const extra = { internal: secret, provided_fields: secret, toJSON: undefined };
  const answer = {
    ...extra,
    id: 'c-1',
    status: 'PROCESSING',
    fields: { first_name: { ...field, value: secret, optional: true } },
    providedFields: { last_name: { ...field, value: secret, status: 'ACCEPTED' } },
  };
  await using anchor = await openPort({ get: async () => answer as unknown as CustomerAnswer });
  const got = await anchor.json(randomAccount(), 'GET', '/customer');
  assert.deepEqual(got.body, {
    id: 'c-1',
    status: 'PROCESSING',
    fields: { first_name: { ...field, optional: true } },
    provided_fields: { last_name: { ...field, status: 'ACCEPTED' } },
  });
});
