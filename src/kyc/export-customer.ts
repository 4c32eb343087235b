import { CustomerNotFound, invalidField } from '../errors.ts';
import type { AuditActor, AuditLine } from '../store/audit-store.ts';
import { callbackName } from '../store/callback-store.ts';
import type { Retained } from '../store/erasure-store.ts';
import { uploadOwner } from '../store/file-store.ts';
import type { FileReference } from '../store/files/sealed-files.ts';
import type { Store } from '../store/store.ts';
import type { SubjectRow, SubjectTable } from '../store/subject-store.ts';
import { openVault, type Vault } from '../vault/vault.ts';
import { identitiesName } from './erase.ts';
import { type EvidencePlace, openEvidenceText } from './evidence.ts';
import type { DecidingParts } from './open-customer.ts';
import { holdName } from './review/legal-hold.ts';
import { noteName } from './review/notes.ts';
import { uploadField } from './uploads.ts';

/** Why an export is made. Free text would end in the audit trail, which holds nothing personal. */
export const exportReasons = ['subject-request', 'authority', 'litigation', 'transfer', 'audit'] as const;

/** @see exportReasons */
export type ExportReason = (typeof exportReasons)[number];

/** What is to be exported, for what, by whom. */
export interface ExportOrder {
  readonly customerId: string;
  readonly reason: ExportReason;
  /** Where it is filed: letters, digits, dots and dashes. */
  readonly reference?: string | undefined;
  /**
   * Whether it is for the person themselves: then what may not be told them is left out (`complianceTables`): notes, findings, holds and what operators did, which
   * may be about a suspicion (tipping off).
   */
  readonly isForSubject: boolean;
  readonly by: AuditActor;
}

/** @throws KycError naming `reason` or `reference` when it is none */
export function readExportReason(
  text: (name: 'reason' | 'reference') => string | undefined,
): Pick<ExportOrder, 'reason' | 'reference'> {
  const reason = exportReasons.find((known) => known === text('reason'));
  if (reason === undefined) throw invalidField('reason', `expected one of ${exportReasons.join(', ')}`);
  const reference = text('reference');
  if (reference !== undefined && !/^[\w.-]{1,64}$/.test(reference))
    throw invalidField('reference', 'expected letters, digits, dots and dashes');
  return { reason, reference };
}

/** A file of an export: its bytes are opened by the reference. */
export interface ExportedFile {
  readonly reference: FileReference;
  /** The field it is of; undefined for one that was sent ahead. */
  readonly field: string | undefined;
}

/** Everything that is held on a customer, opened. */
export interface CustomerExport {
  readonly customerId: string;
  readonly exportedAt: Date;
  /** Tables that were left out because it is for the person themselves. */
  readonly leftOut: readonly SubjectTable[];
  /** By table. */
  readonly held: Readonly<Partial<Record<SubjectTable, readonly SubjectRow[]>>>;
}

/** What a person is not told of themselves. */
export const complianceTables: readonly SubjectTable[] = [
  ...(['evidence', 'merged_evidence', 'review_notes', 'review_acts', 'review_claims', 'escalations'] as const),
  ...(['proposals', 'legal_holds', 'audit_trail', 'audit_pending', 'check_runs', 'outbox_events'] as const),
];

/** Columns that a person is not told: what decides about them, by which reason, and who did. */
const complianceColumns = ['dossier', 'reason', 'who', 'cause', 'risk'];

/** Columns that hold no data of the person: keys, leases, hashes of codes. */
export const columnsLeftOut: readonly string[] = [
  ...['kek_id', 'wrapped_key', 'hash', 'digest', 'lease', 'lease_until', 'code_id'],
];

/**
 * Opens everything that is held on a customer, who may be erased and kept. It is written down before it is handed on.
 * @throws CustomerNotFound, SealBroken
 */
export async function exportCustomer(
  parts: Pick<DecidingParts, 'store' | 'keyRing' | 'clock'>,
  order: ExportOrder,
): Promise<{ readonly export: CustomerExport; readonly files: readonly ExportedFile[] }> {
  const { store, keyRing, clock } = parts;
  const { customerId, isForSubject } = order;
  const retained = await store.erasures.findRetained(customerId);
  const record = retained?.record ?? (await store.findCustomerById(customerId));
  if (record === undefined) throw new CustomerNotFound();
  const rows = await store.subjects.readRows(customerId);
  const vault = await openVault(keyRing, customerId, record.wrappedKey);
  const isLost = retained !== undefined && (await wasLost(store, retained));
  const files: ExportedFile[] = [];
  const leftOut = isForSubject ? complianceTables : [];
  const held: Partial<Record<SubjectTable, SubjectRow[]>> = {};
  for (const [table, found] of Object.entries(rows) as [SubjectTable, readonly SubjectRow[]][]) {
    if (leftOut.includes(table)) continue;
    const shown: SubjectRow[] = [];
    for (const row of found) {
      const opened = table === 'uploads' ? await openUpload(parts, row) : openRow(vault, table, row, isLost);
      shown.push(render({ table, row, opened }, isForSubject, files));
    }
    held[table] = shown;
  }
  await store.audit.record([lineOf(order)]);
  return { export: { customerId, exportedAt: clock.now(), leftOut, held }, files };
}

function lineOf({ customerId, reason, reference, isForSubject, by: actor }: ExportOrder): AuditLine {
  const about = { reason, ...(reference !== undefined && { reference }), for: isForSubject ? 'subject' : 'all' };
  return { action: 'export.made', actor, customerId, about };
}

async function openUpload({ keyRing }: Pick<DecidingParts, 'keyRing'>, row: SubjectRow): Promise<string> {
  const wrapped = { kekId: String(row['kek_id']), bytes: row['wrapped_key'] as Uint8Array };
  const vault = await openVault(keyRing, uploadOwner(String(row['id'])), wrapped);
  return vault.open(uploadField, row['sealed'] as Uint8Array);
}

/** Whether there was no data key to seal the identities under: what is missing is taken for lost only where the audit trail says so. */
async function wasLost({ audit }: Pick<Store, 'audit'>, { customerId, erasedAt, isLost }: Retained): Promise<boolean> {
  if (!isLost) return false;
  const lines = await audit.list({ customerId, from: erasedAt }, 20);
  return lines.some(({ action, about }) => action === 'customer.retained' && about?.['lost'] !== undefined);
}

/** What a row has under seal; undefined when it has nothing. */
function openRow(vault: Vault, table: SubjectTable, row: SubjectRow, isLost: boolean): string | undefined {
  const open = (name: string, column: string): string => vault.open(name, row[column] as Uint8Array);
  switch (table) {
    case 'field_values':
      return open(String(row['field']), 'sealed');
    case 'evidence':
    case 'merged_evidence':
      return openEvidenceText(vault, placeOf(row), row['sealed'] as Uint8Array);
    case 'review_notes':
      return open(noteName(String(row['id'])), 'sealed');
    case 'callbacks':
      return open(callbackName(String(row['customer_id']), String(row['id'])), 'sealed_url');
    case 'retentions':
      return isLost ? undefined : open(identitiesName, 'sealed_identities');
    case 'legal_holds':
      return open(holdName, 'sealed_reason');
    default:
      return undefined;
  }
}

function placeOf({ check_name: check, inputs, round, origin }: SubjectRow): EvidencePlace {
  const place = { check: String(check), inputs: String(inputs), round: Number(round) };
  return typeof origin === 'string' ? { ...place, origin } : place;
}

/** A row with what was under seal in place of the seal, files without their keys. */
function render(
  {
    table,
    row,
    opened,
  }: { readonly table: SubjectTable; readonly row: SubjectRow; readonly opened: string | undefined },
  isForSubject: boolean,
  files: ExportedFile[],
): SubjectRow {
  const hidden = [...columnsLeftOut, ...(isForSubject ? complianceColumns : [])];
  const plain = Object.entries(row).filter(([column]) => !column.startsWith('sealed') && !hidden.includes(column));
  const shown = Object.fromEntries(plain);
  if (opened === undefined) return shown;
  const reference = table === 'field_values' || table === 'uploads' ? readReference(opened) : undefined;
  if (reference === undefined) return { ...shown, opened };
  files.push({ reference, field: table === 'uploads' ? undefined : String(row['field']) });
  const { key: _, ...file } = reference;
  return { ...shown, file };
}

/** The file that a value refers to; a text of the customer's own that looks so has no key of one. */
function readReference(text: string): FileReference | undefined {
  if (!text.startsWith('{"id":')) return undefined;
  try {
    const value = JSON.parse(text) as Partial<FileReference>;
    return typeof value.id === 'string' && typeof value.key === 'string' ? (value as FileReference) : undefined;
  } catch {
    return undefined;
  }
}
