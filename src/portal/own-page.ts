/**
 * Whether a form came from our own page, as far as the browser tells. Under our `Referrer-Policy` browsers send `Origin: null` with our own
 * forms, so it counts only where `Sec-Fetch-Site`, which cannot be made up by a page, is not sent.
 */
export function isFromOwnPage({ headers }: Request, origin: string): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const from = headers.get('origin');
  return from === null || from === 'null' || from === origin;
}
