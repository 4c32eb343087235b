import { InvalidRequest } from '../errors.ts';
import type { Subject } from '../stellar/subject.ts';

/** Remembers how an account signs in; the first use fixes it. */
export interface AccountUses {
  fixAccountUse(account: string, use: 'shared' | 'own'): Promise<'shared' | 'own'>;
}

/**
 * The strict policy: an account that signed in for one of its users never signs in for itself, and the other way round.
 * @throws InvalidRequest for the other kind
 * @see SEP-12 § Shared, Omnibus, or Pooled Accounts (ruling 7)
 */
export function strictAccounts(uses: AccountUses): (subject: Subject) => Promise<void> {
  return async ({ account, memo }) => {
    const use = memo === undefined ? 'own' : 'shared';
    if ((await uses.fixAccountUse(account, use)) === use) return;
    throw new InvalidRequest({ key: use === 'own' ? 'error.account_is_shared' : 'error.account_is_not_shared' });
  };
}
