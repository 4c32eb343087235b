import { KycError } from '../../errors.ts';
import { canonicalName } from '../../sep9/catalogue.ts';
import type { FileReference } from '../../store/files/sealed-files.ts';
import { openCustomer } from '../open-customer.ts';
import { type Operator, requireRole } from './operator.ts';
import { getRecord, type ReviewParts, stale } from './parts.ts';
import { isReference } from './show-value.ts';

/** A file for somebody to look at. */
export interface ShownFile {
  /** As its bytes say. */
  readonly contentType: string;
  readonly sizeBytes: number;
  /** The plain bytes. */
  open(): AsyncIterable<Uint8Array>;
}

/** A file of a customer's, written down before a byte of it is read. @throws KycError `forbidden`, `not_found` */
export async function showFile(
  parts: ReviewParts,
  operator: Operator,
  customerId: string,
  field: string,
): Promise<ShownFile> {
  requireRole(operator, 'reviewer');
  const customer = await openCustomer(parts, await getRecord(parts, customerId));
  if (customer === undefined) throw stale();
  const key = canonicalName(field);
  const text = customer.held.text(key);
  if (text === undefined || !isReference(text)) throw new KycError('not_found', 'there is no such file');
  const actor = { kind: 'operator', id: operator.name } as const;
  const line = { action: 'file.read', actor, customerId: customer.record.id, about: { fields: [key] } } as const;
  await parts.store.audit.record([line]);
  const reference = JSON.parse(text) as FileReference;
  const { contentType, sizeBytes } = reference;
  return { contentType, sizeBytes, open: () => parts.openFile(reference) };
}
