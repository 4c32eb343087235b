import { resolve } from 'node:path';

/** Where customers are kept. The URL may hold a password: it is in no message and no log. */
export type Database =
  | { readonly engine: 'sqlite'; readonly path: string }
  | { readonly engine: 'postgres'; readonly url: string };

/** The database that a text names: `sqlite:PATH` or a URL of PostgreSQL's; undefined when it names none. */
export function readDatabaseUrl(text: string): Database | undefined {
  const [, path] = /^sqlite:(.+)$/.exec(text) ?? [];
  if (path !== undefined) return { engine: 'sqlite', path: resolve(path) };
  const url = /^postgres(?:ql)?:\/\//.test(text) ? URL.parse(text) : null;
  return url === null || url.pathname.length < 2 ? undefined : { engine: 'postgres', url: text };
}
