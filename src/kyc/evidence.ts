import { SealBroken } from '../vault/key-ring.ts';
import type { Vault } from '../vault/vault.ts';
import type { Evidence } from './checks/check.ts';

/** What evidence is about: a run of a check, and whose it was before a merge. */
export interface EvidencePlace {
  readonly check: string;
  readonly inputs: string;
  readonly round: number;
  readonly origin?: string | undefined;
}

/** Seals what a check found for the one run that found it. */
export function sealEvidence(vault: Vault, place: EvidencePlace, found: Evidence): Buffer {
  return vault.seal(nameOf(place), JSON.stringify(found));
}

/** Opens it. @throws SealBroken when it was altered or belongs to another run */
export function openEvidence(vault: Vault, place: EvidencePlace, sealed: Uint8Array): Evidence {
  return JSON.parse(openEvidenceText(vault, place, sealed)) as Evidence;
}

/** The same, as the text it is. Earlier releases sealed it for the check alone, whatever the run. */
export function openEvidenceText(vault: Vault, place: EvidencePlace, sealed: Uint8Array): string {
  try {
    return vault.open(nameOf(place), sealed);
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    return vault.open(`evidence of ${place.check}`, sealed);
  }
}

function nameOf({ check, inputs, round, origin = '' }: EvidencePlace): string {
  return `evidence ${JSON.stringify([check, inputs, round, origin])}`;
}
