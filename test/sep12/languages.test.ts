import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { versionOf } from './support.ts';

const colours = [
  { value: 'red', label: { en: 'Red', es: 'Rojo', 'pt-BR': 'Vermelho' } },
  { value: 'green', label: { en: 'Green', es: 'Verde', 'pt-BR': 'Verde-claro' } },
  'blue',
];
const program = {
  types: {
    basic: {
      decision: 'review',
      processingMessage: { en: 'Wait.', es: 'Espere.' },
      fields: {
        colour: { type: 'string', description: { en: 'Colour', es: 'Color', fr: 'Couleur' }, choices: colours },
        nickname: { type: 'string', description: 'Nickname', optional: true },
      },
    },
  },
} as const;

async function colourIn(anchor: TestAnchor, lang: string): Promise<{ description: string; choices: string[] }> {
  const got = await anchor.json(randomAccount(), 'GET', `/customer?${new URLSearchParams({ lang })}`);
  assert.equal(got.status, 200, lang);
  return got.body.fields.colour;
}

test('[ruling.12] [sep12.get.lang] [sep12.fields.choices] descriptions and choices come in the language asked, else in its base, else in English', async () => {
  await using anchor = await openTestAnchor({ program });
  const expected = [
    ['', 'Colour', ['Red', 'Green', 'blue']],
    ['en', 'Colour', ['Red', 'Green', 'blue']],
    ['es', 'Color', ['Rojo', 'Verde', 'blue']],
    ['es-MX', 'Color', ['Rojo', 'Verde', 'blue']],
    ['ES-419', 'Color', ['Rojo', 'Verde', 'blue']],
    ['fr', 'Couleur', ['Red', 'Green', 'blue']],
    ['pt-BR', 'Colour', ['Vermelho', 'Verde-claro', 'blue']],
    ['pt-PT', 'Colour', ['Red', 'Green', 'blue']],
    ['xx', 'Colour', ['Red', 'Green', 'blue']],
    ['not a tag!', 'Colour', ['Red', 'Green', 'blue']],
    ['__proto__', 'Colour', ['Red', 'Green', 'blue']],
  ] as const;
  for (const [lang, description, choices] of expected) {
    const field = await colourIn(anchor, lang);
    assert.equal(field.description, description, lang);
    assert.deepEqual(field.choices, choices, lang);
  }
});

test('[ruling.12] [sep12.get.lang] messages are in the language asked, names and statuses never', async () => {
  await using anchor = await openTestAnchor({ program });
  const sub = randomAccount();
  await anchor.json(sub, 'PUT', '/customer', { colour: 'red' });
  const english = (await anchor.json(sub, 'GET', '/customer')).body;
  const spanish = (await anchor.json(sub, 'GET', '/customer?lang=es-MX')).body;
  assert.deepEqual([english.message, spanish.message], ['Wait.', 'Espere.']);
  assert.equal(spanish.status, 'PROCESSING');
  assert.equal(spanish.provided_fields.colour.status, 'PROCESSING');
  assert.equal(spanish.fields.nickname.description, 'Nickname', 'a text in one language is for all');
});

test('[ruling.12] [ruling.17] a choice is taken by its value or by its label in any language, and is one value', async () => {
  await using anchor = await openTestAnchor({ program });
  const sub = randomAccount();
  const { id } = (await anchor.json(sub, 'PUT', '/customer', { colour: 'green' })).body;
  for (const colour of ['Green', 'Verde', 'verde', ' VERDE-CLARO ', 'GREEN']) {
    assert.equal((await anchor.json(sub, 'PUT', '/customer', { colour, lang: 'fr' })).status, 202, colour);
    assert.equal(versionOf(anchor, id), 1, `${colour} is what is held`);
  }
  await anchor.json(sub, 'PUT', '/customer', { colour: 'Rojo' });
  assert.equal(versionOf(anchor, id), 2, 'another choice is another value');
});

test('[sep12.fields.choices] a value that is no choice is 400 and the choices are told', async () => {
  await using anchor = await openTestAnchor({ program });
  const put = await anchor.json(randomAccount(), 'PUT', '/customer', { colour: 'mauve' });
  assert.equal(put.status, 400);
  assert.deepEqual(put.body, { error: "'colour' is invalid: expected one of 'red', 'green', 'blue'" });
});

test('[ruling.12] the default program labels its choices in every language of the server, and in English for all others', async () => {
  await using anchor = await openTestAnchor();
  const labels = { es: 'Pasaporte', 'pt-BR': 'Passaporte', vi: 'Hộ chiếu', ar: 'جواز سفر', de: 'Passport' };
  for (const [lang, label] of Object.entries(labels)) {
    const got = await anchor.json(randomAccount(), 'GET', `/customer?type=sep6-withdraw&lang=${lang}`);
    assert.equal(got.body.fields.id_type.choices[0], label, lang);
  }
});
