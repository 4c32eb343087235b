import type { Consequences } from '../../src/store/standing-store.ts';

/** A change that means nothing beside its values. */
export const noConsequences: Consequences = {
  cause: { kind: 'wallet' },
  dossier: '{}',
  standings: [],
  moves: [],
  rejections: [],
  runs: [],
  codes: [],
};
