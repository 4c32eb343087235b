/** Text for a customer to read: one for all, or by language tag (BCP 47) with `en` as the last resort. */
export type LocalizedText = string | Readonly<Record<string, string>>;

/**
 * The best of the known languages for the one that was asked: itself, else its base language, else English.
 * Choice: an unknown or malformed tag is no error, it falls back (ruling 12).
 * @param known lower-case language tags
 */
export function resolveLanguage(asked: string, known: ReadonlySet<string>): string {
  const wanted = asked.toLowerCase();
  if (known.has(wanted)) return wanted;
  const base = baseOf(wanted);
  return known.has(base) ? base : 'en';
}

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

function baseOf(tag: string): string {
  return tag.split('-', 1)[0] ?? tag;
}
