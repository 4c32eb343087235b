import { InvalidRequest } from '../errors.ts';
import { resolveLanguage } from '../messages/languages.ts';
import type { CustomerAnswer, Field, ProvidedField } from '../sep12/integration.ts';
import type { FieldStanding } from './assess.ts';
import { localize } from './localized-text.ts';
import type { Look } from './look-at.ts';
import type { CustomerType, Program, TypeField } from './program.ts';
import { reasonText } from './reasons.ts';
import type { ResolvedType } from './resolve-type.ts';
import { statusOf } from './states.ts';

/**
 * The type a request means.
 * @throws InvalidRequest naming the known types when there is none of that name
 * @see SEP-12 § Type Specification
 */
export function typeOf(program: Program, name: string | undefined): CustomerType {
  if (name === undefined) return program.defaultType;
  const type = program.types.get(name);
  if (type !== undefined) return type;
  const rule = { key: 'rule.choices', params: { choices: [...program.types.keys()].join(', ') } } as const;
  throw new InvalidRequest({ key: 'error.invalid_field', params: { field: 'type', rule } }, { field: 'type' });
}

/** Says what customers have to provide and where they stand. The wording of a field is composed once per language. */
export class Requirements {
  readonly #program: Program;
  /** Weakly: what a transaction asks makes fields of its own, which are gone after the request. */
  readonly #texts = new WeakMap<TypeField, Map<string, Field>>();

  constructor(program: Program) {
    this.#program = program;
  }

  /** What a type asks of somebody who is not registered. @see SEP-12 § Customer GET, Response */
  answerStranger(asked: ResolvedType, lang: string): CustomerAnswer {
    return { status: 'NEEDS_INFO', fields: this.#fieldsOf([...asked.fields.values()], this.#resolve(lang)) };
  }

  /**
   * Where a customer stands. Choice: whoever is rejected for good is told why, and no more: there is nothing left to send.
   * @see SEP-12 § Customer GET, Response
   */
  answer(id: string, { asked, assessment }: Look, language: string): CustomerAnswer {
    const lang = this.#resolve(language);
    const status = statusOf[assessment.state];
    if (status === 'REJECTED') return { id, status, message: this.#reason(assessment.reason ?? 'not-eligible', lang) };
    const all = [...asked.fields.values()];
    const missing = all.filter(({ key }) => (assessment.held.get(key)?.status ?? 'REJECTED') === 'REJECTED');
    const provided = all.flatMap((field) => {
      const standing = assessment.held.get(field.key);
      return standing === undefined ? [] : [[field.name, this.#provided(field, standing, lang)] as const];
    });
    return {
      id,
      status,
      ...((missing.length > 0 || status === 'NEEDS_INFO') && { fields: this.#fieldsOf(missing, lang) }),
      ...(provided.length > 0 && { providedFields: Object.fromEntries(provided) }),
      ...(status === 'PROCESSING' && { message: localize(asked.type.processingMessage, lang) }),
    };
  }

  #resolve(lang: string): string {
    return resolveLanguage(lang, this.#program.languages);
  }

  #fieldsOf(fields: readonly TypeField[], lang: string): Record<string, Field> {
    return Object.fromEntries(fields.map((field) => [field.name, this.#field(field, lang)]));
  }

  #provided(field: TypeField, { status, reason }: FieldStanding, lang: string): ProvidedField {
    const error = reason === undefined ? undefined : this.#reason(reason, lang);
    return { ...this.#field(field, lang), status, ...(error !== undefined && { error }) };
  }

  #reason(code: string, lang: string): string {
    return localize(reasonText(this.#program, code), lang);
  }

  #field(field: TypeField, lang: string): Field {
    const byLang = this.#texts.get(field) ?? new Map<string, Field>();
    this.#texts.set(field, byLang);
    const known = byLang.get(lang) ?? toField(field, lang);
    byLang.set(lang, known);
    return known;
  }
}

function toField(field: TypeField, lang: string): Field {
  const choices = field.choices?.map((choice) => (typeof choice === 'string' ? choice : localize(choice.label, lang)));
  return {
    type: field.format.type,
    description: localize(field.description, lang),
    ...(choices && { choices }),
    ...(field.optional && { optional: true }),
  };
}
