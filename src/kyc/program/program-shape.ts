import {
  type ErasureDefinition,
  type RetentionDefinition,
  type TombstoneDefinition,
  valueMatches,
} from '../erasure-definition.ts';
import {
  type CheckDefinition,
  type ConsentDefinition,
  decisionModes,
  type ExpiryDefinition,
  missingModes,
  type ProgramDefinition,
  type ReasonDefinition,
  type ReviewDefinition,
  type RiskClass,
  type RuleDefinition,
  releaseModes,
  riskClasses,
  subjectKinds,
  type TypeDefinition,
} from '../program.ts';
import { condition } from './condition-shape.ts';
import { fieldMap, localizedText } from './field-shapes.ts';
import { fieldName, name, reasonCode } from './names.ts';
import {
  boolean,
  integer,
  isObject,
  listOf,
  mapOf,
  named,
  object,
  oneOf,
  type Shape,
  text,
  textLike,
  value,
} from './shape.ts';

const nameText = textLike(name.pattern, name.expected);
const checks = listOf(nameText, { minItems: 0 });
const fields = listOf(text);

const type: Shape<TypeDefinition> = named('TypeDefinition', () =>
  object<TypeDefinition>({
    extends: text,
    description: localizedText,
    decision: oneOf(decisionModes),
    fields: fieldMap,
    checks,
    processingMessage: localizedText,
    subject: oneOf(subjectKinds),
    risk: oneOf(riskClasses),
    release: oneOf(releaseModes),
    whenMissing: oneOf(missingModes),
  }),
);

const rule: Shape<RuleDefinition> = named('RuleDefinition', () =>
  object<RuleDefinition>(
    {
      when: condition,
      types: listOf(nameText),
      ask: fieldMap,
      checks,
      review: boolean,
      risk: oneOf(riskClasses),
    },
    { required: ['when'], isUsableInPart: true },
  ),
);

/** Settings are the check's own affair, but plain data, so that a program has a text. */
const settings: Shape<Readonly<Record<string, unknown>>> = value(
  'an object of plain values, at most 8 deep',
  { type: 'object' },
  (given) => isObject(given) && isPlain(given, 8),
);

function isPlain(given: unknown, depth: number): boolean {
  if (given === null || typeof given === 'string' || typeof given === 'boolean') return true;
  if (typeof given === 'number') return Number.isFinite(given);
  if (typeof given !== 'object' || depth === 0) return false;
  return Object.values(given).every((part) => part === undefined || isPlain(part, depth - 1));
}

const check: Shape<CheckDefinition> = named('CheckDefinition', () =>
  object<CheckDefinition>(
    { use: text, fields, again: oneOf(['daily', 'weekly', 'monthly']), settings },
    { required: ['use'], isUsableInPart: true },
  ),
);

const reason: Shape<ReasonDefinition> = named('ReasonDefinition', () =>
  object<ReasonDefinition>({ kind: oneOf(['retry', 'final']), text: localizedText }, { required: ['kind', 'text'] }),
);

const review: Shape<ReviewDefinition> = named('ReviewDefinition', () =>
  object<ReviewDefinition>({
    maxResubmissions: integer(0, 100),
    slaHours: integer(1, 8760),
    reasons: mapOf(reasonCode, reason),
    search: listOf(text),
  }),
);

const months = integer(1, 120);

const expiry: Shape<ExpiryDefinition> = named('ExpiryDefinition', () =>
  object<ExpiryDefinition>({
    documents: mapOf(fieldName, listOf(text, { minItems: 0 })),
    warnDays: integer(0, 365),
    reviewMonths: object<Record<RiskClass, number>>({ high: months, medium: months, low: months }),
  }),
);

const retention: Shape<RetentionDefinition> = named('RetentionDefinition', () =>
  object<RetentionDefinition>(
    { years: integer(1, 30), ground: text, duplicates: boolean },
    { required: ['years', 'ground'] },
  ),
);

const tombstones: Shape<TombstoneDefinition> = named('TombstoneDefinition', () =>
  object<TombstoneDefinition>({
    reasons: listOf(text, { minItems: 0 }),
    years: integer(1, 30),
    values: oneOf(valueMatches),
  }),
);

const erasure: Shape<ErasureDefinition> = named('ErasureDefinition', () =>
  object<ErasureDefinition>({ retention, tombstones }),
);

const consent: Shape<ConsentDefinition> = named('ConsentDefinition', () =>
  object<ConsentDefinition>({ version: text, text: localizedText }, { required: ['version', 'text'] }),
);

/** What a program must look like, whatever it means. */
export const programShape: Shape<ProgramDefinition> = object<ProgramDefinition>(
  {
    $schema: text,
    types: mapOf(name, type, false),
    defaultType: text,
    unknownFields: oneOf(['drop', 'reject']),
    rules: mapOf(name, rule),
    checks: mapOf(name, check),
    review,
    expiry,
    erasure,
    consent,
  },
  { required: ['types'], isUsableInPart: true, expected: 'an object with types' },
);
