import { createHash } from 'node:crypto';
import { type Operator, roles } from './operator.ts';

/** An operator, and the hash of the token that they show. The token itself is kept nowhere. */
export interface KnownOperator extends Operator {
  readonly tokenHash: Uint8Array;
}

const minTokenLength = 32;

/** What {@link readOperators} expects, for a message. */
export const operatorsExpected: string = `name:role:token separated by commas, names and tokens distinct, roles ${roles.join(', ')}, tokens of at least ${minTokenLength} characters`;

/**
 * `name:role:token,…` → the operators; undefined when it is not that. Names and tokens are each one's own: with two names, one person
 * could approve of what they proposed.
 */
export function readOperators(text: string): readonly KnownOperator[] | undefined {
  const operators: KnownOperator[] = [];
  for (const entry of text.split(',')) {
    const [, name, word, token] = /^\s*([\w.@-]{1,64}):([a-z]+):(\S+?)\s*$/.exec(entry) ?? [];
    const role = roles.find((known) => known === word);
    if (name === undefined || role === undefined || token === undefined || token.length < minTokenLength)
      return undefined;
    operators.push({ name, role, tokenHash: hashToken(token) });
  }
  const isDistinct = (of: (operator: KnownOperator) => string): boolean =>
    new Set(operators.map(of)).size === operators.length;
  const areDistinct =
    isDistinct(({ name }) => name.toLowerCase()) &&
    isDistinct(({ tokenHash }) => Buffer.from(tokenHash).toString('hex'));
  return areDistinct ? operators : undefined;
}

/** Tokens are long and random, so one round of a hash keeps them. */
export function hashToken(token: string): Uint8Array {
  return createHash('sha256').update(token, 'utf8').digest();
}
