import type { CheckKind, CheckResult } from '../kyc/checks/check.ts';
import type { ProgramDefinition } from '../kyc/program.ts';

/** A program in which everything happens that can: two ways of deciding, a check of four eyes, codes, documents that expire. */
export const demoProgram: ProgramDefinition = {
  defaultType: 'basic',
  types: {
    basic: {
      description: 'Small payments.',
      decision: 'automatic',
      fields: { first_name: {}, last_name: {}, birth_date: {}, email_address: { optional: true } },
      checks: ['of-age', 'screening'],
    },
    full: {
      description: 'Any amount, with a document that a person looks at.',
      decision: 'review',
      risk: 'medium',
      fields: {
        first_name: {},
        last_name: {},
        birth_date: {},
        address: {},
        id_number: {},
        id_expiration_date: {},
        photo_id_front: {},
        photo_id_back: { optional: true },
      },
      checks: ['of-age', 'screening', 'photo'],
    },
    mail: {
      description: 'Small payments, with an address of mail that is confirmed.',
      decision: 'automatic',
      fields: { first_name: {}, last_name: {}, email_address: { verify: true } },
      checks: ['screening'],
    },
  },
  checks: {
    'of-age': { use: 'minimum-age', settings: { years: 18 } },
    screening: { use: 'demo-screening' },
    photo: { use: 'image', settings: { minWidth: 200, minHeight: 120 } },
  },
  expiry: { documents: { id_expiration_date: ['photo_id_front'] }, reviewMonths: { high: 12 } },
};

/** By family name: whom the demo's list knows, and whom it has not done with. */
const listed = 'Suspect';
const undecided = 'Waiting';

/** A check that says what a screening service would, by the name alone. It is for demonstrations. */
export const demoScreening: CheckKind = {
  name: 'demo-screening',
  inputs: ['given_name', 'family_name', 'birth_date'],
  early: false,
  fourEyes: true,
  faultsOf: () => [],
  open: () => ({ run: async ({ values }) => screen(values.get('family_name') ?? '') }),
};

function screen(name: string): CheckResult {
  if (name === undecided) return { outcome: 'pending', reference: 'demo', retryAfterMs: 24 * 3_600_000 };
  const evidence = { engine: 'demo', list: 'demo list of 2026', threshold: 0.85 };
  if (name !== listed) return { outcome: 'pass', evidence };
  const matches = [{ name: 'Sam SUSPECT', match: 0.97, program: 'Demo sanctions', born: '1970' }];
  return { outcome: 'review', reason: 'screening-hit', finding: 'demo:1', evidence: { ...evidence, matches } };
}
