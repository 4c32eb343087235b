import assert from 'node:assert/strict';
import { test } from 'node:test';
import businessAccounts from '../../examples/business-accounts.ts';
import euWallet from '../../examples/eu-wallet.ts';
import remittanceMexico from '../../examples/remittance-mexico.ts';
import { eicar } from '../support/eicar.ts';
import { openExample, photo } from './example-anchor.ts';

const later = `${new Date().getUTCFullYear() + 3}-06-30`;
const child = `${new Date().getUTCFullYear() - 10}-01-01`;

async function receiver(): Promise<Record<string, string | Blob>> {
  return {
    first_name: 'María',
    last_name: 'Hernández',
    birth_date: '1990-05-17',
    mobile_number: '+525512345678',
    id_country_code: 'MEX',
    id_type: 'Credencial para votar (INE)',
    id_number: 'HRNM900517',
    id_expiration_date: later,
    clabe_number: '032180000118359719',
    photo_id_front: await photo(),
    photo_id_back: await photo(),
  };
}

test('[program.examples] a receiver in Mexico is asked for what the document and the country ask, and is ACCEPTED', async () => {
  await using anchor = await openExample(remittanceMexico);
  const type = 'sep31-receiver';
  const customer = anchor.customer();
  const { clabe_number, photo_id_back, ...most } = await receiver();
  assert.equal((await customer.put(type, most)).status, 202);
  const asked = await customer.reaches(type, 'NEEDS_INFO');
  assert.deepEqual(Object.keys(asked.fields), ['email_address', 'clabe_number', 'photo_id_back']);
  await customer.put(type, { clabe_number: clabe_number ?? '', photo_id_back: photo_id_back ?? '' });
  const awaiting = await customer.reaches(type, 'NEEDS_INFO');
  assert.equal(awaiting.provided_fields.mobile_number.status, 'VERIFICATION_REQUIRED');
  await customer.put(type, { mobile_number_verification: await customer.code('mobile_number') });
  const accepted = await customer.reaches(type, 'ACCEPTED');
  assert.deepEqual(Object.keys(accepted.fields), ['email_address']);
  for (const { status } of Object.values<{ status: string }>(accepted.provided_fields))
    assert.equal(status, 'ACCEPTED');

  const twin = anchor.customer();
  await twin.put(type, { ...(await receiver()), mobile_number: '+525512345679' });
  await twin.put(type, { mobile_number_verification: await twin.code('mobile_number') });
  await twin.reaches(type, 'PROCESSING');
});

test('[program.examples] in Mexico the under-age are rejected, a hit is a person’s to judge, a small photo is to be sent again', async () => {
  await using anchor = await openExample(remittanceMexico);
  const type = 'sep31-receiver';
  const young = anchor.customer();
  await young.put(type, { ...(await receiver()), birth_date: child });
  const { message } = await young.reaches(type, 'REJECTED');
  assert.ok(message.length > 0);

  const blurred = anchor.customer();
  await blurred.put(type, {
    ...(await receiver()),
    id_number: 'X1',
    mobile_number: '+525512345671',
    photo_id_front: await photo(100, 100),
  });
  await blurred.put(type, { mobile_number_verification: await blurred.code('mobile_number') });
  for (;;) {
    const { fields, provided_fields } = await blurred.reaches(type, 'NEEDS_INFO');
    if (fields.photo_id_front === undefined) continue;
    assert.equal(provided_fields.photo_id_front.status, 'REJECTED');
    assert.ok(provided_fields.photo_id_front.error);
    break;
  }

  const listed = anchor.customer();
  const named = { first_name: 'Viktor', last_name: 'Listed', id_number: 'X2', mobile_number: '+525512345670' };
  await listed.put(type, { ...(await receiver()), ...named });
  await listed.put(type, { mobile_number_verification: await listed.code('mobile_number') });
  await listed.reaches(type, 'PROCESSING');
  await listed.rule(type, 'accepted');
  await listed.reaches(type, 'ACCEPTED');
  await listed.rule(type, 'rejected', 'sanctions');
  assert.doesNotMatch((await listed.reaches(type, 'REJECTED')).message, /sanction|list/i);
});

async function resident(): Promise<Record<string, string | Blob>> {
  return {
    first_name: 'Chloé',
    last_name: 'Dubois',
    birth_date: '1988-02-29',
    email_address: 'chloe@example.com',
    address_country_code: 'FRA',
    politically_exposed: 'no',
  };
}

test('[program.examples] a wallet in the EU goes from tier to tier to the one that a person decides', async () => {
  await using anchor = await openExample(euWallet);
  const customer = anchor.customer();
  await customer.put('basic', await resident());
  await customer.reaches('basic', 'NEEDS_INFO');
  await customer.put('basic', { email_address_verification: await customer.code('email_address') });
  await customer.reaches('basic', 'ACCEPTED');

  await customer.put('standard', {
    mobile_number: '+33612345678',
    address: '1 rue de la Paix',
    city: 'Paris',
    postal_code: '75002',
    id_type: 'passport',
    id_number: '12AB34567',
    id_country_code: 'FRA',
    id_expiration_date: later,
    photo_id_front: await photo(),
  });
  await customer.put('standard', { mobile_number_verification: await customer.code('mobile_number') });
  await customer.reaches('standard', 'ACCEPTED');

  const proof = { photo_proof_residence: await photo(), proof_of_income: await photo(), source_of_funds: 'Salaire' };
  await customer.put('plus', proof);
  const { message, provided_fields } = await customer.reaches('plus', 'PROCESSING');
  assert.match(message, /one working day/);
  assert.equal(provided_fields.proof_of_income.status, 'PROCESSING');
  await customer.rule('plus', 'accepted');
  await customer.reaches('plus', 'ACCEPTED');
  await customer.reaches('basic', 'ACCEPTED');
});

test('[program.examples] in the EU the under-age are rejected, hits and public office are a person’s, an infected file is to be sent again', async () => {
  await using anchor = await openExample(euWallet);
  const young = anchor.customer();
  await young.put('basic', { ...(await resident()), birth_date: child });
  await young.reaches('basic', 'REJECTED');

  const listed = anchor.customer();
  await listed.put('basic', {
    ...(await resident()),
    first_name: 'Viktor',
    last_name: 'Listed',
    email_address: 'v@example.com',
  });
  await listed.put('basic', { email_address_verification: await listed.code('email_address') });
  await listed.reaches('basic', 'PROCESSING');

  const minister = anchor.customer();
  await minister.put('basic', { ...(await resident()), email_address: 'm@example.com', politically_exposed: 'Oui' });
  const asked = await minister.reaches('basic', 'NEEDS_INFO');
  assert.deepEqual(Object.keys(asked.fields), ['employer_name', 'occupation']);
  await minister.put('basic', { employer_name: 'République', occupation: '1111' });
  await minister.put('basic', { email_address_verification: await minister.code('email_address') });
  await minister.reaches('basic', 'PROCESSING');

  const infected = anchor.customer();
  const bytes = new Blob([await photo(), new Uint8Array(eicar)], { type: 'image/jpeg' });
  await infected.put('standard', { ...(await resident()), photo_id_front: bytes });
  for (;;) {
    const { provided_fields } = await infected.reaches('standard', 'NEEDS_INFO');
    if (provided_fields.photo_id_front.status !== 'REJECTED') continue;
    assert.ok(provided_fields.photo_id_front.error);
    break;
  }
});

test('[program.examples] a business is decided by a person, is asked for its owners, and a listed one waits', async () => {
  await using anchor = await openExample(businessAccounts);
  const business = async (): Promise<Record<string, string | Blob>> => ({
    'organization.name': 'Padaria Aurora',
    'organization.registration_number': '12345678000195',
    'organization.registration_date': '2012-03-01',
    'organization.address_country_code': 'BRA',
    'organization.registered_address': 'Rua A, 1',
    'organization.number_of_shareholders': '2',
    'organization.director_name': 'Ana Souza',
    'organization.photo_incorporation_doc': await photo(),
    'organization.email': 'contas@example.com',
  });
  const customer = anchor.customer();
  await customer.put('business', await business());
  const asked = await customer.reaches('business', 'NEEDS_INFO');
  assert.deepEqual(
    Object.keys(asked.fields).filter((name) => !asked.fields[name].optional),
    ['ownership_chart', 'organization.shareholder_name'],
  );
  const owners = {
    ownership_chart: await photo(),
    'organization.shareholder_name': 'Ana Souza',
    billing_phone: '+5511912345678',
  };
  await customer.put('business', owners);
  await customer.put('business', { 'organization.email_verification': await customer.code('organization.email') });
  await customer.put('business', { billing_phone_verification: await customer.code('billing_phone') });
  await customer.reaches('business', 'PROCESSING');
  await customer.rule('business', 'accepted');
  await customer.reaches('business', 'ACCEPTED');

  await customer.put('business-plus', {
    'organization.photo_proof_address': await photo(),
    annual_accounts: await photo(),
  });
  await customer.reaches('business-plus', 'PROCESSING');
  await customer.rule('business-plus', 'accepted');
  await customer.reaches('business-plus', 'ACCEPTED');

  const listed = anchor.customer();
  const other = {
    'organization.name': 'Listed Trading',
    'organization.email': 'listed@example.com',
    billing_phone: '+5511912345679',
  };
  await listed.put('business', { ...(await business()), ...owners, ...other });
  await listed.put('business', { 'organization.email_verification': await listed.code('organization.email') });
  await listed.put('business', { billing_phone_verification: await listed.code('billing_phone') });
  await listed.reaches('business', 'PROCESSING');
  await listed.rule('business', 'rejected', 'not-eligible');
  await listed.reaches('business', 'REJECTED');
});
