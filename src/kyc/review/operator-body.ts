import { InvalidRequest, invalidField } from '../../errors.ts';

const maxText = 20_000;

/** What an operator sent, as JSON gave it. A message about it names fields and rules, never values. */
export class OperatorBody {
  readonly #body: Readonly<Record<string, unknown>>;

  /** @throws InvalidRequest when it is not an object */
  constructor(body: unknown) {
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw new InvalidRequest({ key: 'error.json_not_object' });
    this.#body = body as Readonly<Record<string, unknown>>;
  }

  /** Whether it says something under that name. */
  has(name: string): boolean {
    return this.#body[name] !== undefined;
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined) throw new InvalidRequest({ key: 'error.required', params: { field: name } });
    return value;
  }

  optionalText(name: string): string | undefined {
    const value = this.#body[name];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value !== 'string' || value.length > maxText) throw invalidField(name, 'expected a text');
    return value;
  }

  version(name = 'version'): number {
    const value = this.#body[name];
    if (!Number.isSafeInteger(value)) throw invalidField(name, 'expected the version that was looked at');
    return value as number;
  }

  /** A whole number from 0. */
  count(name: string): number {
    const value = this.#body[name];
    if (!Number.isSafeInteger(value) || (value as number) < 0) throw invalidField(name, { key: 'rule.count' });
    return value as number;
  }

  flag(name: string): boolean {
    const value = this.#body[name] ?? false;
    if (typeof value !== 'boolean') throw invalidField(name, 'expected true or false');
    return value;
  }

  texts(name: string): readonly string[] {
    const value = this.#body[name];
    const isList = Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
    if (!isList) throw invalidField(name, 'expected a list of names');
    return value;
  }

  /** Names that nobody knows are a mistake that could mean another person, type or amount. */
  requireKnown(...names: readonly string[]): void {
    const unknown = Object.keys(this.#body).some((name) => !names.includes(name));
    if (unknown) throw new InvalidRequest(`the body has a name that is none of ${names.join(', ')}`);
  }
}
