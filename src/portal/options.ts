import { getAlpha2Codes, getAlpha3Codes } from 'i18n-iso-countries/index.js';
import iso639 from 'iso-639-1';
import type { Language } from '../messages/languages.ts';

/** What can be chosen: a value, and what it is called. */
export type Option = readonly [value: string, label: string];

/** The lists that are the same for every customer. */
export type OptionList = 'country_alpha3' | 'country_alpha2' | 'language';

const made = new Map<string, readonly Option[]>();

/** The list in the language, in its alphabet's order. Made at its first use: most servers speak one or two. */
export function optionsOf(list: OptionList, lang: Language): readonly Option[] {
  const name = `${list} ${lang}`;
  const known = made.get(name) ?? make(list, lang);
  made.set(name, known);
  return known;
}

function make(list: OptionList, lang: Language): readonly Option[] {
  const names = new Intl.DisplayNames(lang, { type: list === 'language' ? 'language' : 'region' });
  const { compare } = new Intl.Collator(lang);
  return codesOf(list)
    .map(([value, code]): Option => [value, names.of(code) ?? value])
    .sort(([, one], [, other]) => compare(one, other));
}

/** By the code that is sent, the one that names are known by. */
function codesOf(list: OptionList): (readonly [string, string])[] {
  if (list === 'language') return iso639.getAllCodes().map((code) => [code, code]);
  return list === 'country_alpha3'
    ? Object.entries(getAlpha3Codes())
    : Object.keys(getAlpha2Codes()).map((code) => [code, code]);
}
