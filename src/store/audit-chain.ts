import { createHash } from 'node:crypto';
import type { AuditLine, LineColumns } from './audit-store.ts';

/** What the hash of the first line stands on. */
export const firstHash: Uint8Array = createHash('sha256').update('anchor-kyc audit trail 1').digest();

/** The hash of a line: of the one before it, and of all that the line says with its place, as canonical JSON. */
export function chainHash(before: Uint8Array, seq: number, line: LineColumns): Uint8Array {
  return createHash('sha256').update(before).update(lineText(seq, line)).digest();
}

/**
 * JSON in the one form that everybody writes alike.
 * @see RFC 8785 JSON Canonicalization Scheme
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) return canonicalObject(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('JSON has no such number');
  if (typeof value === 'string' && !value.isWellFormed()) throw new TypeError('JSON has no half of a character');
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`JSON has no ${typeof value}`);
  return text;
}

/** What a line is about, as its column holds it. */
export function aboutText(about: AuditLine['about']): string | null {
  return about === undefined || Object.keys(about).length === 0 ? null : canonicalJson(about);
}

/** By code units, as RFC 8785 § 3.2.3 has it, which is how JavaScript compares texts. */
function canonicalObject(value: object): string {
  const names = Object.keys(value).sort();
  const parts = names.map(
    (name) => `${canonicalJson(name)}:${canonicalJson((value as Record<string, unknown>)[name])}`,
  );
  return `{${parts.join(',')}}`;
}

/** `about` is in its canonical form already; its name sorts before all others. */
function lineText(seq: number, { id, at, action, actorKind, actorId, customerId, about }: LineColumns): string {
  const actor = { kind: actorKind, ...(actorId !== null && { id: actorId }) };
  const rest = canonicalJson({ action, actor, at, ...(customerId !== null && { customer: customerId }), id, seq });
  return about === null ? rest : `{"about":${about},${rest.slice(1)}`;
}
