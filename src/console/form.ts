import { InvalidRequest, KycError } from '../errors.ts';

/** More than any form of the console holds. */
const maxBytes = 64 * 1024;

/** What a form sent. */
export class Form {
  readonly #values: URLSearchParams;

  constructor(text = '') {
    this.#values = new URLSearchParams(text);
  }

  /** '' for what was not sent. */
  text(name: string): string {
    return this.#values.get(name) ?? '';
  }

  /** Undefined for what was not sent or left empty. */
  optional(name: string): string | undefined {
    return this.text(name) || undefined;
  }

  all(name: string): readonly string[] {
    return this.#values.getAll(name);
  }

  /** Undefined for what is no whole number. */
  number(name: string): number | undefined {
    const text = this.text(name);
    return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  }

  /** Names and values as they were sent, but for what says that the form is ours. */
  entries(): readonly (readonly [name: string, value: string])[] {
    return [...this.#values].filter(([name]) => name !== 'form_token');
  }
}

/** Reads the body of a POST. @throws KycError for anything but a small form */
export async function readForm(request: Request): Promise<Form> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) throw new InvalidRequest('expected a form');
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return new Form(Buffer.concat(chunks).toString('utf8'));
}

function tooLarge(): KycError {
  return new KycError('too_large', 'the form is too large');
}
