import { KycError } from '../errors.ts';
import { translate } from '../messages/translate.ts';
import { findField } from '../sep9/catalogue.ts';
import { parseValue } from '../sep9/parse-value.ts';
import type { UploadedFile } from '../sep12/integration.ts';
import type { Submitted } from '../sep12/put-customer.ts';
import type { Question, Standing } from './questions.ts';

/** A form as it came. */
export interface SentForm {
  readonly values: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, UploadedFile>;
}

/** What is wrong, by the name of the input; what is wrong with the whole under ''. */
export type Faults = ReadonlyMap<string, string>;

/**
 * What of a form is handed on: answers to what the page asks, codes it waits for, and nothing else, whatever else was in it.
 * An input that was left empty is no answer: nothing is withdrawn here.
 */
export function readAnswers(form: SentForm, { questions, unconfirmed }: Standing): Submitted {
  const asked = [...questions, ...unconfirmed];
  const [binary, texts] = [asked.filter(isFile), asked.filter((question) => !isFile(question))];
  const inputs = [...texts.map(({ name }) => name), ...unconfirmed.map(({ name }) => `${name}_verification`)];
  return {
    values: picked(inputs, (name) => form.values.get(name)?.trim() || undefined),
    files: picked(
      binary.map(({ name }) => name),
      (name) => form.files.get(name),
    ),
    unknownFiles: new Set(),
  };
}

function isFile({ field }: Question): boolean {
  return field.type === 'binary';
}

/** Those names that have something. */
function picked<T>(names: readonly string[], find: (name: string) => T | undefined): Map<string, T> {
  const found = names.map((name) => [name, find(name)] as const);
  return new Map(found.filter((entry): entry is readonly [string, T] => entry[1] !== undefined));
}

/** Everything that SEP-9 says is wrong with the answers, so that it is told at once; whoever keeps them judges again. */
export function faultsOf({ values }: Submitted, questions: readonly Question[], lang: string): Faults {
  const faults = new Map<string, string>();
  for (const { name, field } of questions) {
    const [value, known] = [values.get(name), findField(name)];
    // What a number is written like may have been said before, and what choices are called is the anchor's affair.
    if (value === undefined || !known || known.format === 'mobile_phone' || field.choices !== undefined) continue;
    const { choices: _, ...plain } = known;
    try {
      parseValue(plain, value, { wireName: name });
    } catch (error) {
      if (!(error instanceof KycError)) throw error;
      faults.set(name, tellFault(error, lang));
    }
  }
  return faults;
}

/** What a refusal says, to stand beside its field: the name of the field, as clients need it, is left out. */
export function tellFault({ phrase, message }: KycError, lang: string): string {
  if (phrase === undefined) return message;
  if (phrase.key !== 'error.invalid_field') return translate(phrase, lang);
  const { rule } = phrase.params;
  if (typeof rule !== 'object') return translate(phrase, lang);
  const isSentence = rule.key.startsWith('error.');
  return translate(isSentence ? rule : { key: 'page.field_invalid', params: { rule } }, lang);
}
