import { KycError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { OperatorRecord, OperatorStore, SignInStore } from '../store/operator-store.ts';
import type { OperatorKeys } from './operator-keys.ts';
import { isPassword } from './password.ts';
import { findTotpStep } from './totp.ts';

/** What signing in needs. */
export interface SignInParts {
  readonly operators: OperatorStore;
  readonly signIns: SignInStore;
  readonly keys: OperatorKeys;
  readonly clock: Clock;
  /** Whether a password alone is never enough. */
  readonly needsTwoFactors: boolean;
  /** Told of everybody who is let in or kept out: for a log. The audit trail has it from the store. */
  readonly onSignIn?: (event: SignInEvent) => Promise<void>;
}

/** That somebody signed in, or did not. The name is that of an operator there is. */
export interface SignInEvent {
  readonly operator: string;
  readonly outcome: 'signed-in' | 'refused' | 'locked';
  readonly by: 'password' | 'passkey' | 'single-sign-on';
}

/** What a person types to sign in. */
export interface Typed {
  readonly name: string;
  readonly password: string;
  readonly code: string;
}

/**
 * Whoever has that name, password and code. Every failure is answered alike; an attempt is counted before it is judged, for names that nobody
 * has, too.
 * @throws KycError `unauthenticated`; `unavailable` with a time to wait after too many failures
 */
export async function signInByPassword(parts: SignInParts, typed: Typed): Promise<OperatorRecord> {
  const { operators, signIns, keys, clock } = parts;
  const bucket = keys.attemptBucket(typed.name);
  const lockedUntil = await signIns.countAttempt(bucket, clock.now());
  const known = await operators.findByName(typed.name);
  if (lockedUntil !== undefined) {
    if (known !== undefined) await parts.onSignIn?.({ operator: known.name, outcome: 'locked', by: 'password' });
    throw locked(lockedUntil.getTime() - clock.now().getTime());
  }
  const usable = known?.state === 'active' ? known : undefined;
  const isRight = await isPassword(typed.password, usable?.password);
  const isIn = usable !== undefined && isRight && (await isSecondFactor(parts, usable, typed.code));
  if (known !== undefined) {
    if (!isIn) await signIns.noteRefusal({ operator: known.name, by: 'password', bucket }, clock.now());
    await parts.onSignIn?.({ operator: known.name, outcome: isIn ? 'signed-in' : 'refused', by: 'password' });
  }
  if (!isIn) throw new KycError('unauthenticated', 'name, password and code do not go together');
  await signIns.forgetAttempts(bucket);
  return usable;
}

/** A code is good once. */
async function isSecondFactor(
  { keys, signIns, clock, needsTwoFactors }: SignInParts,
  { id, totpSalt }: OperatorRecord,
  code: string,
): Promise<boolean> {
  if (totpSalt === undefined) return !needsTwoFactors;
  const step = findTotpStep(keys.totpSecret(id, totpSalt), code, clock.now());
  return step !== undefined && signIns.useTotpStep(id, step);
}

function locked(waitMs: number): KycError {
  const seconds = Math.ceil(waitMs / 1000);
  return new KycError('unavailable', `too many attempts failed: try again in ${seconds} seconds`, {
    retryAfterSeconds: seconds,
  });
}
