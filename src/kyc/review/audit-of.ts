import type { WrittenLine } from '../../store/audit-store.ts';
import { type Operator, requireRole } from './operator.ts';
import type { ReviewParts } from './parts.ts';

/** A page of what was done to and read of a customer, oldest first. Nothing in it is personal. */
export interface AuditPage {
  readonly lines: readonly WrittenLine[];
  /** Where the next page begins, undefined at the end. */
  readonly next: number | undefined;
}

/** Which page. */
export interface AuditRequest {
  /** Where the page before ended. */
  readonly after?: number | undefined;
  /** Default: 100, at most 1000. */
  readonly limit?: number | undefined;
}

/**
 * Who did and read what of a customer. Lines outlive customers: an id that nobody has any more is answered, too. Choice: this takes a lead,
 * because the lines say what other operators did.
 */
export async function auditOf(
  { store }: ReviewParts,
  operator: Operator,
  customerId: string,
  { after = 0, limit: wanted = 100 }: AuditRequest,
): Promise<AuditPage> {
  requireRole(operator, 'lead');
  const limit = Math.min(wanted, 1000);
  const found = await store.audit.list({ customerId, afterId: after }, limit + 1);
  const lines = found.slice(0, limit);
  return { lines, next: found.length > limit ? lines.at(-1)?.id : undefined };
}
