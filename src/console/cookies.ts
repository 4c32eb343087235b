import type { ConsoleParts } from './console-parts.ts';

type CookieParts = Pick<ConsoleParts, 'isSecure'>;

/** The session's. `__Host-` keeps other hosts of the domain from setting it. */
export function sessionCookieName({ isSecure }: CookieParts): string {
  return isSecure ? '__Host-kyc-console' : 'kyc-console';
}

/** What waits for the browser to come back from the single sign-on. */
export function roundTripCookieName({ isSecure }: CookieParts): string {
  return isSecure ? '__Host-kyc-console-sso' : 'kyc-console-sso';
}

/** Gone when the browser is closed; how long it is good, the server says. */
export function setCookie({ isSecure }: CookieParts, name: string, value: string): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}

export function clearCookie(parts: CookieParts, name: string): string {
  return `${setCookie(parts, name, '')}; Max-Age=0`;
}

/** The value of a cookie. One that is there twice may have been planted, and is none. */
export function readCookie(request: Request, name: string): string | undefined {
  const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  const found = pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
  return found.length === 1 && found[0] !== '' ? found[0] : undefined;
}
