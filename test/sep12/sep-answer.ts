import { assertKind } from '../support/answer-schema.ts';

/** Checks a GET body the way a wallet with closed enums reads it. @see SEP-12 § Customer GET, Response (ruling 11) */
export function assertSepAnswer(body: object): void {
  assertKind('customer', body);
}
