import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languages } from '../../src/messages/languages.ts';
import { sep9Fields } from '../../src/sep9/catalogue.ts';
import { openTestAnchor, randomAccount } from '../support/test-anchor.ts';

const askable = [...sep9Fields.keys()].filter((name) => name !== 'card.cvc');
const program = {
  types: { all: { decision: 'review', fields: Object.fromEntries(askable.map((name) => [name, { optional: true }])) } },
} as const;

test('[ruling.12] [sep12.get.lang] [sep12.fields.description] every SEP-9 field is described in the language asked', async () => {
  await using anchor = await openTestAnchor({ program });
  const english = (await anchor.json(randomAccount(), 'GET', '/customer')).body.fields;
  for (const lang of languages.filter((language) => language !== 'en')) {
    const { fields } = (await anchor.json(randomAccount(), 'GET', `/customer?lang=${lang}`)).body;
    assert.deepEqual(Object.keys(fields), Object.keys(english), 'names are not translated');
    for (const name of askable) {
      assert.notEqual(fields[name].description, english[name].description, `${lang} ${name}`);
      assert.equal(fields[name].type, english[name].type, 'types are not translated');
    }
  }
  for (const name of askable) assert.equal(english[name].description, sep9Fields.get(name)?.description);
});

test('[ruling.12] [sep12.fields.choices] SEP-9 choices are told in the language asked, taken in any, and kept as their values', async () => {
  await using anchor = await openTestAnchor({ program });
  const sub = randomAccount();
  const choicesIn = async (lang: string): Promise<string[]> =>
    (await anchor.json(randomAccount(), 'GET', `/customer?lang=${lang}`)).body.fields.sex.choices;
  assert.deepEqual(await choicesIn('en'), ['male', 'female', 'other']);
  assert.deepEqual(await choicesIn('es-MX'), ['masculino', 'femenino', 'otro']);
  assert.deepEqual(await choicesIn('ar'), ['ذكر', 'أنثى', 'غير ذلك']);
  const first = await anchor.json(sub, 'PUT', '/customer', { sex: 'female' });
  for (const lang of languages) {
    const [, female] = await choicesIn(lang);
    const again = await anchor.json(sub, 'PUT', '/customer', { sex: female, lang });
    assert.deepEqual([again.status, again.body], [202, first.body], lang);
  }
});

test('[ruling.12] [sep12.get.lang] the message of a customer under review is in the language asked, its status is not', async () => {
  await using anchor = await openTestAnchor({ program });
  const sub = randomAccount();
  await anchor.json(sub, 'PUT', '/customer', { first_name: 'Ana' });
  const messages = new Set<string>();
  for (const lang of [...languages, 'sw-KE']) {
    const { status, message, provided_fields } = (await anchor.json(sub, 'GET', `/customer?lang=${lang}`)).body;
    assert.equal(status, 'PROCESSING');
    assert.equal(provided_fields.given_name.status, 'PROCESSING');
    messages.add(message);
  }
  assert.equal(messages.size, languages.length);
});
