/**
 * The language that a request asks for outside its body: `lang` in the query, else English.
 * Choice: Accept-Language is not looked at. The SEP has its own parameter with English as default, and clients that find the field in
 * an English error message send that header without having asked for another language.
 * @see SEP-12 § Customer GET, lang
 */
export function requestLanguage({ url }: Request): string {
  const mark = url.indexOf('?');
  return (mark < 0 ? undefined : new URLSearchParams(url.slice(mark + 1)).get('lang')) || 'en';
}
