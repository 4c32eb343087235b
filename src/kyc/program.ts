import type { FieldType } from '../sep9/catalogue.ts';
import type { ParsedField } from '../sep9/parse-value.ts';
import type { LocalizedText } from './localized-text.ts';

/**
 * How a customer of a type comes to be accepted: `automatic` accepts well-formed data as soon as it is complete;
 * `review` leaves it `PROCESSING` until somebody decided.
 */
export const decisionModes = ['automatic', 'review'] as const;

/** @see decisionModes */
export type DecisionMode = (typeof decisionModes)[number];

/** A value a field may have: itself, or with a label to read. The label is also accepted as input. */
export type ChoiceDefinition = string | { readonly value: string; readonly label: LocalizedText };

/** What a customer type asks of one field. */
export interface FieldDefinition {
  /** Whether the customer may go on without it. Default: false. */
  readonly optional?: boolean;
  /** What the customer reads. Default: the SEP-9 catalogue's description. Required for fields that are not in SEP-9. */
  readonly description?: LocalizedText;
  /** The only values accepted. Default: those of the SEP-9 catalogue, if any. */
  readonly choices?: readonly ChoiceDefinition[];
  /** Required for fields that are not in SEP-9; may not be given for the others. */
  readonly type?: FieldType;
}

/** A type of customer: what an action asks of whoever wants to take it. @see SEP-12 § Type Specification */
export interface TypeDefinition {
  /** What the type is for, as SEP-31 and SEP-6 tell wallets. */
  readonly description?: LocalizedText;
  readonly decision: DecisionMode;
  /** By field name: SEP-9's (`first_name`, `organization.name`), or the anchor's own. */
  readonly fields: Readonly<Record<string, FieldDefinition>>;
  /** What the customer reads while the status is `PROCESSING`. */
  readonly processingMessage?: LocalizedText;
}

/** What an anchor asks of its customers. */
export interface ProgramDefinition {
  readonly types: Readonly<Record<string, TypeDefinition>>;
  /** The type of requests that name none. Default: the first of `types`. */
  readonly defaultType?: string;
  /** What becomes of fields no type asks for: `drop` (default; wallets send extras) or `reject` with 400. */
  readonly unknownFields?: 'drop' | 'reject';
}

/** A field of a type, ready to be asked for and parsed. */
export interface TypeField {
  /** The name under which values are stored, the same for both spellings of a name. */
  readonly key: string;
  /** The spelling of the program, in which the field is asked for. */
  readonly name: string;
  readonly optional: boolean;
  readonly description: LocalizedText;
  readonly choices: readonly ChoiceDefinition[] | undefined;
  /** What its values must look like. */
  readonly format: ParsedField;
}

/** A type of the program, ready to be used. */
export interface CustomerType {
  readonly name: string;
  readonly description: LocalizedText;
  readonly decision: DecisionMode;
  readonly processingMessage: LocalizedText;
  /** By key, in the program's order. */
  readonly fields: ReadonlyMap<string, TypeField>;
}

/** A program without faults, ready to be used. */
export interface Program {
  readonly defaultType: CustomerType;
  readonly types: ReadonlyMap<string, CustomerType>;
  readonly unknownFields: 'drop' | 'reject';
  /** Every field that can be sent, by key: what some type asks for, and what that implies. */
  readonly fields: ReadonlyMap<string, readonly TypeField[]>;
  /** Every language that some text of it is written in, lower-case. */
  readonly languages: ReadonlySet<string>;
}
