import type { Reply } from '../reply.ts';
import type { Route } from '../route.ts';
import { documentAbout, pageAbout } from './about-others.ts';
import { type OpenApiSettings, openApiDocument } from './document.ts';
import { openApiPage } from './page.ts';

/**
 * The description of these routes and its own; with `withPage`, readable as a page too.
 * It is composed at the first request and only its text is kept: most servers are never asked.
 */
export function openApiRoutes(
  served: readonly Route[],
  settings: OpenApiSettings & { readonly withPage: boolean },
): readonly Route[] {
  const document = once((): Reply => {
    const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'public, max-age=60' };
    return { status: 200, body: JSON.stringify(openApiDocument(all, settings)), headers };
  });
  const page = once((): Reply => {
    const { html, contentSecurityPolicy } = openApiPage(openApiDocument(all, settings));
    const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': contentSecurityPolicy };
    return { status: 200, body: html, headers };
  });
  const own: readonly Route[] = [
    { method: 'GET', path: '/openapi.json', about: documentAbout, handle: async () => document() },
    ...(settings.withPage
      ? [{ method: 'GET', path: '/docs', about: pageAbout, handle: async () => page() } as const]
      : []),
  ];
  const all = [...served, ...own];
  return own;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
