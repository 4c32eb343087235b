import { timingSafeEqual } from 'node:crypto';
import { KycError } from '../errors.ts';

/** On every answer. Nothing is loaded from elsewhere, nothing runs that is not a file of ours, and no page may show this one in a frame. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  // Not less: a browser that is to tell nothing sends no origin with a form either.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
  'X-Robots-Tag': 'noindex',
};

/** A file of a customer's is nothing but an image or something to be saved: if opened as a page it can do nothing. */
export const fileHeaders: Readonly<Record<string, string>> = {
  ...pageHeaders,
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
};

/** Every browser says where a form comes from. @throws KycError `forbidden` unless it is a page of ours */
export function requireOwnOrigin(request: Request, origin: string): void {
  const site = request.headers.get('sec-fetch-site');
  const isOwn = request.headers.get('origin') === origin && (site === null || site === 'same-origin');
  if (!isOwn) throw new KycError('forbidden', 'this form was not sent by a page of the console');
}

/** @throws KycError `forbidden` unless the form was made for this session */
export function requireFormToken(sent: string, expected: string): void {
  const [a, b] = [Buffer.from(sent), Buffer.from(expected)];
  if (a.length !== b.length || !timingSafeEqual(a, b))
    throw new KycError('forbidden', 'this form is of another session: open the page again');
}
