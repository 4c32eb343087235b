import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createAnchor, defineProgram, type ProgramDefinition } from 'anchor-kyc';
import programInTypeScript from '../../examples/program.ts';
import { runProgram } from '../e2e/started-process.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { type Answer, Wallet } from './wallet.ts';

const hostUrl = 'http://localhost:3000';
const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const programInJson = JSON.parse(await readFile(path('examples/program.json'), 'utf8')) as ProgramDefinition;

/** What a wallet sees of a program on its way through all of it. */
async function walkThrough(program: ProgramDefinition): Promise<readonly Answer[]> {
  await using directory = await temporaryDirectory();
  const anchor = await createAnchor({ program, hostUrl, localMode: true, dataDir: directory.path, logLevel: 'silent' });
  const wallet = await new Wallet(anchor.fetch).signIn(hostUrl);
  const type = 'large-sender';
  const name = { first_name: 'Ada', last_name: 'Lovelace' };
  const answers = [
    await wallet.get(),
    await wallet.get({ type, lang: 'es' }),
    await wallet.get({ type: 'sep31-receiver', lang: 'es-MX' }),
    await wallet.get({ type: 'unheard-of' }),
    await wallet.put({ ...name, address_country_code: 'FRA' }),
    await wallet.put({ ...name, address_country_code: 'MEX', favourite_colour: 'blue' }),
    await wallet.get(),
    await wallet.put({ type, source_of_funds: 'lottery' }),
    await wallet.put({ type, monthly_amount: 'much' }),
    await wallet.put({ type, source_of_funds: 'Ahorros', monthly_amount: '2500', employed_since: '2020-02-29' }),
    await wallet.get({ type }),
    await wallet.putPhoto({ type }),
    await wallet.putPhoto({ type }, 'tax_return'),
    await wallet.get({ type, lang: 'es' }),
  ];
  await anchor.close();
  const { id } = answers[5]?.body ?? {};
  return JSON.parse(JSON.stringify(answers).replaceAll(id, 'the id')) as Answer[];
}

test('[program.json] a program in TypeScript and the same in JSON ask for the same and behave the same', async () => {
  const { $schema: _, ...said } = programInJson;
  assert.deepEqual(said, programInTypeScript);
  assert.deepEqual(await walkThrough(programInJson), await walkThrough(programInTypeScript));
});

test('[program.json] the example asks in two languages, takes labels and values, and leaves a review to people', async () => {
  const answers = await walkThrough(programInJson);
  const [stranger, large, receiver, unknown, outside, put, sender, lottery, much, known, half, , , done] = answers;
  assert.deepEqual(Object.keys(stranger?.body.fields), [
    'first_name',
    'last_name',
    'birth_date',
    'address_country_code',
  ]);
  assert.deepEqual(large?.body.fields.source_of_funds, {
    type: 'string',
    description: 'De dónde viene el dinero',
    choices: ['Salario', 'Ahorros', 'Venta de un bien'],
  });
  assert.equal(receiver?.body.fields.clabe_number.description, 'CLABE, 18 dígitos');
  assert.match(unknown?.body.error, /sep31-sender, sep31-receiver, large-sender/);
  assert.equal(outside?.body.error, "'address_country_code' is invalid: expected one of 'MEX', 'USA'");
  assert.equal(put?.status, 202);
  assert.equal(sender?.body.status, 'ACCEPTED');
  assert.equal(lottery?.status, 400);
  assert.equal(much?.status, 400);
  assert.equal(known?.status, 202);
  assert.equal(half?.body.status, 'NEEDS_INFO');
  assert.deepEqual(Object.keys(half?.body.fields), ['photo_id_front', 'tax_return']);
  assert.equal(done?.body.status, 'PROCESSING');
  assert.equal(done?.body.message, 'Revisamos sus documentos. Tarda un día hábil.');
  assert.equal(done?.body.provided_fields.tax_return.status, 'PROCESSING');
});

test('[program.json] KYC_PROGRAM takes either file, and what is wrong with a program is told at the start', async () => {
  const expected = /sep31-sender: 4 fields, automatic[\s\S]*large-sender: 7 fields, review/;
  for (const file of ['examples/program.ts', 'examples/program.json']) {
    const { code, stdout } = await runProgram(['check'], { LOCAL_MODE: '1', KYC_PROGRAM: path(file) });
    assert.equal(code, 0);
    assert.match(stdout, expected);
  }
  const wrong = { types: { sender: { decision: 'automatic', fields: { shoe_size: {} } } } } as ProgramDefinition;
  assert.throws(() => defineProgram(wrong), /types\.sender\.fields\.shoe_size\.type: expected/);
});

test('[program.json] docs/programs.md explains every property of a program', async () => {
  const source = await readFile(path('src/kyc/program.ts'), 'utf8');
  const docs = await readFile(path('docs/programs.md'), 'utf8');
  const definitions = [...source.matchAll(/^export interface (\w+Definition) /gm)].map(([, name = '']) => name);
  assert.equal(definitions.length, 9);
  for (const name of definitions) {
    const [, body = ''] = new RegExp(`interface ${name} \\{([^}]*)\\n\\}`).exec(source) ?? [];
    const properties = [...body.matchAll(/readonly (\w+)\??:/g)].map(([, property]) => property);
    assert.notEqual(properties.length, 0, name);
    for (const property of properties) assert.ok(docs.includes(`| \`${property}\` |`), `${name}.${property}`);
  }
});
