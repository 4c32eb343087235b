import { InvalidRequest, KycError } from '../errors.ts';
import type { OperatorRecord } from '../store/operator-store.ts';
import { checkPassword, hashPassword, isPassword } from './password.ts';
import type { SignInParts } from './sign-in.ts';

/** Another password for somebody who has one. Guesses are counted as those at signing in are. @throws InvalidRequest, KycError `unavailable` */
export async function changePassword(
  { operators, signIns, keys, clock }: SignInParts,
  { id, name, password }: OperatorRecord,
  typed: { readonly present: string; readonly next: string },
): Promise<void> {
  const bucket = keys.attemptBucket(name);
  if ((await signIns.countAttempt(bucket, clock.now())) !== undefined)
    throw new KycError('unavailable', 'too many attempts failed: try again later');
  if (!(await isPassword(typed.present, password))) {
    await signIns.noteRefusal({ operator: name, by: 'password', bucket }, clock.now());
    throw new InvalidRequest("'present' is invalid: expected the password you have now", { field: 'present' });
  }
  await signIns.forgetAttempts(bucket);
  checkPassword(typed.next, name);
  await operators.setPassword(id, await hashPassword(typed.next));
}
