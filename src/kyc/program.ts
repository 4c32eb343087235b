import type { FieldType } from '../sep9/catalogue.ts';
import type { ParsedField } from '../sep9/parse-value.ts';
import type { ErasureDefinition, ErasurePolicy } from './erasure-definition.ts';
import type { LocalizedText } from './localized-text.ts';

/**
 * How a customer of a type comes to be accepted: `automatic` accepts well-formed data as soon as it is complete and every check
 * has passed; `review` leaves it `PROCESSING` until somebody decided.
 */
export const decisionModes = ['automatic', 'review'] as const;

/** @see decisionModes */
export type DecisionMode = (typeof decisionModes)[number];

/** How closely a customer is watched: from the most to the least often reviewed. */
export const riskClasses = ['high', 'medium', 'low'] as const;

/** @see riskClasses */
export type RiskClass = (typeof riskClasses)[number];

/** From which status on a payment of the customer goes on. @see ruling 33 */
export const releaseModes = ['when-accepted', 'when-provided'] as const;

/** @see releaseModes */
export type ReleaseMode = (typeof releaseModes)[number];

/** What becomes of a payment that is asked for while data is missing. @see ruling 35 */
export const missingModes = ['refuse', 'hold'] as const;

/** @see missingModes */
export type MissingMode = (typeof missingModes)[number];

/** Whom a type is about, and what a condition may ask for. */
export const subjectKinds = ['person', 'organization'] as const;

/** @see subjectKinds */
export type SubjectKind = (typeof subjectKinds)[number];

/** A value a field may have: itself, or with a label to read. The label is also accepted as input. */
export type ChoiceDefinition = string | { readonly value: string; readonly label: LocalizedText };

/** What a field of the anchor's own holds when a code confirms it: where the code is sent. */
export const verifiedFormats = ['email', 'phone'] as const;

/** @see verifiedFormats */
export type VerifiedFormat = (typeof verifiedFormats)[number];

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
  /**
   * Whether the customer must confirm the value by a code that is sent to it. `true` for SEP-9's fields that hold an e-mail address or
   * a phone number; a field of your own says which of them it holds, and its values are then read as such. Default: false.
   */
  readonly verify?: boolean | VerifiedFormat;
}

/**
 * When a rule applies: what some field holds, what the transaction is worth, whom the customer is; or a combination of such.
 * A condition on a field that is not given does not hold (`isNot` included), `given: false` excepted.
 */
export type Condition =
  | { readonly field: string; readonly is: string | readonly string[] }
  | { readonly field: string; readonly isNot: string | readonly string[] }
  | { readonly field: string; readonly given: boolean }
  /** The transaction's amount is above that decimal; of that asset, if one is named (`CODE` or `CODE:ISSUER`). */
  | { readonly amount: { readonly above: string; readonly asset?: string } }
  /** An organization is a customer who gave `organization.name`, or whose type says so. */
  | { readonly subject: SubjectKind }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

/** What is asked on top of a type's fields while a condition holds. */
export interface RuleDefinition {
  /** While it holds, the rest does. */
  readonly when: Condition;
  /** The types it applies to. Default: every one. */
  readonly types?: readonly string[];
  /** Fields it asks for, or makes required. */
  readonly ask?: Readonly<Record<string, FieldDefinition>>;
  /** Checks it adds. */
  readonly checks?: readonly string[];
  /** Whether a person decides while it holds. Default: false. */
  readonly review?: boolean;
  /** The risk class it puts the customer in, unless another rule or an operator says a higher one. */
  readonly risk?: RiskClass;
}

/** A check by its kind, with the settings of that kind. */
export interface CheckDefinition {
  /** The kind: `formats`, `minimum-age`, `document-expiry`, `image`, `duplicate`, `watchman`, `yente`, `clamav`, `sumsub`, or one of your own. */
  readonly use: string;
  /** The fields it looks at. Default: the kind's own, as far as the program asks for them. */
  readonly fields?: readonly string[];
  /** When it runs again by itself. Default: never, but when one of its fields changes. */
  readonly again?: 'daily' | 'weekly' | 'monthly';
  /** Settings of the kind. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A type of customer: what an action asks of whoever wants to take it. @see SEP-12 § Type Specification */
export interface TypeDefinition {
  /** The type whose fields, rules, checks and texts this one starts from. */
  readonly extends?: string;
  /** What the type is for, as SEP-31 and SEP-6 tell wallets. */
  readonly description?: LocalizedText;
  /** Required unless inherited. */
  readonly decision?: DecisionMode;
  /** By field name: SEP-9's (`first_name`, `organization.name`), or the anchor's own. Required unless inherited. */
  readonly fields?: Readonly<Record<string, FieldDefinition>>;
  /** Checks that must pass, by name. */
  readonly checks?: readonly string[];
  /** What the customer reads while the status is `PROCESSING`. */
  readonly processingMessage?: LocalizedText;
  /** Whom it is about. Default: told by what the customer gave. */
  readonly subject?: SubjectKind;
  /** The risk class customers start in. Default: `low`. */
  readonly risk?: RiskClass;
  /** From when on payments go on. Default: `when-accepted`. */
  readonly release?: ReleaseMode;
  /** Whether a payment is refused while data is missing, or taken and held until it comes. Default: `refuse` by SEP-31, `hold` by SEP-6. */
  readonly whenMissing?: MissingMode;
}

/** How people decide. */
export interface ReviewDefinition {
  /** How often a field may be sent again after it was rejected; the next rejection is final. Default: 9. */
  readonly maxResubmissions?: number;
  /** After how many hours in the queue a customer counts as late. Default: 24. */
  readonly slaHours?: number;
  /** Further reasons, or other texts for the built-in ones, by code. */
  readonly reasons?: Readonly<Record<string, ReasonDefinition>>;
  /** Further text fields that operators can look for by the whole value. Numbers of documents, accounts and phones, addresses of e-mail and people's names are found anyway. */
  readonly search?: readonly string[];
}

/** A reason for rejecting, as the catalogue has it. */
export interface ReasonDefinition {
  /** `retry`: it can be sent again; `final`: it cannot. */
  readonly kind: 'retry' | 'final';
  /** What the customer reads. */
  readonly text: LocalizedText;
}

/** What becomes old. */
export interface ExpiryDefinition {
  /** Date fields after whose day documents are no good, each with the fields to be sent again then. Default: none. */
  readonly documents?: Readonly<Record<string, readonly string[]>>;
  /** How many days before it is told. Default: 30. */
  readonly warnDays?: number;
  /** After how many months an accepted customer is reviewed again, by risk class. Default: never. */
  readonly reviewMonths?: Readonly<Partial<Record<RiskClass, number>>>;
}

/** What a customer must agree to on the customer page before data is sent. */
export interface ConsentDefinition {
  /** Names the text; it is kept with the customer. Another text, another version. */
  readonly version: string;
  /** What the customer reads and agrees to. */
  readonly text: LocalizedText;
}

/** What an anchor asks of its customers. */
export interface ProgramDefinition {
  /** Where editors find the schema of a program in JSON; nothing else is made of it. */
  readonly $schema?: string;
  /** The customer types, by name; at least one. */
  readonly types: Readonly<Record<string, TypeDefinition>>;
  /** The type of requests that name none. Default: the first of `types`. */
  readonly defaultType?: string;
  /** What becomes of fields no type asks for: `drop` (default; wallets send extras) or `reject` with 400. */
  readonly unknownFields?: 'drop' | 'reject';
  /** What is asked on top of the types under conditions, by name. */
  readonly rules?: Readonly<Record<string, RuleDefinition>>;
  /** The checks that types and rules list, by name. */
  readonly checks?: Readonly<Record<string, CheckDefinition>>;
  /** How people decide. */
  readonly review?: ReviewDefinition;
  /** What becomes old. */
  readonly expiry?: ExpiryDefinition;
  /** What an erasure leaves. Changing it moves nobody. */
  readonly erasure?: ErasureDefinition;
  /** What customers agree to on the customer page. Default: nothing is asked. */
  readonly consent?: ConsentDefinition;
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
  /** Whether a code must confirm it, sent to where its format says: by mail to an `email`, by SMS to a phone. */
  readonly verify: boolean;
}

/** A rule, ready to be asked whether it holds. Field names in its condition are keys. */
export interface Rule {
  readonly name: string;
  readonly when: Condition;
  /** By key. */
  readonly fields: ReadonlyMap<string, TypeField>;
  readonly checks: readonly string[];
  readonly review: boolean;
  readonly risk: RiskClass | undefined;
  /** Key of a field whose value will not do while the rule holds. */
  readonly refuses?: string;
}

/** A check of the program, ready to be run. */
export interface CheckPlan {
  readonly name: string;
  readonly kind: string;
  /** Keys of the fields it looks at. */
  readonly inputs: readonly string[];
  /** Whether it runs as soon as its own fields are there; else when everything required is. */
  readonly early: boolean;
  /** Whether two people must agree to pass over what it found. */
  readonly fourEyes: boolean;
  /** Whether what it found must be looked at whatever the customer sends afterwards. */
  readonly isLasting: boolean;
  /** Whether a person decides where it has nothing to look at. */
  readonly needsInput: boolean;
  /** Whether tombstones are looked for when it has run. @see CheckKind.findsOthers */
  readonly findsOthers: boolean;
  /** After which time it runs again by itself, in milliseconds. */
  readonly againAfterMs: number | undefined;
  /** Names the kind and what its settings make of it: by other ones it has found nothing yet. */
  readonly terms: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A type of the program, ready to be used. */
export interface CustomerType {
  readonly name: string;
  readonly description: LocalizedText;
  readonly decision: DecisionMode;
  readonly processingMessage: LocalizedText;
  /** By key, in the program's order. */
  readonly fields: ReadonlyMap<string, TypeField>;
  /** Rules that may apply, in the program's order. */
  readonly rules: readonly Rule[];
  /** Names of the checks that must pass whatever the rules say. */
  readonly checks: readonly string[];
  readonly subject: SubjectKind | undefined;
  readonly risk: RiskClass;
  readonly release: ReleaseMode;
  readonly whenMissing: MissingMode | undefined;
}

/** How people decide, defaulted. */
export interface ReviewPolicy {
  readonly maxResubmissions: number;
  readonly slaMs: number;
  /** The program's own reasons, over the built-in ones. */
  readonly reasons: ReadonlyMap<string, ReasonDefinition>;
  /** Keys of the program's own fields to look for. */
  readonly search: readonly string[];
}

/** What becomes old, defaulted. All names are keys. */
export interface ExpiryPolicy {
  /** By the key of the date: the keys of the fields it dates. */
  readonly documents: ReadonlyMap<string, readonly string[]>;
  readonly warnMs: number;
  readonly reviewMonths: Readonly<Partial<Record<RiskClass, number>>>;
}

/** A program without faults, ready to be used. */
export interface Program {
  /** Names what the program says: anything else said, another revision; said in another order or layout, the same. */
  readonly revision: string;
  readonly defaultType: CustomerType;
  readonly types: ReadonlyMap<string, CustomerType>;
  readonly unknownFields: 'drop' | 'reject';
  /** Every field that can be sent, by key: what some type or rule asks for, and what that implies. */
  readonly fields: ReadonlyMap<string, readonly TypeField[]>;
  /** Every language that some text of it is written in, lower-case. */
  readonly languages: ReadonlySet<string>;
  readonly checks: ReadonlyMap<string, CheckPlan>;
  readonly review: ReviewPolicy;
  readonly expiry: ExpiryPolicy;
  readonly erasure: ErasurePolicy;
  readonly consent: ConsentDefinition | undefined;
}
