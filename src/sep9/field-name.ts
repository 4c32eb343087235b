import { canonicalName, findField } from './catalogue.ts';

/** What a client may send for a field. @see SEP-12 § Customer PUT, Verification and Customer Files */
export const fieldPurposes = ['value', 'verification', 'file_id'] as const;

/** @see fieldPurposes */
export type FieldPurpose = (typeof fieldPurposes)[number];

/** A wire name taken apart: `first_name_verification` is the `verification` of `given_name`. */
export interface FieldName {
  /** Canonical, and not yet known to be a field of anything. */
  readonly field: string;
  readonly purpose: FieldPurpose;
}

/**
 * Says which field a wire name concerns, and whether it carries its value, its confirmation code or the id of its file.
 * Choice: a name that `isField` knows whole is that field, even if it ends like one of the other two.
 * @see SEP-12 § Customer PUT, Verification and Customer Files
 */
export function readFieldName(wireName: string, isField: (name: string) => boolean = isSep9Field): FieldName {
  if (isField(canonicalName(wireName))) return { field: canonicalName(wireName), purpose: 'value' };
  for (const purpose of ['verification', 'file_id'] as const) {
    const field = wireName.slice(0, -`_${purpose}`.length);
    if (field !== '' && wireName === `${field}_${purpose}`) return { field: canonicalName(field), purpose };
  }
  return { field: canonicalName(wireName), purpose: 'value' };
}

function isSep9Field(name: string): boolean {
  return findField(name) !== undefined;
}
