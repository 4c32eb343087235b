import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Keypair } from '@stellar/stellar-sdk';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { encodings, filesUnder, findValues, type Haystack } from './canary-search.ts';
import { Recorder } from './recorder.ts';
import { type Call, tokenFor } from './requests.ts';
import { type StartedProcess, startProcess } from './started-process.ts';

/** A person like no other, in values a server takes. */
const person = {
  first_name: 'Zdeňka-Ŝpokojná',
  last_name: 'Quixwimblethorpe',
  email_address: 'zq.canary-4471@planted-mailbox.example',
  birth_date: '1931-08-27',
  bank_account_number: 'CANARY7730019264',
  bank_number: '844193377',
  id_type: 'passport',
  id_number: 'XQ-CANARY-90417',
};
const mobile_number = '+14155550132';
const photoMark = 'PLANTED-PHOTO-MARK-5519';
const photo = Buffer.concat([
  Buffer.from('ffd8fffe000300ffc0000b080010001001011100', 'hex'),
  ...[0, 1, 2].map((shift) => Buffer.concat([randomBytes(70_000 + shift), Buffer.from(photoMark)])),
  randomBytes(100),
]);

const { id_type: _isAWordOfTheProgram, ...secretValues } = person;
const planted: Readonly<Record<string, string>> = { ...secretValues, mobile_number, 'photo bytes': photoMark };

function form(parts: readonly (readonly [header: string, value: string | Buffer])[], end = '--planted--\r\n'): Call {
  const body = parts.flatMap(([header, value]) => [
    Buffer.from(`--planted\r\nContent-Disposition: form-data; ${header}\r\n\r\n`),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ]);
  const headers = { 'Content-Type': 'multipart/form-data; boundary=planted' };
  return { headers, body: Buffer.concat([...body, Buffer.from(end)]) };
}

function text(type: string, body: string): Call {
  return { headers: { 'Content-Type': type }, body: Buffer.from(body) };
}

/** Requests that succeed. */
async function plantInGoodRequests(recorder: Recorder): Promise<void> {
  const { first_name, last_name, ...rest } = person;
  await recorder.send(202, 'PUT', '/customer', { body: { type: 'sep6-withdraw', ...rest } });
  const names = new URLSearchParams({ first_name, last_name, no_such_field: recorder.plant('an unknown field') });
  await recorder.send(202, 'PUT', '/customer', text('application/x-www-form-urlencoded', String(names)));
  await recorder.send(202, 'PUT', '/customer', {
    body: { type: 'sep6-deposit', address_country_code: 'USA', mobile_number },
  });
  await recorder.send(
    202,
    'PUT',
    '/customer',
    form([
      ['name="photo_id_front"; filename="front.jpg"', photo],
      ['name="id_number"', person.id_number],
      [`name="unasked"; filename="${recorder.plantWord('a file name')}"`, recorder.plant('an unknown file')],
    ]),
  );
  await recorder.send(202, 'PUT', '/customer', { body: { [recorder.plant('a good field name')]: 'x' } });
  for (const type of ['sep6-withdraw', 'sep31-sender', 'sep6-deposit']) {
    await recorder.send(200, 'GET', `/customer?type=${type}`);
  }
  const query = new URLSearchParams({ first_name: recorder.plant('a query'), email_address: person.email_address });
  await recorder.send(200, 'GET', `/customer?${query}`);
  await recorder.send(200, 'GET', `/customer?lang=${recorder.plantWord('lang')}`);
}

/** Wrong values of every field that has a format, and of the parameters that are no fields. */
async function plantInBadValues(recorder: Recorder): Promise<void> {
  const fields = ['birth_date', 'email_address', 'mobile_number', 'address_country_code', 'id_type'];
  for (const field of fields) {
    await recorder.send(400, 'PUT', '/customer', { body: { ...person, [field]: recorder.plant(field) } });
  }
  const long = recorder.plant('a long name').repeat(300);
  await recorder.send(400, 'PUT', '/customer', { body: { first_name: long } });
  await recorder.send(413, 'PUT', '/customer', { body: { first_name: long.repeat(10) } });
  await recorder.send(400, 'PUT', '/customer', { body: { first_name: [recorder.plant('a list')] } });
  await recorder.send(400, 'PUT', '/customer', { body: { first_name: { en: recorder.plant('an object') } } });
  await recorder.send(400, 'PUT', '/customer', { body: { photo_id_front: recorder.plant('a photo as text') } });
  await recorder.send(400, 'PUT', '/customer', { body: { first_name_verification: recorder.plant('a code') } });
  await recorder.send(400, 'PUT', '/customer', { body: { photo_id_front_file_id: recorder.plant('a file id') } });
  for (const parameter of ['type', 'memo', 'account', 'transaction_id']) {
    const value = recorder.plant(`the ${parameter}`);
    const status = { account: 403 }[parameter] ?? 400;
    await recorder.send(status, 'PUT', '/customer', { body: { ...person, [parameter]: value } });
    await recorder.send(status, 'GET', `/customer?${new URLSearchParams({ [parameter]: value })}`);
  }
  await recorder.send(404, 'GET', `/customer?${new URLSearchParams({ id: recorder.plant('an id') })}`);
  const memo = { memo: recorder.plant('a hash memo'), memo_type: 'hash' };
  await recorder.send(400, 'PUT', '/customer', { body: memo });
  await recorder.send(400, 'PUT', '/customer', { body: { memo: '1', memo_type: recorder.plant('a memo type') } });
}

/** Bodies that cannot be read. */
async function plantInBadBodies(recorder: Recorder): Promise<void> {
  const json = 'application/json';
  await recorder.send(400, 'PUT', '/customer', text(json, `{"first_name": "${recorder.plant('cut JSON')}`));
  await recorder.send(400, 'PUT', '/customer', text(json, recorder.plant('bare JSON')));
  await recorder.send(400, 'PUT', '/customer', text(json, `["${recorder.plant('a JSON list')}"]`));
  await recorder.send(400, 'PUT', '/customer', text(recorder.plantWord('a type/of content'), 'first_name=x'));
  const deep = `${'{"a":'.repeat(200)}"${recorder.plant('deep JSON')}"${'}'.repeat(200)}`;
  await recorder.send(400, 'PUT', '/customer', text(json, deep));
  const name = 'name="first_name"';
  const front = 'name="photo_id_front"';
  const cut = form(
    [
      [name, recorder.plant('a cut form')],
      [front, photo],
    ],
    '',
  );
  await recorder.send(400, 'PUT', '/customer', cut);
  await recorder.send(400, 'PUT', '/customer', form([[`nonsense="${recorder.plantWord('a bad header')}"`, 'x']]));
  const twice = form([
    [name, recorder.plant('one')],
    [name, recorder.plant('another')],
  ]);
  await recorder.send(400, 'PUT', '/customer', twice);
  const latin1 = Buffer.concat([Buffer.from([0xff]), Buffer.from(recorder.plant('not UTF-8'))]);
  await recorder.send(400, 'PUT', '/customer', form([[name, latin1]]));
  const tooLarge = Buffer.alloc(11 * 1024 * 1024, `${recorder.plantWord('a large file')}.`);
  await recorder.send(413, 'PUT', '/customer', form([[front, tooLarge]]));
  await recorder.send(400, 'PUT', '/customer', form([[front, recorder.plant('a file of no type')]]));
}

/** Everywhere else in a request. */
async function plantElsewhere(recorder: Recorder): Promise<void> {
  await recorder.send(404, 'GET', `/${recorder.plantWord('a path')}`);
  await recorder.send(404, 'DELETE', `/customer/${recorder.plantWord('an account')}`);
  await recorder.send(401, 'GET', '/customer', {
    headers: { Authorization: `Bearer ${recorder.plantWord('a token')}` },
  });
  await recorder.send(400, 'GET', `/auth?account=${recorder.plantWord('a sign-in')}`);
  await recorder.send(400, 'POST', '/auth', { body: { transaction: recorder.plant('a challenge') } });
  const account = Keypair.random().publicKey();
  await recorder.send(
    400,
    'GET',
    `/auth?${new URLSearchParams({ account, memo: recorder.plant('a memo to sign in') })}`,
  );
  await recorder.send(
    400,
    'GET',
    `/auth?${new URLSearchParams({ account, home_domain: recorder.plantWord('a home') })}`,
  );
  const url = `https://wallet.example/${recorder.plantWord('a callback')}`;
  await recorder.send(200, 'PUT', '/customer/callback', { body: { url } });
  await recorder.send(400, 'PUT', '/customer/callback', { body: { url: recorder.plant('no callback') } });
  const code = { mobile_number_verification: recorder.plant('a code to confirm') };
  await recorder.send(404, 'PUT', '/customer/verification', { body: { id: recorder.plant('whose code'), ...code } });
}

/** Field names are the sender's own words too, and a refusal names the field only when the program knows it. */
async function plantInFieldNames(recorder: Recorder): Promise<void> {
  const name = recorder.plant('a field name');
  await recorder.send(413, 'PUT', '/customer', { body: { [name]: 'x'.repeat(70_000) } });
  await recorder.send(
    400,
    'PUT',
    '/customer',
    form([
      [`name="${name}"`, '1'],
      [`name="${name}"`, '2'],
    ]),
  );
  const binary = form([[`name="${recorder.plant('a name of no text')}"`, Buffer.from([0xff, 0xfe])]]);
  await recorder.send(400, 'PUT', '/customer', binary);
  await recorder.send(400, 'PUT', '/customer', { body: { [recorder.plant('a name of an object')]: { a: { b: 1 } } } });
}

function outputOf(server: StartedProcess): Haystack[] {
  return [
    { name: 'stdout', bytes: Buffer.from(server.stdout()) },
    { name: 'stderr', bytes: Buffer.from(server.stderr()) },
  ];
}

suite('personal values stay where they belong', () => {
  test('[e2e.canary] the search finds a value in every spelling, at every alignment', () => {
    for (const [encoding, encode] of Object.entries(encodings)) {
      for (const value of Object.values(planted)) {
        for (const spelling of encode(Buffer.from(value))) {
          assert.ok(spelling.length >= 8, `${encoding} of ${value} is long enough to mean something`);
          const bytes = Buffer.concat([randomBytes(33), spelling, randomBytes(33)]);
          assert.notDeepEqual(findValues({ value }, [{ name: 'here', bytes }]), [], `${value} as ${encoding}`);
        }
      }
    }
    for (let before = 0; before < 3; before++) {
      const bytes = Buffer.from(Buffer.from(`${'?'.repeat(before)}${person.id_number} and more`).toString('base64'));
      assert.deepEqual(findValues({ id: person.id_number }, [{ name: 'here', bytes }])[0], 'id as base64 in here');
    }
    assert.deepEqual(findValues(planted, [{ name: 'noise', bytes: randomBytes(1_000_000) }]), []);
  });

  test('[e2e.canary] no personal value is on disk, in the log or in any answer: not when taken, refused, deleted or cut off', async () => {
    await using directory = await temporaryDirectory();
    const keypair = Keypair.random();
    const server = await startProcess({ dataDir: directory.path, env: { LOG_LEVEL: 'debug' } });
    await using _server = server;
    const recorder = new Recorder(server, await tokenFor(server.url, { keypair }));
    const search = async (): Promise<string[]> =>
      findValues({ ...planted, ...recorder.planted }, [
        ...(await filesUnder(directory.path)),
        ...outputOf(server),
        ...recorder.haystacks,
      ]);

    await plantInGoodRequests(recorder);
    assert.deepEqual(await search(), [], 'after requests that were taken');
    await plantInBadValues(recorder);
    await plantInBadBodies(recorder);
    await plantElsewhere(recorder);
    assert.deepEqual(await search(), [], 'after requests that were refused');
    assert.equal(server.logLines().filter(({ level }) => level === 'error').length, 0);
    await assertSearchWorksHere(directory.path, server, keypair);

    await recorder.send(200, 'DELETE', `/customer/${keypair.publicKey()}`);
    assert.deepEqual(await search(), [], 'after the customer was deleted');
    await recorder.send(202, 'PUT', '/customer', { body: person });
    await server.kill9();
    assert.deepEqual(await search(), [], 'after kill -9');
    await using restarted = await startProcess({ dataDir: directory.path });
    await restarted.terminate();
    assert.deepEqual(findValues(planted, [...(await filesUnder(directory.path)), ...outputOf(restarted)]), []);
  });

  test('[e2e.canary] a field name that only the sender knows is not repeated to anybody', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    const recorder = new Recorder(server, await tokenFor(server.url));
    await plantInFieldNames(recorder);
    const haystacks = [...(await filesUnder(directory.path)), ...outputOf(server), ...recorder.haystacks];
    assert.deepEqual(findValues(recorder.planted, haystacks), []);
  });
});

/** What is not secret must be found by the same search in the same places, or it proves nothing. */
async function assertSearchWorksHere(dataDir: string, server: StartedProcess, keypair: Keypair): Promise<void> {
  // Lines of the log wait for others, a tenth of a second at most.
  await delay(500);
  await writeFile(join(dataDir, 'files', 'control'), Buffer.from(`xx${person.last_name}`).toString('base64'));
  const known = { account: keypair.publicKey(), field: 'bank_account_number', route: '/customer/:account' };
  const found = findValues({ ...planted, ...known }, [...(await filesUnder(dataDir)), ...outputOf(server)]);
  assert.ok(
    found.some((finding) => /^account as UTF-8 in anchor-kyc\.db(-wal)?$/.test(finding)),
    found.join('\n'),
  );
  assert.ok(
    found.some((finding) => /^field as UTF-8 in anchor-kyc\.db(-wal)?$/.test(finding)),
    found.join('\n'),
  );
  assert.ok(found.includes('route as UTF-8 in stdout'), found.join('\n'));
  assert.ok(found.includes('last_name as base64 in files/control'), found.join('\n'));
  await writeFile(join(dataDir, 'files', 'control'), '');
}
