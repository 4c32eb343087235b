import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { compileProgram } from '../../src/kyc/compile-program.ts';
import { CustomerIndexing } from '../../src/kyc/index-customers.ts';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import { searchEntries, searchIndexes, soughtEntry } from '../../src/kyc/search-index.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { codeOf, openReviewWorld, operators, type ReviewWorld } from './review/review-world.ts';

const { vic, rob, lea, ada, abe } = operators;
const names = ['first_name', 'last_name', 'additional_name', 'birth_date', 'city'];
const numbers = ['id_number', 'tax_id', 'mobile_number', 'email_address', 'bank_account_number', 'clabe_number'];
const optional = { optional: true } as const;

function definition(more: Partial<ProgramDefinition> = {}): ProgramDefinition {
  const fields = Object.fromEntries([...names, ...numbers].map((name) => [name, optional]));
  return { types: { basic: { decision: 'review', fields } }, ...more };
}

async function found(world: ReviewWorld, field: string, value: string, birthDate?: string): Promise<readonly string[]> {
  const { customers } = await world.desk.search(rob, { field, value, ...(birthDate && { birthDate }) });
  return customers.map(({ customerId }) => customerId);
}

const person = { first_name: 'José María', last_name: "O'Brien-Núñez", birth_date: '1990-04-17' };

test('[search.values] the whole value finds whoever gave it, however either is spelt; a part of it finds nobody', async () => {
  await using world = await openReviewWorld(definition());
  const given = {
    ...{
      id_number: 'ab-123 456',
      tax_id: '12.345.678-9',
      mobile_number: '+14155550123',
      email_address: 'Ada@Bücher.example',
    },
    ...{ bank_account_number: 'DE89 3704 0044 0532 0130 00', clabe_number: '032180000118359719' },
  };
  const { id } = await world.customer(given);
  await world.customer({ id_number: 'AB123457' });
  const sought: readonly [field: string, ...spellings: readonly string[]][] = [
    ['id_number', 'AB123456', ' ab 12 34 56 ', 'ab/123/456'],
    ['tax_id', '123456789'],
    ['mobile_number', '+1 (415) 555-0123', '14155550123', '+١٤١٥٥٥٥٠١٢٣'],
    ['email_address', 'ada@bücher.example', 'ADA@xn--bcher-kva.example'],
    ['bank_account_number', 'de89370400440532013000'],
    ['clabe_number', '032 180 00011835971 9'],
  ];
  for (const [field, ...spellings] of sought)
    for (const spelling of spellings) assert.deepEqual(await found(world, field, spelling), [id], field);
  assert.deepEqual(await found(world, 'id_number', 'AB12345'), []);
  assert.deepEqual(await found(world, 'tax_id', 'AB123456'), [], 'of another field');
});

test('[search.name] a person is found by name and birth date together, in any order of the names, with those in between or without', async () => {
  await using world = await openReviewWorld(definition());
  const { id } = await world.customer({ ...person, additional_name: 'de la Cruz' });
  const by = (name: string, birthDate = '1990-04-17') => found(world, 'name_and_birth_date', name, birthDate);
  for (const name of ['jose maria obrien nunez', 'O’BRIEN NÚÑEZ, José-María', "José María de la Cruz O'Brien-Núñez"])
    assert.deepEqual(await by(name), [id], name);
  assert.deepEqual(await by('José María'), []);
  assert.deepEqual(await by('jose maria obrien nunez', '1990-04-18'), []);
  const body = { field: 'name_and_birth_date', value: 'x' };
  assert.equal(await codeOf(world.desk.search(rob, body)), 'invalid_field');
  assert.equal(
    await codeOf(world.desk.search(rob, { ...body, field: 'tax_id', birthDate: '1990-04-17' })),
    'invalid_field',
  );
});

test('[search.changes] what is changed or withdrawn is found no longer, nor who was erased', async () => {
  await using world = await openReviewWorld(definition());
  const { id, wallet } = await world.customer({ ...person, tax_id: 'T1', email_address: 'a@x.example' });
  await world.put(wallet, { tax_id: 'T2', email_address: '', last_name: 'Poe' }, { type: 'basic' });
  assert.deepEqual(await found(world, 'tax_id', 'T1'), []);
  assert.deepEqual(await found(world, 'tax_id', 'T2'), [id]);
  assert.deepEqual(await found(world, 'email_address', 'a@x.example'), []);
  assert.deepEqual(await found(world, 'name_and_birth_date', 'Jose Maria Poe', person.birth_date), [id]);
  const { proposal } = await world.act(ada, id, { act: 'erase' });
  await world.desk.settle(abe, proposal ?? '', { approve: true });
  assert.deepEqual(await found(world, 'tax_id', 'T2'), []);
  using database = new DatabaseSync(world.databasePath);
  assert.deepEqual(database.prepare("select * from blind_indexes where index_name like 'search.%'").all(), []);
});

test('[search.merge] of two who become one, the one that stays is found by what it took over', async () => {
  await using world = await openReviewWorld(definition());
  const [one, two] = [
    await world.customer({ ...person, tax_id: 'T1' }),
    await world.customer({ ...person, id_number: 'D1' }),
  ];
  assert.equal((await found(world, 'name_and_birth_date', 'jose maria obrien nunez', '1990-04-17')).length, 2);
  await world.act(lea, one.id, { act: 'merge', into: two.id, intoVersion: await world.version(two.id) });
  for (const [field, value] of [
    ['tax_id', 'T1'],
    ['id_number', 'D1'],
  ] as const)
    assert.deepEqual(await found(world, field, value), [two.id]);
});

test('[search.before] customers of before are made findable once, also those whose field the program names later', async () => {
  await using world = await openReviewWorld(definition());
  const ids: string[] = [];
  for (let n = 0; n < 7; n++) ids.push((await world.customer({ tax_id: `T${n}`, city: 'La Paz' })).id);
  using database = new DatabaseSync(world.databasePath);
  const count = (): unknown =>
    database.prepare("select count(*) as n from blind_indexes where index_name like 'search.%'").get();
  database.exec("delete from blind_indexes where index_name like 'search.%'");
  assert.deepEqual(await found(world, 'tax_id', 'T3'), []);
  const { parts } = world.builtIn;
  const all = async (job: CustomerIndexing): Promise<number> => {
    let looked = 0;
    for (let some = await job.runSome(); some > 0; some = await job.runSome()) looked += some;
    return looked;
  };
  assert.equal(await all(new CustomerIndexing(parts)), 7);
  assert.deepEqual(await found(world, 'tax_id', 't-3'), [ids[3]]);
  assert.deepEqual({ ...(count() as object) }, { n: 7 });
  assert.equal(await all(new CustomerIndexing(parts)), 0, 'at the next start there is nothing to do');
  const program = compileProgram(definition({ review: { search: ['city'] } }));
  assert.equal(program.revision, parts.program.revision, 'nobody is decided on anew for it');
  assert.equal(await all(new CustomerIndexing({ ...parts, program })), 7);
  assert.deepEqual({ ...(count() as object) }, { n: 14 });
  const entry = soughtEntry(parts.indexKey, searchIndexes(program).at(-1) ?? assert.fail(), 'la paz', '');
  assert.equal((await world.store.search.find(entry ?? assert.fail(), 50)).length, 7);
  const lines = await world.store.audit.list({ customerId: ids[0] ?? '' }, 100);
  assert.deepEqual(
    lines.filter(({ about }) => about?.['for'] === 'search').map(({ about }) => about?.['fields']),
    [['tax_id'], ['city', 'tax_id']],
  );
});

test('[search.before] whose data does not open keeps nobody else from being found', async () => {
  await using world = await openReviewWorld(definition());
  const ids = [await world.customer({ tax_id: 'T1' }), await world.customer({ tax_id: 'T2' })]
    .map(({ id }) => id)
    .sort();
  using database = new DatabaseSync(world.databasePath);
  database.exec("delete from blind_indexes where index_name like 'search.%'");
  database.prepare("update field_values set sealed = x'00' where customer_id = ?").run(ids[0] ?? '');
  const job = new CustomerIndexing(world.builtIn.parts);
  while ((await job.runSome()) > 0);
  const both = [...(await found(world, 'tax_id', 'T1')), ...(await found(world, 'tax_id', 'T2'))];
  assert.deepEqual(both, [ids[1]]);
  assert.match(world.lines.join('\n'), /cannot be found by their data/);
});

test('[search.roles] it takes a reviewer, and what is asked for in vain is named', async () => {
  await using world = await openReviewWorld(definition());
  const body = { field: 'tax_id', value: 'T1' };
  assert.equal(await codeOf(world.desk.search(vic, body)), 'forbidden');
  assert.equal(await codeOf(world.desk.search(rob, { ...body, field: 'city' })), 'invalid_field');
  assert.equal(await codeOf(world.desk.search(rob, { ...body, value: ' -- ' })), 'invalid_field');
  assert.equal(await codeOf(world.desk.search(rob, { ...body, more: 'x' })), 'invalid_request');
  assert.deepEqual(world.desk.searchFields(rob), [...numbers, 'name_and_birth_date']);
});

test('[search.audit] the trail says who looked by which field and how many there were; the value is nowhere', async () => {
  await using world = await openReviewWorld(definition());
  for (let n = 0; n < 52; n++)
    await world.put({ account: randomAccount() }, { tax_id: 'CANARY-ZQ9XK' }, { type: 'basic' });
  const { customers, isCut } = await world.desk.search(rob, { field: 'tax_id', value: 'CANARY-ZQ9XK' });
  assert.deepEqual([customers.length, isCut], [50, true]);
  assert.deepEqual(customers[0]?.standings, [{ type: 'basic', transactionId: '', state: 'in-review' }]);
  const lines = await world.store.audit.list({}, 10_000);
  const last = lines.at(-1);
  assert.deepEqual(
    [last?.action, last?.actor, last?.customerId, last?.about],
    ['search.made', { kind: 'operator', id: 'rob' }, undefined, { field: 'tax_id', found: 50 }],
  );
  for (const text of [JSON.stringify(lines), world.lines.join('\n'), JSON.stringify(customers)])
    assert.doesNotMatch(text, /CANARY|ZQ9XK/);
});

test('[search.duplicates] whoever shares only what people look for is no duplicate', async () => {
  const checks = { known: { use: 'duplicate' } };
  const types = { basic: { ...definition().types['basic'], decision: 'automatic', checks: ['known'] } } as const;
  await using world = await openReviewWorld(definition({ types, checks }));
  const shared = { ...person, bank_account_number: '4711' };
  await world.customer(shared);
  const { wallet } = await world.customer(shared);
  assert.equal((await world.get(wallet, { type: 'basic' })).status, 'ACCEPTED');
});

test('[search.keys] every field has a key of its own, and no digest depends on anything but value and key', () => {
  const program = compileProgram(definition());
  const [one, other] = [randomBytes(32), randomBytes(32)];
  const read = (): string => 'same1234567@x.example';
  const digests = [one, other].flatMap((key) =>
    searchEntries(key, program, read).entries.map(({ digest }) => Buffer.from(digest).toString('hex')),
  );
  assert.equal(new Set(digests).size, digests.length);
  assert.deepEqual(searchEntries(one, program, read), searchEntries(one, program, read));
  assert.deepEqual(searchEntries(one, program, () => undefined).entries, []);
  assert.deepEqual(searchEntries(one, program, read, ['given_name']).names, ['search.name_and_birth_date']);
});
