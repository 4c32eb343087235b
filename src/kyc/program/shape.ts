import { isDeepStrictEqual } from 'node:util';

/**
 * Notes what is wrong and where; goes on, so that all faults are told at once. What is said ends the sentence `<path>: expected …`, or
 * is the sentence if it starts with a colon.
 */
export type Report = (path: string, said: string) => void;

/** A JSON Schema (2020-12), or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Schemas that others refer to by name. */
export type NamedSchemas = Map<string, JsonSchema>;

/** What a part of a program must look like: one rule for the compiler, which names faults, and for the schema that editors read. */
export interface Shape<T> {
  /** The part as far as it can be used; undefined when it cannot be. What is wrong is reported. */
  read(value: unknown, path: string, report: Report): unknown;
  schema(named: NamedSchemas): JsonSchema;
  /** Never there: it ties the shape to the type it is the shape of. */
  readonly of?: T;
}

/** The shapes of an interface's properties: one too many or too few does not compile. */
export type ShapesOf<T> = { readonly [K in keyof T]-?: Shape<Exclude<T[K], undefined>> };

/** A value that a test tells. */
export function value<T>(expected: string, schema: JsonSchema, test: (value: unknown) => boolean): Shape<T> {
  return {
    schema: () => schema,
    read: (value, path, report) => {
      if (test(value)) return value;
      report(path, expected);
      return undefined;
    },
  };
}

/** `true` or `false`. */
export const boolean: Shape<boolean> = value(
  'true or false',
  { type: 'boolean' },
  (value) => typeof value === 'boolean',
);

/** A text of that pattern. */
export function textLike(pattern: RegExp, expected: string): Shape<string> {
  const schema = { type: 'string', pattern: pattern.source };
  return value(expected, schema, (value) => typeof value === 'string' && pattern.test(value));
}

/** A text that says something. */
export const text: Shape<string> = value(
  'a text',
  { type: 'string', minLength: 1 },
  (value) => typeof value === 'string' && value !== '',
);

/** A whole number within bounds. */
export function integer(minimum: number, maximum: number): Shape<number> {
  const schema = { type: 'integer', minimum, maximum };
  return value(
    `a whole number from ${minimum} to ${maximum}`,
    schema,
    (value) => Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum,
  );
}

/** One of the values. */
export function oneOf<const T>(values: readonly T[]): Shape<T> {
  const expected = values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value))).join(' or ');
  return value(expected, { enum: values }, (value) => values.some((known) => known === value));
}

/** A list without doubles, of at least one unless it may be empty. */
export function listOf<T>(item: Shape<T>, { minItems = 1 }: { readonly minItems?: number } = {}): Shape<readonly T[]> {
  const expected = minItems === 0 ? 'a list' : 'a list of at least one';
  return {
    schema: (named) => ({ type: 'array', items: item.schema(named), minItems, uniqueItems: true }),
    read: (value, path, report) => {
      if (!Array.isArray(value) || value.length < minItems) {
        report(path, expected);
        return undefined;
      }
      for (const [index, part] of value.entries()) {
        const first = value.findIndex((other) => isDeepStrictEqual(other, part));
        if (first !== index) report(`${path}[${index}]`, `another one than at [${first}]`);
      }
      const parts = value.map((part, index) => item.read(part, `${path}[${index}]`, report));
      const usable = parts.filter((part) => part !== undefined);
      return usable.length < minItems ? undefined : usable;
    },
  };
}

/** What the names of a map must look like. */
export interface NameRule {
  readonly pattern: RegExp;
  readonly expected: string;
}

/** Things by name. */
export function mapOf<T>(name: NameRule, item: Shape<T>, isEmptyFine = true): Shape<Readonly<Record<string, T>>> {
  return {
    schema: (named) => ({
      type: 'object',
      propertyNames: { pattern: name.pattern.source },
      additionalProperties: item.schema(named),
      ...(!isEmptyFine && { minProperties: 1 }),
    }),
    read: (value, path, report) => {
      if (!isObject(value) || (!isEmptyFine && Object.keys(value).length === 0)) {
        report(path, isEmptyFine ? 'an object, by name' : 'an object of at least one, by name');
        return undefined;
      }
      const parts = Object.entries(value).map(([key, part]) => {
        if (!name.pattern.test(key)) report(join(path, key), name.expected);
        return [key, item.read(part, join(path, key), report)] as const;
      });
      return Object.fromEntries(parts.filter(([, part]) => part !== undefined));
    },
  };
}

/** What an object may be like beside its properties. */
export interface ObjectRule<T> {
  readonly required?: readonly (keyof T & string)[];
  /** Whether it can be used, to find further faults, without what is required. */
  readonly isUsableInPart?: boolean;
  readonly expected?: string;
}

/** An object of those properties and no others. One that is `undefined` counts as left out, as JSON would have it. */
export function object<T>(
  properties: ShapesOf<T>,
  { required = [], isUsableInPart = false, expected }: ObjectRule<T> = {},
): Shape<T> {
  const shapes = Object.entries<Shape<unknown>>(properties);
  const names = shapes.map(([name]) => name).filter((name) => !name.startsWith('$'));
  return {
    schema: (named) => ({
      type: 'object',
      properties: Object.fromEntries(shapes.map(([name, shape]) => [name, shape.schema(named)])),
      ...(required.length > 0 && { required }),
      additionalProperties: false,
    }),
    read: (value, path, report) => {
      if (!isObject(value)) {
        report(path || 'program', expected ?? `an object with ${names.join(', ')}`);
        return undefined;
      }
      for (const key of Object.keys(value).filter((key) => value[key] !== undefined && !Object.hasOwn(properties, key)))
        report(join(path, key), `one of ${names.join(', ')}`);
      const parts = shapes.map(([key, shape]) => {
        const isAsked = value[key] !== undefined || required.some((name) => name === key);
        return [key, isAsked ? shape.read(value[key], join(path, key), report) : undefined] as const;
      });
      const usable = new Map(parts.filter(([, part]) => part !== undefined));
      return isUsableInPart || required.every((name) => usable.has(name)) ? Object.fromEntries(usable) : undefined;
    },
  };
}

/** One of several shapes, told apart by the value. */
export function either<T>(shapes: readonly Shape<T>[], pick: (value: unknown) => Shape<T>): Shape<T> {
  return {
    schema: (named) => ({ anyOf: shapes.map((shape) => shape.schema(named)) }),
    read: (value, path, report) => pick(value).read(value, path, report),
  };
}

/** The shape under a name, by which the schema refers to it; it may refer to itself. */
export function named<T>(name: string, shape: () => Shape<T>): Shape<T> {
  return {
    schema: (named) => {
      if (!named.has(name)) {
        named.set(name, {});
        named.set(name, shape().schema(named));
      }
      return { $ref: `#/$defs/${name}` };
    },
    read: (value, path, report) => shape().read(value, path, report),
  };
}

/** Whether it is an object by name, no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The path of what is in an object by that key. */
export function join(path: string, key: string): string {
  if (path !== '') return `${path}.${key}`;
  return key === '' ? '""' : key;
}
