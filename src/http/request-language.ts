/**
 * The language that a request asks for outside its body: `lang` in the query, else the first of Accept-Language, else English.
 * Any text may come out, as any may be sent; what no message is written in falls back (ruling 12).
 */
export function requestLanguage({ url, headers }: Request): string {
  return queryLanguage(url) ?? (headers.get('accept-language') ?? '').split(/[,;]/, 1)[0]?.trim() ?? '';
}

function queryLanguage(url: string): string | undefined {
  const mark = url.indexOf('?');
  return mark < 0 ? undefined : new URLSearchParams(url.slice(mark + 1)).get('lang') || undefined;
}
