import type { CheckKind } from './checks/check.ts';
import { builtInKinds } from './checks/kinds.ts';
import { type LocalizedText, languagesOf } from './localized-text.ts';
import { type Asking, checkConditions } from './program/check-conditions.ts';
import { checkAgreement } from './program/check-fields.ts';
import { withChoiceRules } from './program/choice-rules.ts';
import { checkListings, compileChecks, type KnownKinds } from './program/compile-checks.ts';
import { toErasurePolicy, toExpiryPolicy, toReviewPolicy } from './program/compile-policies.ts';
import { type CompiledRule, compileRules } from './program/compile-rules.ts';
import { compileTypes, toType } from './program/compile-types.ts';
import type { ProgramDraft } from './program/draft.ts';
import { programShape } from './program/program-shape.ts';
import type { Report } from './program/shape.ts';
import { shortHash } from './program/short-hash.ts';
import { toField } from './program/to-field.ts';
import type { CustomerType, Program, ProgramDefinition, Rule, TypeField } from './program.ts';
import { decidingVersion } from './states.ts';

/**
 * A program in TypeScript, checked where it is written: `export default defineProgram({ types: … })`. A check of a kind that is not
 * built in may be one of the anchor's own, which are known at the start only; whether it is there is told then.
 * @throws TypeError naming every fault with its path
 */
export function defineProgram(definition: ProgramDefinition): ProgramDefinition {
  compile(definition, { kinds: builtInKinds, mayBeMore: true });
  return definition;
}

/**
 * Checks a definition, from TypeScript or parsed from JSON, and makes it ready to be used.
 * @param kinds the checks it may use, by the name of their kind
 * @throws TypeError naming every fault with its path (`types.sep6-deposit.fields.email: …`)
 */
export function compileProgram(definition: unknown, kinds: ReadonlyMap<string, CheckKind> = builtInKinds): Program {
  return compile(definition, { kinds, mayBeMore: false });
}

function compile(definition: unknown, kinds: KnownKinds): Program {
  const faults: string[] = [];
  const told = new Set<string>();
  const report: Report = (path, said) => {
    const fault = said.startsWith(':') ? `${path}${said}` : `${path}: expected ${said}`;
    faults.push(fault.replaceAll(/\p{Cc}+/gu, '?'));
  };
  const reportLook: Report = (path, expected) => {
    told.add(path);
    report(path, expected);
  };
  // What does not look right is missing from the draft; that it is missing needs no second line.
  const reportMeaning: Report = (path, expected) => told.has(path) || report(path, expected);
  const draft = (programShape.read(definition, '', reportLook) ?? {}) as ProgramDraft;
  const program = compileDraft(draft, kinds, reportMeaning);
  if (faults.length === 0 && program !== undefined) return program;
  throw new TypeError(`The KYC program is not usable:\n  ${faults.join('\n  ')}`);
}

/** The program as far as it can be made of what is there; what is wrong is reported. */
function compileDraft(draft: ProgramDraft, kinds: KnownKinds, report: Report): Program | undefined {
  const compiled = compileTypes(draft.types ?? {}, report);
  const rules = compileRules(draft.rules ?? {}, compiled.types, report);
  const plain = [...compiled.types].map(([name, type]) => toType(type, rulesFor(name, rules)));
  const askings = askingsOf(plain, rules);
  const fields = Map.groupBy(
    askings.map(({ field }) => field),
    (field) => field.key,
  );
  const types = new Map(plain.map((type) => [type.name, withChoiceRules(type, fields)] as const));
  checkAgreement([...compiled.asked.values(), ...rules.map(({ asked }) => asked)].flat(), report);
  checkConditions(rules, askings, report);
  const checks = compileChecks(draft.checks ?? {}, fields, kinds, report);
  checkListings(Object.keys(draft.checks ?? {}), checks, { types: compiled.types.values(), rules }, report);
  const defaultType = defaultTypeOf(draft, types, report);
  const expiry = toExpiryPolicy(draft.expiry ?? {}, fields, report);
  const review = toReviewPolicy(draft.review ?? {}, fields, report);
  const erasure = toErasurePolicy(draft.erasure ?? {}, review.reasons, report);
  if (defaultType === undefined) return undefined;
  const policies = { review, expiry, erasure };
  const { unknownFields = 'drop', consent } = draft;
  const program = { defaultType, types, unknownFields, fields, checks, consent, ...policies };
  return { ...program, revision: revisionOf(draft, program), languages: languagesUsed(program) };
}

/** The rules that are for a type, in the program's order. */
function rulesFor(type: string, rules: readonly CompiledRule[]): readonly Rule[] {
  return rules.filter(({ types }) => types.some(({ name }) => name === type)).map(({ rule }) => rule);
}

/** Every field with who asks for it. */
function askingsOf(types: Iterable<CustomerType>, rules: readonly CompiledRule[]): Asking[] {
  const byTypes = [...types].flatMap((type) => [...type.fields.values()]);
  const byRules = rules.flatMap(({ rule }) => [...rule.fields.values()].map((field) => ({ field, rule: rule.name })));
  const asked = [...byTypes.map((field): Asking => ({ field, rule: undefined })), ...byRules];
  return [...asked, ...impliedBy(asked)];
}

/**
 * Choice: whoever is asked for a mobile number may say how it is written, asked or not.
 * @see SEP-9 § Natural Person Fields, mobile_number_format
 */
function impliedBy(askings: readonly Asking[]): Asking[] {
  const asks = (key: string): boolean => askings.some(({ field }) => field.key === key);
  const isImplied = asks('mobile_number') && !asks('mobile_number_format');
  return isImplied ? [{ field: toField('mobile_number_format', { optional: true }), rule: undefined }] : [];
}

function defaultTypeOf(
  { types: defined = {}, defaultType: name }: ProgramDraft,
  types: ReadonlyMap<string, CustomerType>,
  report: Report,
): CustomerType | undefined {
  const [first] = types.values();
  if (name === undefined) return first;
  if (!types.has(name)) report('defaultType', `one of ${Object.keys(defined).join(', ')}`);
  return types.get(name);
}

/** What a program is told apart by: all it says, and what the order of its text and the kinds of its checks add to that. */
function revisionOf(draft: ProgramDraft, { defaultType, checks }: Pick<Program, 'defaultType' | 'checks'>): string {
  // What an erasure leaves and what people look for decides nobody's status.
  const { $schema: _, erasure: __, review, ...others } = draft;
  const { search, ...reviewing } = review ?? {};
  const isForSearchAlone = search !== undefined && Object.keys(reviewing).length === 0;
  const said = { ...others, ...(review && !isForSearchAlone && { review: reviewing }) };
  const inputs = Object.fromEntries([...checks.values()].map((plan) => [plan.name, plan.inputs]));
  return shortHash({ said, defaultType: defaultType.name, inputs, decidingVersion });
}

function languagesUsed({
  fields,
  types,
  review,
  consent,
}: Pick<Program, 'fields' | 'types' | 'review' | 'consent'>): ReadonlySet<string> {
  const labels = [...fields.values()]
    .flat()
    .flatMap((field) => [field.description, ...(field.choices ?? []).map(labelOf)]);
  const ofTypes = [...types.values()].flatMap((type) => [type.description, type.processingMessage]);
  const ofReasons = [...review.reasons.values()].map((reason) => reason.text);
  const ofConsent = consent === undefined ? [] : [consent.text];
  return new Set([...labels, ...ofTypes, ...ofReasons, ...ofConsent].flatMap(languagesOf));
}

function labelOf(choice: NonNullable<TypeField['choices']>[number]): LocalizedText {
  return typeof choice === 'string' ? choice : choice.label;
}
