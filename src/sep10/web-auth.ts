import type { Subject } from '../stellar/subject.ts';
import type { AccountSigners } from './account-signers.ts';
import type { AuthorizationHeaderMode } from './authorization-header.ts';
import { type ChallengeRules, homeDomainKey, type RandomBytes } from './challenge.ts';
import type { ClientDomainSettings } from './client-domain.ts';
import type { TokenSettings } from './token.ts';

/** Remembers which challenges have been exchanged for a token. */
export interface UsedChallenges {
  /**
   * Marks a challenge as used; false when it was already, also when two uses race.
   * `expiresAt` is when the challenge runs out and may be forgotten.
   */
  use(hash: string, expiresAt: Date): Promise<boolean>;
}

/** Everything web authentication is made of. */
export interface WebAuth extends ChallengeRules {
  /** The WEB_AUTH_ENDPOINT as published. */
  readonly endpoint: string;
  readonly authorizationHeader: AuthorizationHeaderMode;
  readonly clientDomains: ClientDomainSettings;
  readonly accounts: AccountSigners;
  readonly usedChallenges: UsedChallenges;
  readonly tokens: TokenSettings;
  /** May refuse, by throwing, a subject that has proved who it is; asked before its token is issued. */
  readonly admit?: (subject: Subject) => Promise<void>;
  readonly randomBytes: RandomBytes;
}

const maxKeyBytes = 64;

/**
 * Checks the settings once, so that no request can trip over them.
 * @throws TypeError naming the setting
 */
export function createWebAuth(settings: WebAuth): WebAuth {
  const { homeDomains, webAuthDomain, challengeSeconds } = settings;
  for (const domain of homeDomains) checkBytes('homeDomains', domain, maxKeyBytes - homeDomainKey('').length);
  checkBytes('webAuthDomain', webAuthDomain, maxKeyBytes);
  if (!Number.isInteger(challengeSeconds) || challengeSeconds < 1) {
    throw new TypeError('challengeSeconds must be a whole number of at least 1');
  }
  return Object.freeze({ ...settings });
}

/** @see SEP-10 § Challenge, Response: keys and values of at most 64 characters */
function checkBytes(setting: string, text: string, max: number): void {
  const bytes = Buffer.byteLength(text);
  if (bytes < 1 || bytes > max) throw new TypeError(`${setting} must be 1 to ${max} bytes long`);
}
