import { baseOf } from '../messages/languages.ts';

/** Text for a customer to read: one for all, or by language tag (BCP 47) with `en` as the last resort. */
export type LocalizedText = string | Readonly<Record<string, string>>;

/** The text in the language, else in its base language, else in English, else whatever there is. */
export function localize(text: LocalizedText, lang: string): string {
  if (typeof text === 'string') return text;
  const byTag = new Map(Object.entries(text).map(([tag, translation]) => [tag.toLowerCase(), translation]));
  return byTag.get(lang) ?? byTag.get(baseOf(lang)) ?? byTag.get('en') ?? [...byTag.values()][0] ?? '';
}

/** The language tags of a text, lower-case. */
export function languagesOf(text: LocalizedText): string[] {
  return typeof text === 'string' ? [] : Object.keys(text).map((tag) => tag.toLowerCase());
}
