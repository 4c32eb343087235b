import type { KycErrorCode } from '../../errors.ts';
import type { BodyName } from './request-bodies.ts';
import type { Json, ReplySchema } from './schemas.ts';

/** Under which heading an endpoint stands. */
export const tags = {
  'SEP-1': 'Where wallets learn about this anchor.',
  'SEP-10': 'Signing in with a Stellar account.',
  'SEP-12': "A customer's data: what is asked, what was received, and its deletion.",
  'SEP-6': 'Deposits and withdrawals, which wait for their customer.',
  'SEP-31': 'Payments that sending anchors ask for, and that wait for their customers.',
  Operators: 'For the people who decide: the queue, customers, decisions. They sign in with a token of their own.',
  Operation: 'For whoever runs this server, and for whoever writes a client of it.',
} as const;

/** @see tags */
export type Tag = keyof typeof tags;

/** A parameter outside the body. An empty one counts as not sent. */
export interface ParameterAbout {
  readonly name: string;
  readonly in: 'query' | 'path';
  readonly required?: boolean;
  readonly description: string;
  readonly schema: Json;
}

/** A reply that is no error. */
export interface ReplyAbout {
  readonly description: string;
  /** `Empty`: no body at all. */
  readonly schema: ReplySchema | 'Empty';
  /** JSON unless said. */
  readonly mediaType?: 'text/plain' | 'text/html';
}

/** What an endpoint says of itself, for /openapi.json. */
export interface About {
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  readonly deprecated?: true;
  /** Whether it asks for a session token. */
  readonly takesToken?: true;
  /** Whether it asks for an operator's token. */
  readonly takesOperatorToken?: true;
  readonly parameters?: readonly ParameterAbout[];
  readonly body?: BodyName;
  /** By status. */
  readonly replies: Readonly<Record<number, ReplyAbout>>;
  /** What can be wrong; each code has its status from the table that serves it. Anything else is 500. */
  readonly errors?: readonly KycErrorCode[];
}
