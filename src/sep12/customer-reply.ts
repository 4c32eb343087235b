import { KycError } from '../errors.ts';
import { fieldTypes } from '../sep9/catalogue.ts';
import {
  type CustomerAnswer,
  customerStatuses,
  type Field,
  type ProvidedField,
  providedFieldStatuses,
} from './integration.ts';

/** The body of every answer that describes a customer: GET, and later the callback. @see SEP-12 § Customer GET, Response */
export interface CustomerReply {
  readonly id?: string;
  readonly status: string;
  readonly fields?: Readonly<Record<string, Field>>;
  readonly provided_fields?: Readonly<Record<string, ProvidedField>>;
  readonly message?: string;
}

/**
 * The one renderer of the GET body. Nothing but what the SEP names leaves, whatever else an integration put into its answer.
 * @throws KycError `integration_fault` saying what the answer lacks, for the log
 */
export function customerReply(answer: CustomerAnswer): CustomerReply {
  const fault = faultOf(answer);
  if (fault !== undefined) throw new KycError('integration_fault', fault);
  const { id, status, fields, providedFields, message } = answer;
  return {
    ...(id !== undefined && { id }),
    status,
    ...(fields !== undefined && { fields: mapValues(fields, toField) }),
    ...(providedFields !== undefined && { provided_fields: mapValues(providedFields, toProvidedField) }),
    ...(message !== undefined && { message }),
  };
}

function toField({ type, description, choices, optional }: Field): Field {
  return { type, description, ...(choices !== undefined && { choices }), ...(optional !== undefined && { optional }) };
}

function toProvidedField(field: ProvidedField): ProvidedField {
  const { status, error } = field;
  return { ...toField(field), ...(status !== undefined && { status }), ...(error !== undefined && { error }) };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, convert: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, convert(value)]));
}

/**
 * What in an answer breaks the SEP, undefined if nothing. Clients have closed enums: one foreign word makes a reply unreadable.
 * Names fields, never values. (ruling 11)
 */
function faultOf(answer: CustomerAnswer): string | undefined {
  if (!isObject(answer)) return 'the answer is not an object';
  const { id, status, fields, providedFields, message } = answer;
  if (id !== undefined && !isText(id)) return 'id is not a non-empty string';
  if (!isOneOf(customerStatuses, status)) return 'status is none of the SEP';
  if (message !== undefined && typeof message !== 'string') return 'message is not a string';
  if (status === 'REJECTED' && !isText(message)) return 'REJECTED has no message';
  if (status === 'NEEDS_INFO' && fields === undefined) return 'NEEDS_INFO has no fields';
  return (
    fieldsFault(fields, 'fields', fieldFault) ??
    fieldsFault(providedFields, 'providedFields', providedFieldFault) ??
    acceptedFault(answer)
  );
}

function acceptedFault({ status, fields = {} }: CustomerAnswer): string | undefined {
  if (status !== 'ACCEPTED') return undefined;
  const required = Object.entries(fields).find(([, field]) => field.optional !== true);
  return required && `ACCEPTED asks for the required field ${required[0]}`;
}

function fieldsFault(
  fields: unknown,
  place: string,
  fault: (field: Record<string, unknown>) => string | undefined,
): string | undefined {
  if (fields === undefined) return undefined;
  if (!isObject(fields)) return `${place} is not an object`;
  for (const [name, field] of Object.entries(fields)) {
    const found = isObject(field) ? fault(field) : 'is not an object';
    if (found !== undefined) return `${place}.${name} ${found}`;
  }
  return undefined;
}

function fieldFault(field: Record<string, unknown>): string | undefined {
  if ('status' in field || 'error' in field) return 'has a status or an error, which only providedFields have';
  return commonFault(field);
}

function providedFieldFault(field: Record<string, unknown>): string | undefined {
  const { status, error } = field;
  if (status !== undefined && !isOneOf(providedFieldStatuses, status)) return 'has a status that is none of the SEP';
  if (error !== undefined && typeof error !== 'string') return 'has an error that is not a string';
  return commonFault(field);
}

function commonFault({ type, description, choices, optional }: Record<string, unknown>): string | undefined {
  if (!isOneOf(fieldTypes, type)) return 'has a type that is none of the SEP';
  if (typeof description !== 'string') return 'has no description';
  if (choices !== undefined && !(Array.isArray(choices) && choices.every((choice) => typeof choice === 'string'))) {
    return 'has choices that are not a list of strings';
  }
  return optional !== undefined && typeof optional !== 'boolean'
    ? 'has an optional that is not true or false'
    : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isOneOf(known: readonly string[], value: unknown): boolean {
  return typeof value === 'string' && known.includes(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
