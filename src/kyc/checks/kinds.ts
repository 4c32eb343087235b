import type { CheckKind } from './check.ts';

/** The kinds of checks that are built in, by name. */
export const builtInKinds: ReadonlyMap<string, CheckKind> = new Map<string, CheckKind>();
