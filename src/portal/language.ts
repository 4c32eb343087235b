import { type Language, languages, toLanguage } from '../messages/languages.ts';

/** The language a visitor is spoken to in: the one their link or they themselves chose, else the browser's. */
export interface Spoken {
  /** As it was asked for, BCP 47: programs may have texts in more languages than this server. */
  readonly tag: string;
  readonly lang: Language;
}

export function spokenTo(request: Request, chosen: string | undefined): Spoken {
  const tag = chosen ?? acceptedBy(request) ?? 'en';
  return { tag, lang: toLanguage(tag) };
}

/** The first language of `Accept-Language` that there are messages in; browsers list the best first. */
function acceptedBy({ headers }: Request): string | undefined {
  const tags = (headers.get('accept-language') ?? '').slice(0, 200).split(',');
  return tags.map((entry) => entry.split(';', 1)[0]?.trim() ?? '').find((tag) => isSpoken(tag));
}

function isSpoken(tag: string): boolean {
  return languages.some((known) => known === tag.toLowerCase().split('-', 1)[0]);
}

/** A language tag out of a URL: one of ours, or nothing. */
export function askedLanguage(url: string): Language | undefined {
  const asked = new URL(url, 'http://localhost').searchParams.get('lang');
  return languages.find((known) => known === asked);
}
