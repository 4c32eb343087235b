import { IntlMessageFormat } from 'intl-messageformat';
import { en } from './catalogues/en.ts';
import { catalogues, type Language, languages, toLanguage } from './languages.ts';
import type { MessageKey, Phrase, PhraseParam, PlainKey } from './phrase.ts';

/** More than there are patterns to compile in all languages together; a bound all the same. */
const maxCompiled = 1000;
const compiled = new Map<string, IntlMessageFormat>();

/** The phrase in the language of the tag (BCP 47), else in its base language, else in English. */
export function translate(phrase: Phrase, tag: string): string {
  return say(phrase, toLanguage(tag));
}

/** The phrase by language, for whoever chooses later. */
export function inEveryLanguage(phrase: Phrase): Readonly<Record<Language, string>> {
  const entries = languages.map((language) => [language, say(phrase, language)] as const);
  return Object.fromEntries(entries) as Record<Language, string>;
}

/** Whether there is a message of that name which needs nothing put into it. */
export function isPlainKey(key: string): key is PlainKey {
  return Object.hasOwn(en, key) && !en[key as MessageKey].includes('{');
}

function say({ key, params }: Phrase, language: Language): string {
  const pattern = catalogues[language][key];
  // Most messages are plain text, and plain text without an apostrophe is its own pattern.
  if (!/[{}']/.test(pattern)) return pattern;
  const values = Object.entries<PhraseParam>(params ?? {}).map(([name, value]) => [
    name,
    typeof value === 'object' ? say(value, language) : value,
  ]);
  return String(compile(pattern, key, language).format(Object.fromEntries(values)));
}

function compile(pattern: string, key: MessageKey, language: Language): IntlMessageFormat {
  const name = `${language} ${key}`;
  const known = compiled.get(name);
  if (known !== undefined) return known;
  if (compiled.size >= maxCompiled) compiled.clear();
  // A '<' is a '<': messages are plain text.
  const format = new IntlMessageFormat(pattern, language, undefined, { ignoreTag: true });
  compiled.set(name, format);
  return format;
}
