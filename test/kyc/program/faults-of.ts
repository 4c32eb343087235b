import { compileProgram } from '../../../src/kyc/compile-program.ts';
import { checkKinds } from '../../support/check-kinds.ts';

/** What is wrong with a program, as its author reads it; '' for nothing. */
export function faultsOf(definition: unknown, kinds: typeof checkKinds = checkKinds): string {
  try {
    compileProgram(definition, kinds);
    return '';
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}

/** Where something is wrong with a program, in the order it is told. */
export function pathsOf(definition: unknown): string[] {
  return [...faultsOf(definition).matchAll(/^ {2}(.*?): /gm)].map(([, path = '']) => path);
}
