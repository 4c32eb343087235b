import type { Readable } from 'node:stream';
import { givenTwice } from './field-label.ts';
import type { About } from './openapi/about.ts';
import type { Reply } from './reply.ts';

/** A request on its way to a route. */
export interface Call {
  readonly request: Request;
  /** Its body where it comes from, on a server of our own: read from there it is not copied, and does not wait in further queues. */
  readonly incoming: Readable | undefined;
  /**
   * The query without empty values, which some clients send (ruling 30).
   * @throws InvalidRequest for a parameter given twice with different values, as it could mean two people
   */
  query(): ReadonlyMap<string, string>;
  /** The part of the path that the route left open (`/customer/:account`, `/transactions/:id/callback`), as sent. */
  readonly account: string | undefined;
  readonly requestId: string;
  /** Notes the language that the body asks for, should the answer be an error; the query and the headers are looked at anyway. */
  answerIn(lang: string | undefined): void;
}

/** The methods wallets use. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One endpoint. */
export interface Route {
  readonly method: Method;
  /** Its path, of which the last segment or the one before may be open (`:account`); also its name in the log, which never sees a real path. */
  readonly path: string;
  /** What /openapi.json says of it; `page` for what people look at, which it does not tell of. */
  readonly about: About | 'page';
  /** Whether no web page of another origin may call it: it is not for wallets. */
  readonly isPrivate?: true;
  handle(call: Call): Promise<Reply>;
}

/** @see Call.query */
export function readQuery(url: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  const mark = url.indexOf('?');
  if (mark < 0) return query;
  for (const [name, value] of new URLSearchParams(url.slice(mark + 1))) {
    if (value === '') continue;
    if ((query.get(name) ?? value) !== value) throw givenTwice(name);
    query.set(name, value);
  }
  return query;
}
