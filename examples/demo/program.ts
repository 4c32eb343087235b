import type { ProgramDefinition } from 'anchor-kyc';
import { demoProgram } from '../../src/demo/demo-program.ts';
import { defaultProgram } from '../../src/kyc/default-program.ts';

/** What an anchor asks that has not written a program, beside what makes the console worth looking at; the lists of sanctions are a stand-in's. */
export function programOf(screeningUrl: string): ProgramDefinition {
  const { types, checks, ...rest } = demoProgram;
  const screening = { use: 'watchman', settings: { url: screeningUrl } };
  return {
    ...rest,
    defaultType: 'sep31-sender',
    types: { ...defaultProgram.types, ...types },
    checks: { ...checks, screening },
  };
}

/** Whom the stand-in's list knows: two of the made-up customers. */
export const listed = ['Vera Suspect', 'Will Suspect'].map((name, index) => {
  return { name, entityType: 'person', sourceID: String(4711 + index), birthDate: '1990-04-17' } as const;
});
