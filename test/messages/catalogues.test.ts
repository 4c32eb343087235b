import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IntlMessageFormat } from 'intl-messageformat';
import { catalogues, type Language, languages, toLanguage } from '../../src/messages/languages.ts';
import type { Catalogue, MessageKey } from '../../src/messages/phrase.ts';
import { inEveryLanguage, isPlainKey, translate } from '../../src/messages/translate.ts';
import { sep9Fields } from '../../src/sep9/catalogue.ts';

const keys = Object.keys(catalogues.en) as MessageKey[];
const others = languages.filter((language) => language !== 'en');

/** Where another language has no other word than English. */
const alike: Partial<Record<Language, readonly MessageKey[]>> = {};
const alikeEverywhere: readonly MessageKey[] = ['thing.field'];

function compiled(language: Language, key: MessageKey): IntlMessageFormat {
  return new IntlMessageFormat(catalogues[language][key], language, undefined, { ignoreTag: true });
}

/** The names of a pattern's parameters, as the parser finds them: elements of type 1 are arguments. */
function paramsOf(language: Language, key: MessageKey): string[] {
  const elements = compiled(language, key).getAst();
  assert.ok(
    elements.every(({ type }) => type === 0 || type === 1),
    `${language} ${key} has more than plain arguments`,
  );
  return elements.flatMap((element) => (element.type === 1 ? [element.value] : [])).sort();
}

function inQuotes(text: string): string[] {
  return [...text.matchAll(/'([a-z_]+|\{\w+\})'/g)].map(([quoted]) => quoted).sort();
}

test('[messages.complete] every message is there in every language, and no other', () => {
  for (const language of languages) {
    assert.deepEqual(Object.keys(catalogues[language]).sort(), [...keys].sort(), language);
    for (const [key, text] of Object.entries(catalogues[language])) {
      assert.match(text, /\S/, `${language} ${key}`);
      assert.equal(text, text.trim().normalize('NFC'), `${language} ${key}`);
    }
  }
});

test('[messages.icu] every message parses in every language and has the parameters it has in English', () => {
  for (const language of languages)
    for (const key of keys) assert.deepEqual(paramsOf(language, key), paramsOf('en', key), `${language} ${key}`);
});

test('[messages.names] what stands in quotes is the same in every language: names are not translated', () => {
  const literal = (text: string): string => text.replaceAll("''", "'");
  for (const language of others) {
    for (const key of keys.filter((name) => !name.startsWith('field.') && !name.startsWith('choice.'))) {
      const [here, english] = [catalogues[language][key], catalogues.en[key]].map(literal).map(inQuotes);
      assert.deepEqual(here, english, `${language} ${key}`);
    }
  }
});

test('[messages.translated] no message is a copy of the English one', () => {
  for (const language of others) {
    const copies = keys.filter((key) => catalogues[language][key] === catalogues.en[key]);
    const allowed = [...alikeEverywhere, ...(alike[language] ?? [])];
    assert.deepEqual(
      copies.filter((key) => !allowed.includes(key)),
      [],
      language,
    );
  }
});

test('[messages.codes] codes, tokens and numbers of the English messages stand in every translation', () => {
  const codes =
    /\b(?:YYYY-MM-DD|YY-MM|E\.164|\d+(?:-\d+)?|ISO \d+-\d|ISCO-08|alpha-[23]|multipart\/form-data|UTF-8|JSON|SIGNING_KEY)\b/g;
  const inWords: readonly string[] = ['1', '3'];
  for (const language of others) {
    for (const key of keys) {
      for (const [code] of catalogues.en[key].matchAll(codes)) {
        const found = catalogues[language][key].includes(code) || inWords.includes(code);
        assert.ok(found, `${language} ${key} lacks ${code}`);
      }
    }
  }
});

test('[messages.rtl] in Arabic, whatever is written from left to right is isolated', () => {
  const spoken: readonly string[] = ['{rule}', '{description}', '{what}', '{label}'];
  for (const key of keys) {
    const text = catalogues.ar[key];
    const outside = spoken
      .reduce((left, param) => left.replaceAll(param, ''), text)
      .replace(/\u2068[^\u2068\u2069]*\u2069/g, '');
    assert.doesNotMatch(outside, /[A-Za-z{}'\u2068\u2069+/]|\d-\d/, `ar ${key}: ${outside}`);
    assert.doesNotMatch(text, /[\u200E\u200F\u202A-\u202E\u2066\u2067]/, `ar ${key}: no other direction controls`);
    if (key !== 'thing.field') assert.match(text, /\p{Script=Arabic}|^\u2068/u, key);
  }
  for (const language of others.filter((name) => name !== 'ar'))
    for (const text of Object.values(catalogues[language])) assert.doesNotMatch(text, /[\u2066-\u2069]/, language);
});

test('[messages.rtl] an Arabic message with names from outside closes what it opens', () => {
  const told = translate(
    {
      key: 'error.invalid_field',
      params: { field: 'id_type', rule: { key: 'rule.choices', params: { choices: "'passport', 'id_card'" } } },
    },
    'ar',
  );
  assert.equal(told, "\u2068'id_type'\u2069 غير صالح: المتوقع إحدى القيم \u2068'passport', 'id_card'\u2069");
});

test('[messages.fields] every field of SEP-9 is described in every language, in one line of its own', () => {
  for (const language of languages) {
    const descriptions = [...sep9Fields.values()].map(({ phrase }) => translate(phrase, language));
    for (const description of descriptions) assert.match(description, /^[^\n{}]{1,160}[^.\n]$/u, language);
    assert.equal(new Set(descriptions).size, sep9Fields.size, `${language}: two fields with one description`);
  }
  for (const { phrase, description } of sep9Fields.values()) assert.equal(translate(phrase, 'en'), description);
});

test('[messages.fields] the choices of SEP-9 are labelled in every language, in English by themselves', () => {
  for (const { name, choices = [] } of sep9Fields.values()) {
    for (const value of choices) {
      const key = `choice.${name.replace('organization.', '')}.${value}`;
      assert.ok(isPlainKey(key), key);
      assert.equal(translate({ key }, 'en'), value);
      const labels = languages.map((language) => translate({ key }, language).toLowerCase());
      for (const other of choices.filter((known) => known !== value)) {
        const otherKey = key.replace(new RegExp(`${value}$`), other);
        assert.ok(isPlainKey(otherKey));
        for (const label of Object.values(inEveryLanguage({ key: otherKey })))
          assert.ok(!labels.includes(label.toLowerCase()), `${label} means both ${value} and ${other}`);
      }
    }
  }
});

test('[ruling.12] [messages.fallback] a tag falls back to its base language, and what is none to English', () => {
  const expected: readonly (readonly [tag: string, language: Language])[] = [
    ['es', 'es'],
    ['es-MX', 'es'],
    ['ES-419', 'es'],
    ['pt-BR', 'pt'],
    ['ar-EG', 'ar'],
    ...['zh', 'zh-Hant-TW', '', '*', 'not a tag!', '__proto__', 'constructor', 'es_MX', 'x'.repeat(10_000)].map(
      (tag) => [tag, 'en'] as const,
    ),
  ];
  for (const [tag, language] of expected) assert.equal(toLanguage(tag), language, tag.slice(0, 20));
  assert.equal(translate({ key: 'field.birth_date' }, 'es-MX'), 'Fecha de nacimiento');
  assert.equal(translate({ key: 'field.birth_date' }, 'zh'), 'Date of birth');
});

test('[messages.params] what is put into a message is never read as a pattern', () => {
  const hostile = "{field} '' <b> # {n, plural, one {x} other {y}}";
  for (const language of languages) {
    const told = translate({ key: 'error.required', params: { field: hostile } }, language);
    assert.ok(told.includes(hostile), told);
  }
});

test('[messages.numbers] numbers are told in plain digits in every language', () => {
  const phrase = { key: 'rule.length', params: { max: 1000 } } as const;
  for (const [language, told] of Object.entries(inEveryLanguage(phrase))) assert.match(told, /1000/, language);
});

test('[messages.plain] a key is plain when nothing has to be put into its message', () => {
  const catalogue: Catalogue = catalogues.en;
  for (const key of keys) assert.equal(isPlainKey(key), !catalogue[key].includes('{'), key);
  for (const key of ['', 'toString', '__proto__', 'field.nickname']) assert.equal(isPlainKey(key), false, key);
});
