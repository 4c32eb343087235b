import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { KycError } from '../../src/errors.ts';
import { openCustomer } from '../../src/kyc/open-customer.ts';
import type { FileReference } from '../../src/store/files/sealed-files.ts';
import type { Store } from '../../src/store/store.ts';
import { openDecidingWorld } from '../support/deciding-world.ts';
import { jpegBytes, openTestAnchor, randomAccount } from '../support/test-anchor.ts';

const person = { first_name: 'Ada', last_name: 'Lovelace', email_address: 'ada@example.com' };

test('[sep12.put.success] a first PUT registers the customer and answers 202 with its id', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const put = await anchor.json(sub, 'PUT', '/customer', { type: 'sep31-sender', ...person });
  assert.equal(put.status, 202);
  assert.deepEqual(Object.keys(put.body), ['id']);
  const got = await anchor.json(sub, 'GET', '/customer?type=sep31-sender');
  assert.equal(got.body.id, put.body.id);
  assert.equal(got.body.status, 'ACCEPTED');
  assert.equal(got.body.provided_fields.first_name.status, 'ACCEPTED');
});

test('[ruling.16] fifty first PUTs of one subject at once end in one customer', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const puts = await Promise.all(
    Array.from({ length: 50 }, (_, index) => anchor.json(sub, 'PUT', '/customer', { first_name: `Ada${index}` })),
  );
  assert.deepEqual(new Set(puts.map((put) => put.status)), new Set([202]));
  assert.equal(new Set(puts.map((put) => put.body.id)).size, 1);
});

test('[sep12.content.multipart] a photo sent as multipart completes a reviewed type, which answers PROCESSING', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const form = new FormData();
  for (const [name, value] of Object.entries(person)) form.set(name, value);
  form.set('type', 'sep6-withdraw');
  form.set('bank_account_number', '123456');
  form.set('bank_number', '021000021');
  form.set('id_type', 'Pasaporte');
  form.set('id_number', 'X123');
  form.set('photo_id_front', new Blob([jpegBytes()]), 'photo.jpg');
  const put = await anchor.call(sub, 'PUT', '/customer', { body: form });
  assert.equal(put.status, 202, await put.clone().text());
  const got = await anchor.json(sub, 'GET', '/customer?type=sep6-withdraw&lang=es-MX');
  assert.equal(got.body.status, 'PROCESSING');
  assert.match(got.body.message, /revisando/);
});

const photos = {
  types: { pictured: { decision: 'automatic', fields: { photo_id_front: {}, photo_id_back: { optional: true } } } },
} as const;

/** A connection that breaks after the server has committed, and before it said so. */
async function withCommitUnheard<T>(store: Store, act: () => Promise<T>): Promise<T> {
  const { createCustomer, updateCustomer } = store;
  const unheard = (write: (change: never) => Promise<unknown>) => async (change: never) => {
    Object.assign(store, { createCustomer, updateCustomer });
    await write.call(store, change);
    throw new KycError('unavailable', { key: 'error.database_away' });
  };
  Object.assign(store, { createCustomer: unheard(createCustomer), updateCustomer: unheard(updateCustomer) });
  return act();
}

test('[kyc.files] a PUT whose commit was done, though nobody was told, loses none of its files: not the first of a customer, not the next', async () => {
  await using world = await openDecidingWorld(photos);
  const { store, builtIn } = world;
  const account = randomAccount();
  const put = async (field: string, bytes: Buffer): Promise<string> => {
    const file = await builtIn.parts.files.store(Readable.from([bytes]));
    const request = {
      account,
      lang: 'en',
      fields: new Map(),
      files: new Map([[field, file]]),
      unknownFiles: new Set<string>(),
    };
    const sent = { ...request, fileIds: new Map(), verifications: new Map() };
    try {
      return await builtIn.integration.put(sent, { subject: { account, sub: account }, requestId: 'test' });
    } finally {
      await file.discard();
    }
  };
  for (const field of ['photo_id_front', 'photo_id_back']) {
    const bytes = jpegBytes();
    const id = await withCommitUnheard(store, () => put(field, bytes));
    assert.equal(await put(field, bytes), id, 'the same PUT again');
    const record = (await store.findCustomerById(id)) ?? assert.fail();
    const { held } = (await openCustomer(builtIn.parts, record)) ?? assert.fail();
    const reference = JSON.parse(held.text(field) ?? '') as FileReference;
    assert.deepEqual(Buffer.concat(await Array.fromAsync(builtIn.parts.files.open(reference))), bytes, field);
  }
});
