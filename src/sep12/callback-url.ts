import { isIP } from 'node:net';
import { InvalidRequest } from '../errors.ts';
import { isAllowedAddress } from '../lib/guarded-fetch.ts';

const maxUrlLength = 2048;

/** Names that mean something on somebody's own network only. */
const localDomains = ['localhost', 'localdomain', 'local', 'internal', 'lan', 'home.arpa'];

/**
 * A callback URL in its one canonical spelling, so that what is posted to is what was judged. It leads to a public https server on
 * port 443; in local mode (`allowLoopback`) also to a developer's own machine, by http and on any port. Names are not looked up:
 * that is done at every delivery, when the answer counts.
 * @throws InvalidRequest when `url` is missing or may not be posted to (ruling 25)
 * @see SEP-12 § Customer callback PUT
 */
export function callbackUrl(text: string | undefined, allowLoopback: boolean): string {
  if (text === undefined) throw new InvalidRequest({ key: 'error.callback_url_required' }, { field: 'url' });
  const url = isPlain(text) ? URL.parse(text) : null;
  if (url === null || !isPostable(url, allowLoopback)) throw badUrl();
  // Never sent to a server; https://a/#x is https://a/.
  url.hash = '';
  if (url.href.length > maxUrlLength) throw badUrl();
  return url.href;
}

/** Choice: spaces, control characters and backslashes, which the URL parser would drop or turn round, are no part of a URL. */
function isPlain(text: string): boolean {
  return text.length <= maxUrlLength && text.isWellFormed() && !/[\p{Cc}\p{Z}\\]/u.test(text);
}

function isPostable(url: URL, allowLoopback: boolean): boolean {
  if (url.username !== '' || url.password !== '') return false;
  if (url.protocol !== 'https:' && !(allowLoopback && url.protocol === 'http:')) return false;
  if (url.port !== '' && !allowLoopback) return false;
  // The URL parser has turned every spelling of an address (decimal, octal, hexadecimal, full-width) into the usual one.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) === 0 ? isPublicName(host, allowLoopback) : isAllowedAddress(host, allowLoopback);
}

function isPublicName(host: string, allowLoopback: boolean): boolean {
  const name = host.replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return allowLoopback;
  const labels = name.split('.');
  const isName = name.length <= 253 && labels.length > 1 && labels.every((label) => /^[a-z0-9_-]{1,63}$/.test(label));
  return isName && !localDomains.some((domain) => name === domain || name.endsWith(`.${domain}`));
}

function badUrl(): InvalidRequest {
  return new InvalidRequest({ key: 'error.callback_url_invalid' }, { field: 'url' });
}
