import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileProgram, defineProgram } from '../../src/kyc/compile-program.ts';
import { defaultProgram } from '../../src/kyc/default-program.ts';

function faultsOf(definition: unknown): string {
  try {
    compileProgram(definition);
    return '';
  } catch (error) {
    assert.ok(error instanceof TypeError);
    return error.message;
  }
}

const type = (fields: unknown, more: object = {}): unknown => ({
  types: { t: { decision: 'automatic', fields, ...more } },
});

test('[program.default] the shipped program has the four types, one of them with a photo', () => {
  const program = compileProgram(defaultProgram);
  assert.deepEqual([...program.types.keys()], ['sep31-sender', 'sep31-receiver', 'sep6-deposit', 'sep6-withdraw']);
  assert.equal(program.types.get('sep6-withdraw')?.fields.get('photo_id_front')?.format.type, 'binary');
  assert.equal(program.defaultType.name, 'sep31-sender');
});

test('[program.faults] every fault is named with its path, all at once', () => {
  const faults = faultsOf({
    defaultType: 'nobody',
    unknownFields: 'maybe',
    colour: 'red',
    types: {
      one: {
        decision: 'guess',
        fields: { first_name: { optional: 'yes' }, nick: {}, photo_id_front: { type: 'string' } },
      },
      'bad name!': { decision: 'review', fields: [] },
      two: {
        decision: 'review',
        fields: { sex: { choices: [] }, id_type: { choices: ['a', 7] }, city: { description: { en: 3 } } },
      },
    },
  });
  const paths = [
    'defaultType:',
    'unknownFields:',
    'colour:',
    'types.one.decision:',
    'types.one.fields.first_name.optional:',
    'types.one.fields.nick.type:',
    'types.one.fields.nick.description:',
    'types.one.fields.photo_id_front.type:',
    'types.bad name!:',
    'types.bad name!.fields:',
    'types.two.fields.sex.choices:',
    'types.two.fields.id_type.choices[1]:',
    'types.two.fields.city.description.en:',
  ];
  for (const path of paths) assert.ok(faults.includes(path), `${path} is not in\n${faults}`);
});

test('[program.faults] what is no program at all is refused', () => {
  for (const definition of [undefined, null, 7, 'x', [], {}, { types: {} }, { types: [] }])
    assert.notEqual(faultsOf(definition), '');
});

test('[ruling.20] a program cannot ask for a card verification code, which is never stored', () => {
  assert.match(faultsOf(type({ 'card.cvc': {} })), /types\.t\.fields\.card\.cvc: .*never stored/);
});

test('[program.faults] one field in two spellings, or under a name that is taken, is refused', () => {
  assert.match(faultsOf(type({ first_name: {}, given_name: {} })), /first_name, given_name, which are the same field/);
  const own = { type: 'string', description: 'x' };
  assert.match(faultsOf(type({ nick_verification: own, nick_file_id: own })), /nick_verification[\s\S]*nick_file_id/);
  assert.match(faultsOf(type({ callback_url: own })), /callback_url: expected another name/);
  assert.match(faultsOf(type({ ['__proto__x!']: own })), /a name of up to 64/);
});

test('[program.own] fields that are not in SEP-9 say their type and description', () => {
  const program = compileProgram(type({ loyalty_tier: { type: 'number', description: 'Your tier' } }));
  const field = program.defaultType.fields.get('loyalty_tier');
  assert.equal(field?.format.type, 'number');
  assert.equal(field?.description, 'Your tier');
});

test('[program.define] a program written in TypeScript is checked where it is written', () => {
  assert.equal(defineProgram(defaultProgram), defaultProgram);
  assert.throws(
    () => defineProgram({ types: { t: { decision: 'automatic', fields: { nick: {} } } } }),
    /types\.t\.fields\.nick/,
  );
});
