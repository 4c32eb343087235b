import assert from 'node:assert/strict';
import { test } from 'node:test';
import { person } from '../sep12/support.ts';
import { openTestAnchor, randomAccount } from '../support/test-anchor.ts';
import { call, operators, tokens } from './operator-call.ts';

const program = {
  types: {
    basic: {
      decision: 'review',
      fields: {
        first_name: {},
        last_name: {},
        email_address: { optional: true },
        pet_tag: { type: 'string', description: 'x', optional: true },
      },
    },
  },
  review: { search: ['pet_tag'] },
} as const;

test('[search.http] a customer is found by a value in the body, every answer as the document says; no line of the log has it', async () => {
  const lines: string[] = [];
  const log = (fields: object, message: string): void => void lines.push(`${JSON.stringify(fields)} ${message}`);
  await using anchor = await openTestAnchor({
    operators,
    program,
    logger: { debug: log, info: log, warn: log, error: log },
  });
  const values = { ...person, email_address: 'canary@bank.example', pet_tag: 'CANARY-12' };
  const { body: put } = await anchor.json(randomAccount(), 'PUT', '/customer', values);
  const search = (body: unknown, token: string | undefined = tokens.rob) =>
    call(anchor, token, 'POST', '/operator/search', body);
  for (const [field, value] of [
    ['email_address', 'CANARY@bank.example '],
    ['pet_tag', 'canary 12'],
  ] as const) {
    const { status, body, headers } = await search({ field, value });
    assert.equal(status, 200);
    const standings = [{ type: 'basic', transactionId: '', state: 'in-review' }];
    assert.deepEqual(body, { customers: [{ customerId: put.id, standings }], isCut: false });
    assert.equal(headers.get('cache-control'), 'no-store');
  }
  assert.deepEqual((await search({ field: 'pet_tag', value: 'none' })).body, { customers: [], isCut: false });
  assert.equal((await search({ field: 'pet_tag', value: 'x' }, tokens.vic)).status, 403);
  for (const body of [{}, [], { field: 'pet_tag' }, { field: 'city', value: 'x' }, { field: 'pet_tag', value: 7 }, '{'])
    assert.equal((await search(body)).status, 400, JSON.stringify(body));
  assert.match(lines.join('\n'), /operator\/search/);
  assert.doesNotMatch(lines.join('\n'), /canary/i);
});
