import { ar } from './catalogues/ar.ts';
import { en } from './catalogues/en.ts';
import { es } from './catalogues/es.ts';
import { fr } from './catalogues/fr.ts';
import { id } from './catalogues/id.ts';
import { pt } from './catalogues/pt.ts';
import { sw } from './catalogues/sw.ts';
import { vi } from './catalogues/vi.ts';
import type { Catalogue } from './phrase.ts';

/** The languages this server speaks by itself (ISO 639-1). */
export const languages = ['en', 'es', 'pt', 'fr', 'id', 'sw', 'vi', 'ar'] as const;

/** @see languages */
export type Language = (typeof languages)[number];

/** What there is to say, by language. */
export const catalogues: Readonly<Record<Language, Catalogue>> = { en, es, pt, fr, id, sw, vi, ar };

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

/** The first subtag of a lower-case tag: `es` of `es-mx`. */
export function baseOf(tag: string): string {
  return tag.split('-', 1)[0] ?? tag;
}

/** The language of this server that is best for a tag (BCP 47). */
export function toLanguage(tag: string): Language {
  const wanted = tag.toLowerCase();
  const base = baseOf(wanted);
  return languages.find((known) => known === wanted) ?? languages.find((known) => known === base) ?? 'en';
}
