import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { defineProgram } from '../../src/kyc/compile-program.ts';
import type { ReviewDefinition } from '../../src/kyc/program.ts';
import { serveWatchman } from '../support/stand-ins/watchman-stand-in.ts';
import { jpegBytes, openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';

const names = {
  first_name: { description: "The customer's first name" },
  last_name: { description: "The customer's last name" },
};
const mobile_number = { description: 'phone number of the customer' };
const photo = { photo_id_front: { description: 'A clear photo of the front of the government issued ID' } };

/** A program whose types are the situations of SEP-12 § Customer GET, Response, in its words. */
const program = (watchmanUrl: string, review: ReviewDefinition = {}): ReturnType<typeof defineProgram> =>
  defineProgram({
    types: {
      accepted: {
        decision: 'automatic',
        fields: { ...names, email_address: { description: "The customer's email address" } },
      },
      some: {
        decision: 'automatic',
        fields: {
          mobile_number,
          email_address: { description: 'email address of the customer', optional: true },
          ...names,
        },
      },
      unknown: {
        decision: 'review',
        fields: {
          email_address: { description: 'Email address of the customer', optional: true },
          id_type: { description: 'Government issued ID', choices: ['Passport', 'Drivers License', 'State ID'] },
          ...photo,
        },
      },
      processing: {
        decision: 'review',
        fields: photo,
        processingMessage: 'Photo ID requires manual review. This process typically takes 1-2 business days.',
      },
      rejected: { decision: 'automatic', fields: names, checks: ['sanctions'] },
      verification: { decision: 'automatic', fields: { mobile_number: { ...mobile_number, verify: true } } },
    },
    checks: { sanctions: { use: 'watchman', settings: { url: watchmanUrl, rejectAbove: 0.9 } } },
    review,
  });

const listed = [{ name: 'Ada Lovelace', entityType: 'person', sourceID: '7' }] as const;
const nowhere = 'http://127.0.0.1:9';
const sample = { type: 'string', status: 'ACCEPTED' } as const;

/** The whole answer for a type, once checks have said what they say, after this was put. */
async function answerAfter(
  anchor: TestAnchor,
  type: string,
  body?: Record<string, string> | FormData,
): Promise<{ id?: string; body: unknown }> {
  const sub = randomAccount();
  let id: string | undefined;
  if (body instanceof FormData) {
    body.set('type', type);
    const put = await anchor.call(sub, 'PUT', '/customer', { body });
    ({ id } = (await put.json()) as { id: string });
  } else if (body !== undefined) ({ id } = (await anchor.json(sub, 'PUT', '/customer', { type, ...body })).body);
  for (;;) {
    const { body: answer } = await anchor.json(sub, 'GET', `/customer?type=${type}`);
    if (answer.status !== 'PROCESSING' || type === 'processing')
      return { ...(id !== undefined && { id }), body: answer };
    await delay(20);
  }
}

const person = { first_name: 'Ada', last_name: 'Lovelace' };
const providedNames = {
  first_name: { description: "The customer's first name", ...sample },
  last_name: { description: "The customer's last name", ...sample },
};

test('[sep12.get.status] the first situation of the SEP: a customer who has been accepted', async () => {
  await using anchor = await openTestAnchor({ program: program(nowhere) });
  const { id, body } = await answerAfter(anchor, 'accepted', { ...person, email_address: 'ada@example.com' });
  assert.deepEqual(body, {
    id,
    status: 'ACCEPTED',
    provided_fields: {
      ...providedNames,
      email_address: { description: "The customer's email address", ...sample },
    },
  });
});

test('[sep12.get.status] the second: some of what is required has been provided', async () => {
  await using anchor = await openTestAnchor({ program: program(nowhere) });
  const { id, body } = await answerAfter(anchor, 'some', person);
  assert.deepEqual(body, {
    id,
    status: 'NEEDS_INFO',
    fields: {
      mobile_number: { description: 'phone number of the customer', type: 'string' },
      email_address: { description: 'email address of the customer', type: 'string', optional: true },
    },
    provided_fields: providedNames,
  });
});

test('[sep12.get.unregistered] the third: the customer is unknown', async () => {
  await using anchor = await openTestAnchor({ program: program(nowhere) });
  const { body } = await answerAfter(anchor, 'unknown');
  assert.deepEqual(body, {
    status: 'NEEDS_INFO',
    fields: {
      email_address: { description: 'Email address of the customer', type: 'string', optional: true },
      id_type: {
        description: 'Government issued ID',
        type: 'string',
        choices: ['Passport', 'Drivers License', 'State ID'],
      },
      photo_id_front: { description: 'A clear photo of the front of the government issued ID', type: 'binary' },
    },
  });
});

test('[sep12.get.status] the fourth: the information is being processed', async () => {
  await using anchor = await openTestAnchor({ program: program(nowhere) });
  const form = new FormData();
  form.set('photo_id_front', new Blob([jpegBytes()]), 'front.jpg');
  const { id, body } = await answerAfter(anchor, 'processing', form);
  assert.deepEqual(body, {
    id,
    status: 'PROCESSING',
    message: 'Photo ID requires manual review. This process typically takes 1-2 business days.',
    provided_fields: {
      photo_id_front: {
        description: 'A clear photo of the front of the government issued ID',
        type: 'binary',
        status: 'PROCESSING',
      },
    },
  });
});

test('[sep12.get.status] the fifth: the customer is rejected, in neutral words unless the program says others (ruling 14)', async () => {
  await using watchman = await serveWatchman({ listed });
  const said = 'This person is on a sanctions list';
  const own: ReviewDefinition = { reasons: { sanctions: { kind: 'final', text: said } } };
  for (const [review, expected] of [
    [{}, undefined],
    [own, said],
  ] as const) {
    await using anchor = await openTestAnchor({ program: program(watchman.url, review) });
    const { id, body } = await answerAfter(anchor, 'rejected', person);
    const { message } = body as { message: string };
    assert.deepEqual(body, { id, status: 'REJECTED', message: expected ?? message });
    if (expected === undefined) assert.doesNotMatch(message, /sanction|list|screen/i);
  }
});

test('[sep12.get.status] the sixth: a code is awaited; as NEEDS_INFO has to have them, there are fields, if none (ruling 11)', async () => {
  await using anchor = await openTestAnchor({ program: program(nowhere) });
  const { id, body } = await answerAfter(anchor, 'verification', { mobile_number: '+14155550132' });
  assert.deepEqual(body, {
    id,
    status: 'NEEDS_INFO',
    fields: {},
    provided_fields: {
      mobile_number: {
        description: 'phone number of the customer',
        type: 'string',
        status: 'VERIFICATION_REQUIRED',
      },
    },
  });
});
