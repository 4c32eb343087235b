import { InvalidRequest } from '../errors.ts';
import { resolveLanguage } from '../messages/languages.ts';
import type { CustomerAnswer, Field, ProvidedField, ProvidedFieldStatus } from '../sep12/integration.ts';
import { localize } from './localized-text.ts';
import type { CustomerType, Program, TypeField } from './program.ts';

/** What is known of a customer when the answer is computed: the id, and which fields are held. */
export interface HeldCustomer {
  readonly id: string;
  /** Keys of the fields that have a value. */
  readonly held: ReadonlySet<string>;
}

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

/** Answers what customers have to provide. The wording is composed once per type and language. */
export class Requirements {
  readonly #program: Program;
  /** Weakly: what a transaction adds makes a type of its own, which is gone after the request. */
  readonly #texts = new WeakMap<CustomerType, Map<string, Texts>>();

  constructor(program: Program) {
    this.#program = program;
  }

  /**
   * What a type answers a customer, or a stranger. Computed from the program and what is held, never stored.
   * @see SEP-12 § Customer GET, Response
   */
  answerFor(type: CustomerType, customer: HeldCustomer | undefined, lang: string): CustomerAnswer {
    const texts = this.#textsOf(type, lang);
    if (customer === undefined) return { status: 'NEEDS_INFO', fields: Object.fromEntries(texts.fields) };
    const missing = texts.fields.filter(([, , key]) => !customer.held.has(key));
    const provided = texts.provided.filter(([, , key]) => customer.held.has(key));
    const needsInfo = missing.some(([, field]) => field.optional !== true);
    const accepted = type.decision === 'automatic';
    return {
      id: customer.id,
      status: needsInfo ? 'NEEDS_INFO' : accepted ? 'ACCEPTED' : 'PROCESSING',
      ...(missing.length > 0 && { fields: Object.fromEntries(missing) }),
      ...(provided.length > 0 && { providedFields: Object.fromEntries(provided) }),
      ...(!needsInfo && !accepted && { message: texts.processingMessage }),
    };
  }

  #textsOf(type: CustomerType, asked: string): Texts {
    const lang = resolveLanguage(asked, this.#program.languages);
    const byLang = this.#texts.get(type) ?? new Map<string, Texts>();
    this.#texts.set(type, byLang);
    const texts = byLang.get(lang) ?? composeTexts(type, lang);
    byLang.set(lang, texts);
    return texts;
  }
}

/** A field in the words of one language, with the name it is asked by and the key it is held under. */
type Named<F> = readonly [name: string, field: F, key: string];

interface Texts {
  readonly fields: readonly Named<Field>[];
  readonly provided: readonly Named<ProvidedField>[];
  readonly processingMessage: string;
}

function composeTexts(type: CustomerType, lang: string): Texts {
  const status: ProvidedFieldStatus = type.decision === 'automatic' ? 'ACCEPTED' : 'PROCESSING';
  const fields = [...type.fields.values()].map((field): Named<Field> => [field.name, toField(field, lang), field.key]);
  return {
    fields,
    provided: fields.map(([name, field, key]) => [name, { ...field, status }, key]),
    processingMessage: localize(type.processingMessage, lang),
  };
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
