import type { Operator, Role } from '../kyc/review/operator.ts';
import type { SignedIn } from '../operators/sessions.ts';
import type { ConsoleParts } from './console-parts.ts';
import type { Form } from './form.ts';
import type { Html } from './look/html.ts';

/** A request on its way to a page. */
export interface Visit {
  readonly parts: ConsoleParts;
  readonly request: Request;
  /** The named parts of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** What was sent; empty for a GET. */
  readonly form: Form;
  readonly requestId: string;
  /** The cookie of the session, whether or not it opens one. */
  readonly token: string | undefined;
}

/** A request of somebody who has signed in. */
export interface SignedInVisit extends Visit {
  readonly signedIn: SignedIn;
  readonly operator: Operator;
  /** What every form of this session carries. */
  readonly formToken: string;
}

/** What a page answers. */
export type Answer =
  | { readonly page: Html; readonly title: string; readonly status?: number; readonly cookies?: readonly string[] }
  | { readonly goTo: string; readonly cookies?: readonly string[] }
  | { readonly raw: Response };

/** A page, or what a form does. `role`: what it takes at least; `nobody` for those that are shown without signing in. */
export type PageRoute = { readonly method: 'GET' | 'POST'; readonly path: string } & (
  | { readonly role: Role; handle(visit: SignedInVisit): Promise<Answer> }
  | { readonly role: 'nobody'; handle(visit: Visit): Promise<Answer> }
);
