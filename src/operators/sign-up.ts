import { InvalidRequest, KycError } from '../errors.ts';
import type { OperatorRecord } from '../store/operator-store.ts';
import { checkPassword, hashPassword } from './password.ts';
import { hashToken } from './sessions.ts';
import type { SignInParts } from './sign-in.ts';
import { findTotpStep } from './totp.ts';

/** Somebody who holds an invitation, and the secret that their authenticator app is to be given. */
export interface SigningUp {
  readonly record: OperatorRecord;
  readonly totpSecret: Buffer;
}

/** Whose invitation it is. @throws KycError `not_found` for one that is used, has run out, or was never made */
export async function findInvited(parts: SignInParts, token: string): Promise<SigningUp> {
  const hash = hashToken(token);
  const record = await parts.operators.findInvited(hash, parts.clock.now());
  if (record === undefined || record.state === 'disabled')
    throw new KycError('not_found', 'this invitation is used or has run out: ask for another');
  // From the invitation, so that the page can be looked at twice and nothing has to be kept before it is taken up.
  return { record, totpSecret: parts.keys.totpSecret(record.id, saltOf(hash)) };
}

/** Takes up an invitation with a password and, where that is not enough, the first code of the app. @throws InvalidRequest */
export async function signUp(
  parts: SignInParts,
  token: string,
  { password, code }: { readonly password: string; readonly code: string },
): Promise<OperatorRecord> {
  const { record, totpSecret } = await findInvited(parts, token);
  checkPassword(password, record.name);
  const wantsTotp = parts.needsTwoFactors || code.trim() !== '';
  const totpStep = wantsTotp ? findTotpStep(totpSecret, code, parts.clock.now()) : undefined;
  if (wantsTotp && totpStep === undefined)
    throw new InvalidRequest("'code' is invalid: expected what the app shows now", { field: 'code' });
  const hash = hashToken(token);
  const credentials = {
    password: await hashPassword(password),
    ...(wantsTotp && { totpSalt: saltOf(hash), totpStep }),
  };
  if (!(await parts.operators.accept(hash, credentials, parts.clock.now())))
    throw new KycError('not_found', 'this invitation is used or has run out: ask for another');
  return record;
}

function saltOf(tokenHash: string): string {
  return tokenHash.slice(0, 32);
}
