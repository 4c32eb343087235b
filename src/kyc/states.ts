import type { CustomerStatus } from '../sep12/integration.ts';

/** Where a customer stands for one type (and one transaction), from the most to the least urgent for them. */
export const standingStates = [
  'rejected',
  'resubmission-asked',
  'expired',
  'needs-data',
  'needs-verification',
  'checking',
  'in-review',
  'accepted',
] as const;

/** @see standingStates */
export type StandingState = (typeof standingStates)[number];

/** What the SEP calls each state. @see SEP-12 § Customer Statuses */
export const statusOf: Readonly<Record<StandingState, CustomerStatus>> = {
  rejected: 'REJECTED',
  'resubmission-asked': 'NEEDS_INFO',
  expired: 'NEEDS_INFO',
  'needs-data': 'NEEDS_INFO',
  'needs-verification': 'NEEDS_INFO',
  checking: 'PROCESSING',
  'in-review': 'PROCESSING',
  accepted: 'ACCEPTED',
};

/** Raised when a release decides otherwise by the same program and facts: customers are then looked at again, as by another program. */
export const decidingVersion = 4;

/** What can make a customer move. */
export const causeKinds = ['wallet', 'code', 'check', 'operator', 'clock', 'program', 'merge', 'payment'] as const;

/** @see causeKinds */
export type CauseKind = (typeof causeKinds)[number];

/** Why a customer moved: what kind of thing happened, who or what did it, and by which reason. Names, never values. */
export interface Cause {
  readonly kind: CauseKind;
  /** The operator, check, or field that it was. */
  readonly who?: string;
  /** The reason of the catalogue, where one was given. */
  readonly reason?: string;
}

/**
 * From where one may get where. Rejected for good is left by an operator's word alone; time alone accepts nobody.
 */
const waysOut: Readonly<Record<CauseKind, (from: StandingState, to: StandingState) => boolean>> = {
  wallet: (from) => from !== 'rejected',
  code: (from) => from !== 'rejected',
  check: (from) => from !== 'rejected',
  operator: () => true,
  clock: (from, to) => from !== 'rejected' && to !== 'accepted',
  program: (from) => from !== 'rejected',
  merge: (from) => from !== 'rejected',
  payment: (from) => from !== 'rejected',
};

/** Whether that cause may move a customer so. */
export function isLawful(from: StandingState | undefined, to: StandingState, cause: CauseKind): boolean {
  return from === undefined || from === to || waysOut[cause](from, to);
}
