import { createHash } from 'node:crypto';
import { isObject } from './shape.ts';

/** Names plain data: equal for equal data, in whatever order its keys are. */
export function shortHash(data: unknown): string {
  const text = JSON.stringify(data, (_, value: unknown) =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
