import { KycError } from '../../errors.ts';

/** What operators may do, each all that the one before may: read with values masked; decide; lead; erase. */
export const roles = ['viewer', 'reviewer', 'lead', 'admin'] as const;

/** @see roles */
export type Role = (typeof roles)[number];

/** Whoever acts for the anchor. */
export interface Operator {
  /** Written beside everything they do. */
  readonly name: string;
  readonly role: Role;
}

/** Whether the operator's role is that one or a higher one. */
export function isAtLeast({ role }: Operator, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/** @throws KycError `forbidden` unless the operator's role is that one or a higher one */
export function requireRole(operator: Operator, needed: Role): void {
  if (!isAtLeast(operator, needed)) throw new KycError('forbidden', `this takes the role ${needed}`);
}
