import assert from 'node:assert/strict';
import { test } from 'node:test';
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
